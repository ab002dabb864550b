"""A segment: a named condition over tags and behaviour, with no connection inside."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import BaseModel, ConfigDict, ValidationError

from journeykit import yaml_files
from journeykit.errors import DefinitionError
from journeykit.expressions import And, AnyNode, Expression, Node, Not, Or, as_node, join, tag_names
from journeykit.expressions.exploring import Explorable
from journeykit.expressions.nodes import Sample, Top
from journeykit.segments.composing import name_condition, shorten, slug, titles_of
from journeykit.settings import find_root
from journeykit.yaml_files import Name, definition_error

if TYPE_CHECKING:
    import sqlalchemy as sa

    from journeykit.mart.mart import Mart
    from journeykit.mart.scope import Scope
    from journeykit.segments.history import History


class Segment(Explorable, BaseModel):
    """An audience: everyone for whom `where` holds.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and underscores.
    where : Expression, node or Segment
        The condition, as in ``(t.aum >= 500_000) & ~t.holds_wealth``. Of a segment its condition is kept, so
        what becomes of that segment later plays no part.
    title, title_zh : str
        What readers see, in English and Chinese.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> rich = Segment("rich", tag("aum") >= 500_000)
    >>> rich & ~Segment("young", tag("age") < 30)
    Segment("rich_and_not_young", (tag("aum") >= 500000) & (~(tag("age") < 30)))
    >>> rich - (tag("age") < 30)
    Segment("rich_without_age", (tag("aum") >= 500000) & (~(tag("age") < 30)))
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    where: AnyNode
    title: str = ""
    title_zh: str = ""

    def __init__(self, *parts: Any, **named: Any) -> None:
        if len(parts) > 2:
            raise DefinitionError('A segment is made as Segment("name", condition, title="...").')
        given = {**dict(zip(("name", "where"), parts, strict=False)), **named}
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise definition_error(f"segment {given.get('name')!r}", error) from error

    @property
    def node(self) -> AnyNode:
        """The condition, for the place of one inside another."""
        return self.where

    @property
    def conditions(self) -> tuple[AnyNode, ...]:
        """The conditions that all hold; one where it is no ``and``."""
        return self.where.operands if isinstance(self.where, And) else (self.where,)

    def tags(self) -> tuple[str, ...]:
        """The names of the tags it uses, sorted."""
        return tag_names(self.where)

    def statement(self, scope: Scope) -> sa.Select[Any]:
        """Select the ids of its customers."""
        from journeykit.compiler import compile_statement

        return compile_statement(self.where, scope)

    def __and__(self, other: Segment | Expression) -> Segment:
        """Those in both."""
        return self._combine(other, And, "and", "且")

    def __or__(self, other: Segment | Expression) -> Segment:
        """Those in either."""
        return self._combine(other, Or, "or", "或")

    def __rand__(self, other: AnyNode) -> Segment:
        """Those in both, of a condition as a strategy's goal keeps it."""
        return _named(other) & self

    def __ror__(self, other: AnyNode) -> Segment:
        """Those in either."""
        return _named(other) | self

    def __sub__(self, other: Segment | Expression) -> Segment:
        """Those in this one and not in the other."""
        right = _named(other)
        where = join(And, self.where, Not(operand=right.where))
        name = shorten(f"{self.name}_without_{right.name}")
        return Segment(name, where, **titles_of((self, right), "without", "除去"))

    def __invert__(self) -> Segment:
        """Everyone else."""
        return Segment(
            shorten(f"not_{self.name}"),
            Not(operand=self.where),
            title=f"not ({self.title})" if self.title else "",
            title_zh=f"非（{self.title_zh}）" if self.title_zh else "",
        )

    def sample(self, share: float, *, salt: str) -> Segment:
        """A random share of it: of one salt always the same customers.

        Parameters
        ----------
        share : float
            From 0 to 1; 0.1 is a tenth.
        salt : str
            Names the draw. Samples of the same salt contain each other; those of another are independent.

        Examples
        --------
        >>> from journeykit.expressions import tag
        >>> Segment("rich", tag("aum") >= 500_000).sample(0.1, salt="pilot")
        Segment("rich_sample_pilot", (tag("aum") >= 500000) & sample(0.1, salt="pilot"))
        """
        drawn = _make(Sample, share=share, salt=salt)
        percent = f"{float(drawn.share) * 100:.6g}%"
        return Segment(
            shorten("_".join(part for part in (self.name, "sample", slug(salt)) if part)),
            join(And, self.where, drawn),
            title=f"{percent} of ({self.title})" if self.title else "",
            title_zh=f"（{self.title_zh}）的{percent}样本" if self.title_zh else "",
        )

    def top(self, count: int, *, by: Any, lowest: bool = False) -> Segment:
        """The `count` of it with the highest value of `by`, or with the lowest; who has none never is.

        Of equal values the lower customer id comes first.

        Examples
        --------
        >>> from journeykit.expressions import tag
        >>> Segment("adults", tag("age") >= 18).top(1000, by=tag("aum"))
        Segment("adults_top_1000", top(1000, by=tag("aum"), among=tag("age") >= 18))
        """
        word, word_zh = ("lowest", "最低") if lowest else ("top", "最高")
        return Segment(
            shorten(f"{self.name}_{word}_{count}"),
            _make(Top, count=count, by=by, lowest=lowest, among=self.where),
            title=f"{word.capitalize()} {count:,} of ({self.title})" if self.title else "",
            title_zh=f"（{self.title_zh}）中{word_zh}的{count:,}名" if self.title_zh else "",
        )

    def freeze(self, mart: Mart, name: str, *, folder: Path | None = None) -> Segment:
        """Save those who are in it as of the mart's day as a list, and return the segment of that list.

        Parameters
        ----------
        mart : Mart
            Its day counts.
        name : str
            Of the list and of the new segment.
        folder : Path, optional
            Of lists; by default the workspace's ``scheduled/lists``.
        """
        from journeykit.segments.lists import save_list

        kept = save_list(name, mart.ids(self), folder=folder)
        return Segment(
            name,
            kept.node,
            title=f"{self.title} as of {mart.as_of}" if self.title else "",
            title_zh=f"{self.title_zh}（{mart.as_of}）" if self.title_zh else "",
        )

    def to_yaml(self) -> str:
        """The segment as YAML; :meth:`from_yaml` makes an equal value of it."""
        return yaml_files.to_yaml(self)

    @classmethod
    def from_yaml(cls, text: str) -> Segment:
        """Read a segment from YAML text."""
        return yaml_files.from_yaml(text, cls)

    def to_rules(self) -> dict[str, Any]:
        """The condition as a rule tree in JSON; see :mod:`journeykit.segments.rules`."""
        from journeykit.segments.rules import to_rules

        return to_rules(self.where)

    @classmethod
    def from_rules(cls, name: str, tree: Mapping[str, Any], tags: Mapping[str, Any] | None = None) -> Segment:
        """Make a segment of a rule tree.

        Parameters
        ----------
        name : str
            Of the segment.
        tree : dict
            As :meth:`to_rules` writes it, or an editor in the browser.
        tags : mapping of str to handle, optional
            The catalogue, as ``mart.tags``; what is not in it is refused.

        Examples
        --------
        >>> from journeykit.expressions import tag
        >>> Segment.from_rules("rich", Segment("old", tag("aum") >= 500_000).to_rules())
        Segment("rich", tag("aum") >= 500000)
        """
        from journeykit.segments.rules import from_rules

        return cls(name, from_rules(tree, tags))

    @classmethod
    def load(cls, source: str | Path) -> Segment:
        """Read a saved segment: by its name from the workspace's ``scheduled/segments``, or a file.

        Raises
        ------
        DefinitionError
            Missing file, malformed YAML (names the line), or a key or node that is unknown (names its path).
        """
        path = segments_folder() / f"{source}.yaml" if isinstance(source, str) else source
        return yaml_files.read_definition(path, cls)

    def save(self, folder: Path | None = None, *, author: str = "", reason: str = "") -> Path:
        """Write ``<name>.yaml`` in a folder, and what changed into its history.

        Parameters
        ----------
        folder : Path, optional
            By default the workspace's ``scheduled/segments``.
        author, reason : str
            Who changes it, and why; both are needed when a saved segment becomes another.

        Raises
        ------
        DefinitionError
            Author or reason is missing, or the history is damaged.
        InUseError
            Somebody saves it at this moment.
        """
        from journeykit.segments.history import save_segment

        return save_segment(self, folder or segments_folder(), author, reason)

    def history(self, folder: Path | None = None) -> History:
        """Its saved versions; see :func:`journeykit.segments.history.segment_history`."""
        from journeykit.segments.history import segment_history

        return segment_history(self.name, folder=folder)

    def __repr__(self) -> str:
        titles = "".join(
            f", {key}={value!r}"
            for key, value in (("title", self.title), ("title_zh", self.title_zh))
            if value
        )
        return f'Segment("{self.name}", {self.where!r}{titles})'

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        titles = " · ".join(escape(title) for title in (self.title, self.title_zh) if title)
        rows = "".join(f"<li><code>{escape(repr(part))}</code></li>" for part in self.conditions)
        return f"<div><b>{escape(self.name)}</b> {titles}<ul>{rows}</ul></div>"

    def __bool__(self) -> NoReturn:
        raise DefinitionError(
            "A segment has no truth value. Instead of and, or, not write & | ~ between segments."
        )

    def __contains__(self, item: object) -> NoReturn:
        raise DefinitionError(f"Who is in segment '{self.name}' is known to a mart: mart.ids(segment).")

    def __lt__(self, other: object) -> NoReturn:
        raise DefinitionError(
            f"Segment '{self.name}' is no value to compare. Put a comparison beside & or | in parentheses: "
            "segment & (t.age < 30)."
        )

    __le__ = __gt__ = __ge__ = __lt__

    def _combine(self, other: object, kind: type[And | Or], word: str, word_zh: str) -> Segment:
        right = _named(other)
        name = shorten(f"{self.name}_{word}_{right.name}")
        where = join(kind, self.where, right.where)
        return Segment(name, where, **titles_of((self, right), word, word_zh))


def segments_folder() -> Path:
    """Where the segments of this workspace lie."""
    return find_root() / "scheduled" / "segments"


def _named(other: object) -> Segment:
    """A segment, or one made of a bare condition and named after what it reads."""
    if isinstance(other, Segment):
        return other
    if isinstance(other, Expression | Node):
        return Segment(shorten(name_condition(as_node(other))), as_node(other))
    raise DefinitionError(
        f"A segment combines with another segment or a condition, and {other!r} is neither."
    )


def _make(kind: type[Sample | Top], **parts: Any) -> Any:
    try:
        return kind(**parts)
    except ValidationError as error:
        raise definition_error(f"{kind.__name__.lower()}()", error) from error
