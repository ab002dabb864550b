"""Frozen lists of customers: ``scheduled/lists/<name>.csv``, one column ``customer_id`` (UTF-8)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import ValidationError

from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError, unknown_name
from journeykit.expressions import Expression
from journeykit.expressions.nodes import InList
from journeykit.files import publish_text
from journeykit.settings import find_root
from journeykit.yaml_files import definition_error

if TYPE_CHECKING:
    import pyarrow as pa

    from journeykit.mart.mart import Mart

HEADER = "customer_id"
_SHOWN = 5


@dataclass(frozen=True)
class CustomerList:
    """A list of customers: its name and its ids, sorted, each once.

    Examples
    --------
    >>> CustomerList("vip", ("C1", "C2"))
    list vip: 2 customers, digest 85f3dd5a
    """

    name: str
    ids: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """The hex SHA-256 of the ids, one a line: the same for the same customers in any order."""
        return hashlib.sha256("\n".join(self.ids).encode()).hexdigest()

    @property
    def node(self) -> InList:
        """The condition to be on the list, with these ids; the name must be fit for one."""
        try:
            return InList(name=self.name, digest=self.digest)
        except ValidationError as error:
            raise definition_error(f"list {self.name!r}", error) from error

    def to_arrow(self) -> pa.Table:
        """The ids as a relation with the one column ``customer_id``."""
        return self._arrow

    @cached_property
    def _arrow(self) -> pa.Table:
        import pyarrow as pa

        return pa.table({HEADER: pa.array(self.ids, pa.string())})

    def __repr__(self) -> str:
        return f"list {self.name}: {len(self.ids):,} customers, digest {self.digest[:8]}"


class Lists(Mapping[str, CustomerList]):
    """The lists of a folder by name, each read and checked when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[tuple[int, ...], CustomerList]] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self.folder.glob("*.csv")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)

    def __getitem__(self, name: str) -> CustomerList:
        if name not in self:
            raise unknown_name(
                "list", name, self, f"Save one with jk.save_list, or put it into {self.folder}."
            )
        return read_list(self.folder / f"{name}.csv")

    def frozen(self, name: str, digest: str) -> CustomerList:
        """The list with the very ids that a definition means.

        Raises
        ------
        DefinitionError
            There is no such list, its file is malformed, or it now has other ids.
        """
        found = self._as_it_is(name)
        if found.digest != digest:
            raise DefinitionError(
                f"The list '{name}' has changed since it was used: it now has {len(found.ids):,} ids, "
                f"digest {found.digest[:8]} instead of {digest[:8]}. To take the new list, define the "
                f'segment again with jk.in_list("{name}") and save it; to keep the old one, restore '
                f"{self.folder / name}.csv."
            )
        return found

    def _as_it_is(self, name: str) -> CustomerList:
        """The list that the file holds now; it is read again when it is another file than it was."""
        stamp = _stamp(self.folder / f"{name}.csv")
        kept, found = self._read.get(name, (None, None))
        if found is None or stamp is None or stamp != kept:
            found = self[name]
            if stamp is not None:
                self._read[name] = stamp, found
        return found

    def unknown(self, name: str, mart: Mart) -> list[str]:
        """The ids of a list that the mart does not know, sorted."""
        listed = sa.table("listed", sa.column(HEADER, sa.String()))
        known = sa.select(mart.scope.relation.c[HEADER])
        statement = sa.select(listed.c[HEADER]).where(listed.c[HEADER].not_in(known))
        return sorted(mart.run(statement, {"listed": self[name].to_arrow()})[0].to_pylist())

    def check(self, mart: Mart) -> Table:
        """How many ids of each list are customers of the mart and how many not, or what is wrong with it."""
        rows: list[tuple[Any, ...]] = []
        for name in self:
            try:
                size, lost = len(self[name].ids), len(self.unknown(name, mart))
                rows.append((name, size, size - lost, lost, ""))
            except (DataError, DefinitionError) as error:
                rows.append((name, None, None, None, str(error)))
        heads = ("list", "ids", "customers", "unknown", "problem")
        return Table(f"Lists as of {mart.as_of}", heads, tuple(rows))


def read_list(path: Path) -> CustomerList:
    """Read and check a list.

    Raises
    ------
    DefinitionError
        The file is not UTF-8, has no header ``customer_id``, or lines that are no id or stand twice; the
        message names the first lines by number and never quotes one.
    """
    text = _text_of(path)
    header, *ids = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if header != HEADER or any(mark in text for mark in '",') or not _are_sound(ids):
        ids = _read_rows(path, text)
    return CustomerList(path.stem, tuple(sorted(ids)))


