"""Every tag a workspace knows: names complete, titles and owners are shown, both languages are searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journeykit.display import Table
from journeykit.errors import DefinitionError, UnknownNameError, unknown_name
from journeykit.expressions import Expression, TagRef
from journeykit.tags.checking import check_formula_types, check_ranking_types
from journeykit.tags.library import LIBRARY
from journeykit.tags.tag import Formula, Ranking, Tag
from journeykit.yaml_files import read_definition

if TYPE_CHECKING:
    import pandas as pd

    from journeykit.mart.mart import Mart
    from journeykit.tags.preview import Preview

NEXT_STEP = "List them with list(mart.tags), or search: mart.tags.search('balance')."


class _UnknownTagError(UnknownNameError, AttributeError):
    """An unknown tag, also when asked for as an attribute, so that ``hasattr`` works."""


class TagHandle(Expression):
    """A tag to build expressions with; in a notebook it shows what it means.

    Examples
    --------
    >>> Catalogue(LIBRARY).aum >= 500_000
    tag("aum") >= 500000
    """

    def __init__(self, tag: Tag) -> None:
        super().__init__(TagRef(name=tag.name))
        self.tag = tag

    @property
    def title(self) -> str:
        """The tag's English title."""
        return self.tag.title

    def preview(self, mart: Mart) -> Preview:
        """Compute the tag for everyone; see :meth:`journeykit.mart.mart.Mart.preview`."""
        return self.tag.preview(mart)

    def _repr_html_(self) -> str:
        tag = self.tag
        facts = [tag.type.value, tag.unit, tag.family, tag.owner, tag.sensitivity]
        return (
            f"<div><strong>{escape(tag.title)}</strong> {escape(tag.title_zh)} <code>{tag.name}</code><br>"
            f"{escape(' · '.join(fact for fact in facts if fact))}<br>{escape(tag.description)}<br>"
            f"{escape(tag.description_zh)}</div>"
        )


class Catalogue(Mapping[str, TagHandle]):
    """A fixed set of tags whose formulas fit together.

    Parameters
    ----------
    tags : iterable of Tag
        Every tag; a formula may use any other of them.

    Raises
    ------
    DefinitionError
        Two tags of one name, a formula over an unknown tag, types or units that do not go together, or
        formulas that need each other; the message prints the cycle.

    Examples
    --------
    >>> tags = Catalogue(LIBRARY)
    >>> tags["aum"].title, tags.search("管理资产").rows[0][0]
    ('Assets under management', 'aum')
    """

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._tags: dict[str, Tag] = {}
        for tag in tags:
            if tag.name in self._tags:
                raise DefinitionError(f"Two tags are called '{tag.name}'. Rename one of them.")
            self._tags[tag.name] = tag
        self._order = _ordered(self._tags)
        self._check_types()

    def _check_types(self) -> None:
        types = {name: tag.type for name, tag in self._tags.items()}
        units = {name: tag.unit for name, tag in self._tags.items()}
        for tag in self._tags.values():
            if isinstance(tag.compute, Formula):
                check_formula_types(tag.name, tag.type, tag.compute.expression, types, units)
            elif isinstance(tag.compute, Ranking):
                check_ranking_types(tag.name, tag.compute, types, units)

    def __getitem__(self, name: str) -> TagHandle:
        if name not in self._tags:
            raise _UnknownTagError(str(unknown_name("tag", name, self._tags, NEXT_STEP)))
        return TagHandle(self._tags[name])

    def get(self, name: str, default: Any = None) -> Any:
        """The handle of a tag, or `default` when there is none of that name."""
        return self[name] if name in self._tags else default

    def __contains__(self, name: object) -> bool:
        return name in self._tags

    def __iter__(self) -> Iterator[str]:
        return iter(self._tags)

    def __len__(self) -> int:
        return len(self._tags)

    def __getattr__(self, name: str) -> TagHandle:
        # Private names are asked for by pickling, copying and notebooks; tags never start with _.
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._tags]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and self._tags == other._tags

    def __hash__(self) -> int:
        return hash(tuple(self._tags.values()))

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    def _table(self) -> Table:
        heads = ("name", "title", "title_zh", "family", "type", "unit")
        rows = tuple(tuple(row[head] for head in heads) for row in self.rows())
        return Table(f"{len(self)} tags", heads, rows)

    def of(self, names: Iterable[str]) -> list[Tag]:
        """The tags called `names`, in that order."""
        return [self[name].tag for name in names]

    def in_order(self) -> list[Tag]:
        """Every tag, a formula after the tags it uses."""
        return self.of(self._order)

    def search(self, text: str) -> Table:
        """The tags in whose name, family, titles or descriptions every word of `text` stands.

        First those that are called so, then those that only tell of it.
        """
        words = text.casefold().split()
        heads = ("name", "title", "title_zh", "unit", "description", "description_zh")
        found: list[tuple[bool, tuple[Any, ...]]] = []
        for row in self.rows():
            called = " ".join((row["name"], row["title"], row["title_zh"])).casefold()
            told = " ".join((row["family"], *(row[head] for head in heads))).casefold()
            if all(word in told for word in words):
                found.append((not all(word in called for word in words), tuple(row[head] for head in heads)))
        rows = tuple(row for _, row in sorted(found, key=lambda one: one[0]))
        return Table(f"{len(rows)} tags with '{text}'", heads, rows)

    def rows(self) -> list[dict[str, Any]]:
        """One plain dictionary per tag, as listings show it."""
        return [
            {
                "name": tag.name, "title": tag.title, "title_zh": tag.title_zh, "family": tag.family,
                "type": tag.type.value, "unit": tag.unit, "description": tag.description,
                "description_zh": tag.description_zh, "subject": tag.subject, "owner": tag.owner,
                "sensitivity": tag.sensitivity,
            }
            for tag in self._tags.values()
        ]  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """The same rows as a pandas frame."""
        import pandas as pd

        return pd.DataFrame(self.rows())


def load_catalogue(folder: Path) -> Catalogue:
    """The shipped library and the tags saved as YAML in `folder`.

    Raises
    ------
    DefinitionError
        A file is malformed, is not named after its tag, or does not fit the other tags; the message names it.
    """
    own = []
    for path in sorted(folder.glob("*.yaml")):
        tag = read_definition(path, Tag)
        if tag.name != path.stem:
            raise DefinitionError(f"{path} holds the tag '{tag.name}'. Rename the file to {tag.name}.yaml.")
        if any(tag.name == shipped.name for shipped in LIBRARY):
            raise DefinitionError(f"{path}: the library already has a tag '{tag.name}'. Choose another name.")
        own.append(tag)
    return Catalogue((*LIBRARY, *own))


def _ordered(tags: Mapping[str, Tag]) -> list[str]:
    """Names so that each formula comes after the tags it uses; the order of `tags` otherwise."""
    needs = {name: [used for used in tag.uses if used in tags] for name, tag in tags.items()}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        # Each name of the sorter's cycle is needed by the next one; a reader follows the needs.
        cycle = " → ".join(reversed(error.args[1]))
        raise DefinitionError(
            f"Tags need each other: {cycle}. Compute one of them from rows instead."
        ) from error
