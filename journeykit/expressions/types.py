"""Types of expressions, inferred before any SQL runs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

from journeykit.contract import SUBJECTS, Type, subject
from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions import nodes

_NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.RATE)
_DAYS = (Type.DATE, Type.TIMESTAMP)


class _Names:
    """What tags and columns stand for while types are inferred."""

    def __init__(self, tags: Mapping[str, Type], subject_name: str | None) -> None:
        self.tags = tags
        self.subject = subject_name


def infer(node: nodes.Node, types: Mapping[str, Type], subject_name: str | None = None) -> Type:
    """The type of an expression's value.

    Parameters
    ----------
    node : Node
        The expression.
    types : mapping of str to Type
        Every tag's type.
    subject_name : str, optional
        The subject in hand, where columns may be used.

    Returns
    -------
    Type
        Of the value. A quotient is `RATE`: in double precision until a tag rounds it to six places.

    Raises
    ------
    DefinitionError
        An unknown name, or types that do not go together; the message shows both sides.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> infer((tag("aum") / 2).node, {"aum": Type.DECIMAL}).value
    'rate'
    >>> infer((tag("aum") > "a lot").node, {"aum": Type.DECIMAL})
    Traceback (most recent call last):
    ...
    journeykit.errors.DefinitionError: tag("aum") > "a lot" compares decimal tag("aum") with text "a lot". \