def save_list(name: str, ids: Iterable[str], *, folder: Path | None = None) -> CustomerList:
    """Save ids as a list of that name; a list that there is keeps its ids.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and underscores.
    ids : iterable of str
        A list, a pandas column, a set; at least one id, and each once.
    folder : Path, optional
        By default the workspace's ``scheduled/lists``.

    Raises
    ------
    DefinitionError
        The name cannot be a file's, something among the ids is none, there are none, or a list of that name
        has others.
    """
    given = _ids_of(name, ids)
    if not _are_sound(given):
        _refuse(f"list {name!r}", "place", list(enumerate(([one] for one in given), 1)))
    made = CustomerList(name, tuple(sorted(given)))
    made.node  # noqa: B018 - checks the name
    path = lists_folder(folder) / f"{name}.csv"
    if not path.exists():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([(HEADER,), *((one,) for one in made.ids)])
        publish_text(path, text.getvalue())
    elif read_list(path) != made:
        raise DefinitionError(
            f"There is a list '{name}' with other ids, which segments may mean. Choose another name, or "
            f"delete {path} first."
        )
    return made


def in_list(name: str, *, folder: Path | None = None) -> Expression:
    """Whether the customer is on the list of that name, with the ids that it has now."""
    return Expression(Lists(lists_folder(folder))[name].node)


def check_lists(mart: Mart) -> Table:
    """How many ids of each list of this workspace are customers of the mart, and how many are not."""
    return Lists(lists_folder()).check(mart)


def lists_folder(folder: Path | None = None) -> Path:
    """Where lists lie: the folder given, or that of this workspace."""
    return folder or find_root() / "scheduled" / "lists"


def _ids_of(name: str, ids: Any) -> list[Any]:
    """The ids that somebody gave; what is no collection of them, or an empty one, is refused."""
    if hasattr(type(ids), "columns"):
        raise DefinitionError(
            f"List '{name}': ids are expected, and this is a whole frame. Give the column that has them: "
            'jk.save_list(name, frame["customer_id"]).'
        )
    if isinstance(ids, str | Mapping) or not isinstance(ids, Iterable):
        raise DefinitionError(
            f"List '{name}': ids are expected, as in jk.save_list(name, mart.ids(segment)); this is a "
            f"{type(ids).__name__}."
        )
    given = list(ids)
    if not given:
        raise DefinitionError(
            f"List '{name}': there are no ids to save. Give at least one; mart.count(segment) says how many "
            "customers a segment has."
        )
    return given


def _stamp(path: Path) -> tuple[int, ...] | None:
    """What changes when a file does; None when it cannot be told."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise DataError(f"{path} is a folder, and a list is a file. Move it or rename it.") from error
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}. Fix its permissions.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DefinitionError(f"{path}: line {line} is not UTF-8. Save the file as UTF-8.") from None


def _are_sound(ids: list[str]) -> bool:
    """Whether all are ids, and none stands twice; says it fast for a million."""
    return (
        set(map(type, ids)) <= {str}
        and all(ids)
        and all(map(str.isprintable, ids))
        and list(map(str.strip, ids)) == ids
        and len(set(ids)) == len(ids)
    )


def _read_rows(path: Path, text: str) -> list[str]:
    """The ids of a file row by row, quotes undone; names the lines that are none."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise DefinitionError(
            f"{path}: line {reader.line_num} cannot be read ({error}). Write one id a line."
        ) from None
    if not rows or rows[0][1] != [HEADER]:
        raise DefinitionError(f"{path}: line 1 must be {HEADER} and nothing else. Add it, and save as UTF-8.")
    _refuse(str(path), "line", rows[1:])
    return [row[0] for _, row in rows[1:]]


def _refuse(source: str, word: str, rows: list[tuple[int, list[Any]]]) -> None:
    """Raise when a row is no id, or stands twice; `word` says what its number counts."""
    found = _problems(word, rows)
    first = list(islice(found, _SHOWN))
    if first:
        more = sum(1 for _ in found)
        rest = f"; and {more:,} more" if more else ""
        raise DefinitionError(
            f"{source}: {'; '.join(first)}{rest}. One id each is expected, without blanks, no id twice."
        )


def _problems(word: str, rows: list[tuple[int, list[Any]]]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, row in rows:
        if problem := _problem(row):
            yield f"{word} {number} {problem}"
        elif row[0] in seen:
            yield f"{word} {number} is the same id as {word} {seen[row[0]]}"
        else:
            seen[row[0]] = number


def _problem(row: list[Any]) -> str:
    if len(row) > 1:
        return f"has {len(row)} values"
    if not row or not isinstance(row[0], str):
        return f"is of the type {type(row[0]).__name__}, not text" if row else "is blank"
    if not row[0].strip():
        return "is blank"
    if not row[0].isprintable():
        return "has an invisible character"
    return "has blanks around the id" if row[0] != row[0].strip() else ""
