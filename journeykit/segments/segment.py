"""A segment: a named condition over tags and behaviour, with no connection inside."""

from __future__ import annotations

import hashlib
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import BaseModel, ConfigDict, ValidationError

from journeykit import yaml_files
from journeykit.errors import DefinitionError
from journeykit.expressions import And, AnyNode, Node, Not, Or, join, tag_names
from journeykit.yaml_files import Name, definition_error

if TYPE_CHECKING:
    import sqlalchemy as sa

    from journeykit.mart.scope import Scope
from journeykit.settings import find_root

_LONGEST = 100


class Segment(BaseModel):
    """An audience: everyone for whom `where` holds.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and underscores.
    where : Expression or node
        The condition, as in ``(t.aum >= 500_000) & ~t.holds_wealth``.
    title, title_zh : str
        What readers see, in English and Chinese.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> rich = Segment("rich", tag("aum") >= 500_000)
    >>> rich & ~Segment("young", tag("age") < 30)
    Segment("rich_and_not_young", (tag("aum") >= 500000) & (~(tag("age") < 30)))
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

    def tags(self) -> tuple[str, ...]:
        """The names of the tags it uses, sorted."""
        return tag_names(self.where)

    def statement(self, scope: Scope) -> sa.Select[Any]:
        """Select the ids of its customers."""
        from journeykit.compiler import compile_statement

        return compile_statement(self.where, scope)

    def __and__(self, other: Segment) -> Segment:
        """Those in both."""
        return self._combine(other, And, "and", "且")

    def __or__(self, other: Segment) -> Segment:
        """Those in either."""
        return self._combine(other, Or, "or", "或")

    def __sub__(self, other: Segment) -> Segment:
        """Those in this one and not in the other."""
        if not isinstance(other, Segment):
            raise _no_segment(other)
        where = join(And, self.where, Not(operand=other.where))
        return _composed(f"{self.name}_without_{other.name}", where, self, other, ("without", "除去"))

    def __invert__(self) -> Segment:
        """Everyone else."""
        return Segment(
            _shorten(f"not_{self.name}"),
            Not(operand=self.where),
            title=f"not ({self.title})" if self.title else "",
            title_zh=f"非（{self.title_zh}）" if self.title_zh else "",
        )

    def to_yaml(self) -> str:
        """The segment as YAML; :meth:`from_yaml` makes an equal value of it."""
        return yaml_files.to_yaml(self)

    @classmethod
    def from_yaml(cls, text: str) -> Segment:
        """Read a segment from YAML text."""
        return yaml_files.from_yaml(text, cls)

    @classmethod
    def load(cls, path: Path) -> Segment:
        """Read a segment's YAML file.

        Raises
        ------
        DefinitionError
            Missing file, malformed YAML (names the line), or a key or node that is unknown (names its path).
        """
        return yaml_files.read_definition(path, cls)

    def save(self, folder: Path | None = None) -> Path:
        """Write ``<name>.yaml`` in a folder, by default the workspace's ``scheduled/segments``."""
        folder = folder or find_root() / "scheduled" / "segments"
        return yaml_files.write_definition(folder / f"{self.name}.yaml", self)

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
        parts = self.where.operands if isinstance(self.where, And) else (self.where,)
        rows = "".join(f"<li><code>{escape(repr(part))}</code></li>" for part in parts)
        return f"<div><b>{escape(self.name)}</b> {titles}<ul>{rows}</ul></div>"

    def __bool__(self) -> NoReturn:
        raise DefinitionError(
            "A segment has no truth value. Instead of and, or, not write & | ~ between segments."
        )

    def __contains__(self, item: object) -> NoReturn:
        raise DefinitionError(f"Who is in segment '{self.name}' is known to a mart: mart.ids(segment).")

    def _combine(self, other: Segment, kind: type[And | Or], word: str, word_zh: str) -> Segment:
        if not isinstance(other, Segment):
            raise _no_segment(other)
        where = join(kind, self.where, other.where)
        return _composed(f"{self.name}_{word}_{other.name}", where, self, other, (word, word_zh))


def _composed(name: str, where: Node, left: Segment, right: Segment, words: tuple[str, str]) -> Segment:
    titles = {}
    for key, word in zip(("title", "title_zh"), words, strict=True):
        sides = getattr(left, key), getattr(right, key)
        titles[key] = f"({sides[0]}) {word} ({sides[1]})" if all(sides) else ""
    return Segment(_shorten(name), where, **titles)


def _shorten(name: str) -> str:
    """A composed name, cut where it grows past what a file name should be, and still distinct."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _no_segment(other: object) -> DefinitionError:
    return DefinitionError(f"A segment combines with another segment, and {other!r} is none. Name it first.")
