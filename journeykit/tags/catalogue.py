"""Every tag a workspace knows: names complete, titles and owners are shown, both languages are searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journeykit.display import Table
from journeykit.errors import DefinitionError, UnknownNameError, unknown_name
from journeykit.expressions import Expression, TagRef
from journeykit.tags.fitting import Known, check_formula_types, check_ranking_types, with_sensitivity
from journeykit.tags.library import LIBRARY
from journeykit.tags.tag import Formula, Ranking, Tag, name_of
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
    files : mapping of str to Path, optional
        The file of each tag that was read from one, named in errors.

    Raises
    ------
    DefinitionError
        Two tags of one name, a formula over an unknown tag, types or units that do not go together, a
        comparison with a value that a tag cannot have, a privacy class below that of what a tag is computed
        from, or formulas that need each other; the message prints the cycle.

    Examples
    --------
    >>> tags = Catalogue(LIBRARY)
    >>> tags["aum"].title, tags.search("管理资产").rows[0][0]
    ('Assets under management', 'aum')
    """

    def __init__(self, tags: Iterable[Tag], files: Mapping[str, Path] | None = None) -> None:
        self._tags: dict[str, Tag] = {}
        for tag in tags:
            if tag.name in self._tags:
                raise DefinitionError(f"Two tags are called '{tag.name}'. Rename one of them.")
            self._tags[tag.name] = tag
        self._order = _ordered(self._tags, files or {})
        self._check_types(files or {})
        for name in self._order:
            with _naming(files or {}, [name]):
                self._tags[name] = with_sensitivity(self._tags[name], self._tags)

    def _check_types(self, files: Mapping[str, Path]) -> None:
        known = Known(
            types={name: tag.type for name, tag in self._tags.items()},
            units={name: tag.unit for name, tag in self._tags.items()},
            values={name: tag.values for name, tag in self._tags.items()},
        )
        for tag in self._tags.values():
            with _naming(files, [tag.name]):
                if isinstance(tag.compute, Formula):
                    check_formula_types(tag.name, tag.type, tag.compute.expression, known)
                elif isinstance(tag.compute, Ranking):
                    check_ranking_types(tag.name, tag.compute, known)

    def __getitem__(self, name: str | Tag | Expression) -> TagHandle:
        name = name_of(name)
        if name not in self._tags:
            raise _UnknownTagError(str(unknown_name("tag", name, self._tags, NEXT_STEP)))
        return TagHandle(self._tags[name])

    def get(self, name: str, default: Any = None) -> Any:
        """The handle of a tag, or `default` when there is none of that name."""
        return self[name] if name_of(name) in self._tags else default

    def __contains__(self, name: object) -> bool:
        return name_of(name) in self._tags

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

    def of(self, names: Iterable[str | Tag | Expression]) -> list[Tag]:
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
    own = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    return Catalogue((*LIBRARY, *own), _files(own, folder))


def check_saved(tag: Tag, folder: Path) -> None:
    """Refuse a tag that, saved in `folder`, would not fit the library and the tags that are there.

    Raises
    ------
    DefinitionError
        The message says what does not fit, and names the file when that is another one.
    """
    if any(tag.name == shipped.name for shipped in LIBRARY):
        raise DefinitionError(f"Not saved: the library already has a tag '{tag.name}'. Choose another name.")
    others = [_read(path) for path in sorted(folder.glob("*.yaml")) if path.stem != tag.name]
    try:
        Catalogue((*LIBRARY, *others, tag), _files(others, folder))
    except DefinitionError as error:
        raise type(error)(f"Not saved: {error}") from error


def _read(path: Path) -> Tag:
    tag = read_definition(path, Tag)
    if tag.name != path.stem:
        raise DefinitionError(f"{path} holds the tag '{tag.name}'. Rename the file to {tag.name}.yaml.")
    if any(tag.name == shipped.name for shipped in LIBRARY):
        raise DefinitionError(
            f"{path}: the library already has a tag '{tag.name}'. Choose another name, or delete the file."
        )
    return tag


def _files(tags: Iterable[Tag], folder: Path) -> dict[str, Path]:
    return {tag.name: folder / f"{tag.name}.yaml" for tag in tags}


@contextmanager
def _naming(files: Mapping[str, Path], names: Iterable[str]) -> Iterator[None]:
    """Tell an error with the files of the tags that it is about."""
    try:
        yield
    except DefinitionError as error:
        named = list(dict.fromkeys(str(files[name]) for name in names if name in files))
        if not named:
            raise
        raise type(error)(f"{', '.join(named)}: {error} Correct or delete the file.") from error


def _ordered(tags: Mapping[str, Tag], files: Mapping[str, Path]) -> list[str]:
    """Names so that each formula comes after the tags it uses; the order of `tags` otherwise."""
    needs = {name: [used for used in tag.uses if used in tags] for name, tag in tags.items()}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        # Each name of the sorter's cycle is needed by the next one; a reader follows the needs.
        cycle = " → ".join(reversed(error.args[1]))
        with _naming(files, error.args[1]):
            raise DefinitionError(
                f"Tags need each other: {cycle}. Compute one of them from rows instead."
            ) from error
