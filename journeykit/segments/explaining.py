"""What a condition says, in plain English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from journeykit.expressions import nodes
from journeykit.segments.phrases import sentence, sequence_steps, sequence_window
from journeykit.segments.speech import Speech, speech

if TYPE_CHECKING:
    import pandas as pd

    from journeykit.expressions import Expression
    from journeykit.segments.segment import Segment


@dataclass(frozen=True)
class Line:
    """One line of an outline.

    Attributes
    ----------
    depth : int
        How far it is indented; what it stands under is one less deep.
    text : str
        What it says.
    node : Node or None
        The condition it tells of; None for a step of a sequence, which is none by itself.
    """

    depth: int
    text: str
    node: nodes.Node | None = None


@dataclass(frozen=True)
class Explanation:
    """A condition in words; prints as an indented list.

    Attributes
    ----------
    lines : tuple of Line
        From top to bottom.
    """

    lines: tuple[Line, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per line."""
        import pandas as pd

        return pd.DataFrame(
            [(one.depth, one.text) for one in self.lines], columns=pd.Index(["depth", "text"])
        )

    def __repr__(self) -> str:
        return "\n".join("  " * (one.depth - 1) + "- " * bool(one.depth) + one.text for one in self.lines)

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        html, depth = "", -1
        for one in self.lines:
            html += "<ul><li>" if one.depth > depth else "</li></ul>" * (depth - one.depth) + "</li><li>"
            html += escape(one.text)
            depth = one.depth
        return f'<div class="jk-explanation">{html}{"</li></ul>" * (depth + 1)}</div>'


def explain(
    what: Segment | Expression | nodes.Node, language: str = "en", tags: Mapping[str, Any] | None = None
) -> Explanation:
    """Say in plain words whom a condition means.

    Parameters
    ----------
    what : Segment, Expression or Node
        A condition, or any part of one.
    language : str
        ``en`` or ``zh``.
    tags : mapping of str to handle, optional
        The catalogue, as ``mart.tags``, for the titles of tags; the shipped library when left out. A tag
        that is not in it is called by its name.

    Examples
    --------
    >>> from journeykit.expressions import did, tag
    >>> explain((tag("aum") >= 500_000) & ~tag("gender").is_missing())
    All of these hold:
    - “Assets under management” is at least 500,000 yuan
    - “Gender” is known
    >>> explain(tag("aum") >= 500_000, "zh")
    “管理资产总额（AUM）”不低于 500,000 元
    """
    return Explanation(tuple(outline(_node_of(what), speech(language, tags))))


def outline(node: nodes.Node, say: Speech, depth: int = 0) -> Iterator[Line]:
    """A condition and those that it is made of, line by line."""
    head, parts = _group(node)
    if head is not None:
        yield Line(depth, say(head), node)
        for part in parts:
            yield from outline(part, say, depth + 1)
    elif isinstance(node, nodes.Sequence):
        yield Line(depth, say("sequence", sequence_window(node, say)), node)
        yield from (Line(depth + 1, text) for text in sequence_steps(node, say))
    else:
        yield Line(depth, sentence(node, say), node)


def _node_of(what: Any) -> nodes.Node:
    """The condition of a segment, the node of a handle, or a node itself."""
    if isinstance(what, nodes.Node):
        return what
    return getattr(what, "where", None) or what.node


def _group(node: nodes.Node) -> tuple[str | None, tuple[nodes.Node, ...]]:
    """The heading of several conditions under one, and these; none where it is a single one."""
    inner = node.operand if isinstance(node, nodes.Not) else node
    if not isinstance(inner, nodes.And | nodes.Or) or len(inner.operands) < 2:
        return None, ()
    kind = "all" if isinstance(inner, nodes.And) else "any"
    return f"not_{kind}" if isinstance(node, nodes.Not) else kind, inner.operands
