"""Texts that cannot occur are found before any SQL runs; a comparison with one would hold for nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journeykit.contract import subject
from journeykit.errors import unknown_name
from journeykit.expressions import nodes

Values = Mapping[str, tuple[str, ...]]
"""Tag name to every text the tag may have; without an entry, or with an empty one, it may have any."""


def check_values(node: nodes.Node, values: Values, subject_name: str | None = None) -> None:
    """Refuse to compare a tag or column with a text that is not among its declared values.

    Parameters
    ----------
    node : Node
        The expression, whose types fit.
    values : mapping of str to tuple of str
        The declared values of tags.
    subject_name : str, optional
        The subject in hand, where columns may be used.

    Raises
    ------
    UnknownNameError
        The message lists the values.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> check_values((tag("gender") == "F").node, {"gender": ("female", "male")})
    Traceback (most recent call last):
    ...
    journeykit.errors.UnknownNameError: Unknown value of tag("gender") 'F'. Declared: female, male. \
Use one of its values.
    """
    for part in nodes.walk(node):
        for operand, constant in _compared(part):
            declared = _declared(operand, values, subject_name)
            if declared and constant.value not in declared:
                raise unknown_name(
                    f"value of {operand!r}", str(constant.value), declared, "Use one of its values."
                )


def _compared(node: nodes.Node) -> Iterator[tuple[nodes.Node, nodes.Value]]:
    """What is tested for equality, and each constant it is tested with."""
    if isinstance(node, nodes.IsIn):
        yield from ((node.operand, value) for value in node.values)
    elif isinstance(node, nodes.Compare) and node.op in ("==", "!="):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, nodes.Value):
                yield one, other


def _declared(node: nodes.Node, values: Values, subject_name: str | None) -> tuple[str, ...]:
    """Every value of a tag or column, what it is filled with included; empty when it may have any."""
    if isinstance(node, nodes.TagRef):
        return values.get(node.name, ())
    if isinstance(node, nodes.ColumnRef) and subject_name:
        return subject(node.of or subject_name).column(node.name).values
    if isinstance(node, nodes.Fill):
        declared = _declared(node.operand, values, subject_name)
        return (*declared, str(node.default.value)) if declared else ()
    return ()