Leave the quotes of a number out.
    """
    return _infer(node, _Names(types, subject_name))


def check_predicate(node: nodes.Node, types: Mapping[str, Type], subject_name: str | None = None) -> None:
    """Refuse an expression that is not a condition."""
    found = infer(node, types, subject_name)
    if found is not Type.BOOLEAN:
        raise DefinitionError(f"A condition is expected, and {node!r} is of the type {found}. Compare it.")


@singledispatch
def _infer(node: nodes.Node, names: _Names) -> Type:
    raise DefinitionError(f"{node!r} is not an expression by itself.")


@_infer.register
def _(node: nodes.Value, names: _Names) -> Type:
    return node.type


@_infer.register
def _(node: nodes.TagRef, names: _Names) -> Type:
    if node.name not in names.tags:
        raise unknown_name("tag", node.name, names.tags, "List them with list(mart.tags).")
    return names.tags[node.name]


@_infer.register
def _(node: nodes.ColumnRef, names: _Names) -> Type:
    if names.subject is None:
        raise DefinitionError(f"{node!r} stands for nothing here: columns belong inside a tag's aggregate.")
    if node.of is None:
        return subject(names.subject).column(node.name).type
    referenced = sorted(
        {
            column.references.split(".")[0]
            for column in subject(names.subject).columns
            if column.references is not None
        }
    )
    if node.of not in referenced or node.of not in SUBJECTS:
        raise unknown_name(f"subject referenced by {names.subject}", node.of, referenced, "Use one of these.")
    return subject(node.of).column(node.name).type


@_infer.register
def _(node: nodes.AsOf, names: _Names) -> Type:
    return Type.DATE


@_infer.register
def _(node: nodes.Arithmetic, names: _Names) -> Type:
    sides = {part: _infer(part, names) for part in (node.left, node.right)}
    for part, found in sides.items():
        if found not in _NUMBERS:
            hint = " For dates write days_between(start, end)." if found in _DAYS else ""
            raise DefinitionError(f"{node!r} calculates with {part!r}, which is {found}, no number.{hint}")
    if node.op == "/" or Type.RATE in sides.values():
        return Type.RATE
    return Type.DECIMAL if Type.DECIMAL in sides.values() else Type.INTEGER


@_infer.register
def _(node: nodes.DaysBetween, names: _Names) -> Type:
    for part in (node.start, node.end):
        found = _infer(part, names)
        if found not in _DAYS:
            raise DefinitionError(f"{node!r} needs dates, and {part!r} is {found}.")
    return Type.INTEGER


@_infer.register
def _(node: nodes.DatePart, names: _Names) -> Type:
    found = _infer(node.operand, names)
    if found not in _DAYS or (node.part == "hour" and found is Type.DATE):
        needed = "a time" if node.part == "hour" else "a date or time"
        raise DefinitionError(f"{node!r} needs {needed}, and {node.operand!r} is {found}.")
    return Type.INTEGER


@_infer.register
def _(node: nodes.Compare, names: _Names) -> Type:
    left, right = (node.left, _infer(node.left, names)), (node.right, _infer(node.right, names))
    _check_comparable(node, left, right, ordered=node.op not in ("==", "!="))
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.IsIn, names: _Names) -> Type:
    operand = _infer(node.operand, names)
    for value in node.values:
        _check_comparable(node, (node.operand, operand), (value, value.type), ordered=False)
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.Between, names: _Names) -> Type:
    operand = _infer(node.operand, names)
    for bound in (node.low, node.high):
        _check_comparable(node, (node.operand, operand), (bound, _infer(bound, names)), ordered=True)
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.IsMissing, names: _Names) -> Type:
    _infer(node.operand, names)
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.Fill, names: _Names) -> Type:
    return _common(node, [node.operand, node.default], names)


@_infer.register(nodes.And)
@_infer.register(nodes.Or)
def _(node: nodes.And | nodes.Or, names: _Names) -> Type:
    for operand in node.operands:
        _check_condition(node, operand, names)
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.Not, names: _Names) -> Type:
    _check_condition(node, node.operand, names)
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.Case, names: _Names) -> Type:
    for arm in node.arms:
        _check_condition(node, arm.condition, names)
    last = () if node.otherwise is None else (node.otherwise,)
    return _common(node, [*(arm.then for arm in node.arms), *last], names)


@_infer.register
def _(node: nodes.TextMatch, names: _Names) -> Type:
    for part in (node.operand, node.text):
        if (found := _infer(part, names)) is not Type.TEXT:
            raise DefinitionError(f"{node!r} looks into text, and {part!r} is {found}.")
    return Type.BOOLEAN


@_infer.register(nodes.DaysLater)
@_infer.register(nodes.StartOf)
def _(node: nodes.DaysLater | nodes.StartOf, names: _Names) -> Type:
    if (found := _infer(node.operand, names)) not in _DAYS:
        raise DefinitionError(f"{node!r} needs a date or time, and {node.operand!r} is {found}.")
    return Type.DATE


@_infer.register
def _(node: nodes.Past, names: _Names) -> Type:
    _check_about_customer(node, names)
    if node.name not in names.tags:
        raise unknown_name("tag", node.name, names.tags, "List them with list(mart.tags).")
    return names.tags[node.name]


@_infer.register
def _(node: nodes.Did, names: _Names) -> Type:
    _check_about_customer(node, names)
    if node.every_days is not None and node.events.within_days is None:
        example = f"within(days={4 * node.every_days})"
        raise DefinitionError(f"{node!r} has no window. Say of how many whole periods, as in .{example}.")
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.Measure, names: _Names) -> Type:
    _check_about_customer(node, names)
    return node.type


@_infer.register(nodes.Sequence)
@_infer.register(nodes.InList)
@_infer.register(nodes.Sample)
def _(node: nodes.Sequence | nodes.InList | nodes.Sample, names: _Names) -> Type:
    _check_about_customer(node, names)
    return Type.BOOLEAN


@_infer.register
def _(node: nodes.Top, names: _Names) -> Type:
    _check_about_customer(node, names)
    if (found := _infer(node.by, names)) not in _NUMBERS:
        raise DefinitionError(
            f"{node!r} is ordered by {node.by!r}, which is {found}. Give it a number, as in by=tag('aum')."
        )
    if node.among is not None:
        _check_condition(node, node.among, names)
    return Type.BOOLEAN


def _check_about_customer(node: nodes.Node, names: _Names) -> None:
    if names.subject is not None:
        raise DefinitionError(f"{node!r} is about a customer; it cannot stand where one row is looked at.")


def _check_condition(whole: nodes.Node, part: nodes.Node, names: _Names) -> None:
    found = _infer(part, names)
    if found is not Type.BOOLEAN:
        raise DefinitionError(
            f"{whole!r} needs conditions, and {part!r} is {found}. Compare it with a value."
        )


def _check_comparable(
    whole: nodes.Node, left: tuple[nodes.Node, Type], right: tuple[nodes.Node, Type], *, ordered: bool
) -> None:
    one, other = left[1], right[1]
    if one is not other and not (one in _NUMBERS and other in _NUMBERS):
        hint = _comparing_hint({one, other})
        raise DefinitionError(f"{whole!r} compares {one} {left[0]!r} with {other} {right[0]!r}.{hint}")
    if ordered and one is Type.BOOLEAN:
        raise DefinitionError(f"{whole!r} orders {left[0]!r}, which is true or false. Use == or !=.")


def _comparing_hint(types: set[Type]) -> str:
    """What to write instead, for the habits that other tools allow."""
    if types <= set(_DAYS):
        return " Compare days with days_between(), as in days_between(start, as_of()) <= 30."
    if types & set(_DAYS) and Type.TEXT in types:
        return " Give a date as datetime.date(2026, 6, 1)."
    if types & set(_NUMBERS) and Type.TEXT in types:
        return " Leave the quotes of a number out."
    return ""


def _common(whole: nodes.Node, parts: list[nodes.Node], names: _Names) -> Type:
    """The one type of several alternatives; of numbers the widest."""
    found = [_infer(part, names) for part in parts]
    if len(set(found)) == 1:
        return found[0]
    for part, one in zip(parts, found, strict=True):
        if one not in _NUMBERS:
            listed = ", ".join(sorted({str(kind) for kind in found}))
            raise DefinitionError(f"{whole!r} mixes {listed}: {part!r} is {one}. Give all one type.")
    return Type.RATE if Type.RATE in found else Type.DECIMAL
