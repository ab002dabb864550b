"""Who was in a segment on each day: files that are never changed, and one pointer a day (design D2).

Below ``var/mart/members/<segment>/<day>`` lies a file of ids for each definition and tag build, named after
both, and ``current`` names the one that counts. Who entered and who left is told from two days' files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError, StoreError, unknown_name
from journeykit.files import publish, publish_text
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.mart.store import POINTER
from journeykit.models.model import read_as
from journeykit.segments.segment import Segment
from journeykit.tags import Catalogue

FIRST, CHANGED = "first day", "definition changed"
HEADS = ("day", "size", "entered", "left", "definition", "note")


@dataclass(frozen=True)
class Members:
    """Who is in a segment on a day, by one definition and of one tag build.

    Attributes
    ----------
    segment, as_of : str, date
        Whose members, and when.
    definition : str
        Hash of the condition and of the tags behind it; see :func:`identify_definition`.
    build_id : str
        The tag build they were found in.
    ids : pyarrow.ChunkedArray
        Their ids, sorted.
    """

    segment: str
    as_of: date
    definition: str
    build_id: str
    ids: pa.ChunkedArray

    def __len__(self) -> int:
        return len(self.ids)

    def beyond(self, other: Members) -> pa.ChunkedArray:
        """The ids that are here and not in the other, sorted."""
        known = pc.SetLookupOptions(value_set=other.ids.combine_chunks())
        places = pc.call_function("index_in", [self.ids], known)
        return self.ids.filter(places.is_null())


@dataclass(frozen=True)
class MemberStore:
    """The folder ``var/mart/members``."""

    root: Path

    def names(self) -> list[str]:
        """The segments that were ever recorded, sorted."""
        return sorted({path.parent.parent.name for path in self.root.glob(f"*/*/{POINTER}")})

    def days(self, name: str) -> list[date]:
        """The days that a segment was recorded on, sorted."""
        if name not in self.names():
            return []
        return sorted(
            date.fromisoformat(path.parent.name) for path in (self.root / name).glob(f"*/{POINTER}")
        )

    def record(self, members: Members) -> None:
        """Keep members as those of their day; what is already kept is written no second time."""
        folder = self.root / members.segment / members.as_of.isoformat()
        file = f"{members.definition}-{members.build_id}"
        path = folder / f"{file}.parquet"
        if not path.exists():
            facts = {
                name: str(getattr(members, name)) for name in ("segment", "as_of", "definition", "build_id")
            }
            table = pa.table({CUSTOMER_ID: members.ids}).replace_schema_metadata(facts)
            publish(path, lambda aside: pq.write_table(table, aside))
        if self._current(folder) != file:
            publish_text(folder / POINTER, file + "\n")

    def read(self, name: str, day: date) -> Members:
        """The members of a segment on a day that was recorded.

        Raises
        ------
        StoreError
            A file is missing, damaged, or of another segment.
        """
        folder = self.root / name / day.isoformat()
        path = folder / f"{self._current(folder)}.parquet"
        advice = f'Delete it and record the day again: jk.record_members("{day}").'
        try:
            table = pq.read_table(path)
            facts = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
            kept = Members(
                facts["segment"], date.fromisoformat(facts["as_of"]), facts["definition"], facts["build_id"],
                table[CUSTOMER_ID],
            )  # fmt: skip
        except (OSError, pa.ArrowException, KeyError, ValueError) as error:
            raise StoreError(f"{path} is missing or damaged ({type(error).__name__}). {advice}") from error
        if (kept.segment, kept.as_of) != (name, day):
            raise StoreError(f"{path} holds another segment's members or another day's. {advice}")
        return kept

    def _current(self, folder: Path) -> str | None:
        pointer = folder / POINTER
        try:
            return pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(
                f"Cannot read {pointer}: {error}. Delete it, and record the day again."
            ) from error


@dataclass(frozen=True)
class Membership:
    """The recorded days of a segment; prints as a table.

    Parameters
    ----------
    name : str
        Of the segment.
    store : MemberStore
        Where the members of its days lie.
    """

    name: str
    store: MemberStore

    @property
    def days(self) -> list[date]:
        """The days recorded, sorted."""
        return self.store.days(self.name)

    def members(self, day: date | str) -> list[str]:
        """Who was in it on a day."""
        return self._on(day).ids.to_pylist()

    def entered(self, day: date | str) -> list[str]:
        """Who was in it on a day and not on the recorded day before.

        Raises
        ------
        DataError
            The day is the first one, or the definition had changed since the one before.
        """
        before, after = self._around(day)
        return after.beyond(before).to_pylist()

    def left(self, day: date | str) -> list[str]:
        """Who was in it on the recorded day before and not on this one; raises as :meth:`entered`."""
        before, after = self._around(day)
        return before.beyond(after).to_pylist()

    def table(self) -> Table:
        """One row per day: size, who entered and left since the day before, and by which definition.

        Where the definition changed, nobody is said to have entered or left.
        """
        found = [self._on(day) for day in self.days[:1]]
        rows = [_row(None, first) for first in found]
        rows += [_row(before, after) for before, after in pairwise(map(self._on, self.days))]
        return Table(f"Members of {self.name} by day", HEADS, tuple(rows))

    def row(self, day: date | str) -> dict[str, Any]:
        """The row of one day."""
        after = self._on(day)
        earlier = [one for one in self.days if one < after.as_of]
        before = self._on(earlier[-1]) if earlier else None
        return dict(zip(HEADS, _row(before, after), strict=True))

    def rows(self) -> list[dict[str, Any]]:
        """The same as plain rows."""
        table = self.table()
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    def to_frame(self) -> Any:
        """The same as a pandas frame."""
        return self.table().to_frame()

    def _on(self, day: date | str) -> Members:
        asked, days = str(day), {str(one): one for one in self.days}
        if asked not in days:
            have = f"{self.days[0]} to {self.days[-1]}" if days else "none"
            raise DataError(
                f"Segment '{self.name}' was not recorded on {asked}. Recorded days: {have}. Record it with: "
                f'jk.record_members("{asked}")'
            )
        return self.store.read(self.name, days[asked])

    def _around(self, day: date | str) -> tuple[Members, Members]:
        after = self._on(day)
        earlier = [one for one in self.days if one < after.as_of]
        if not earlier:
            raise DataError(
                f"{after.as_of} is the first recorded day of '{self.name}': nobody came before it."
            )
        before = self._on(earlier[-1])
        if before.definition != after.definition:
            raise DataError(
                f"The definition of '{self.name}' changed between {before.as_of} and {after.as_of}, so that "
                "nobody entered or left by themselves. Compare members() of the two days."
            )
        return before, after

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _row(before: Members | None, after: Members) -> tuple[Any, ...]:
    entered = left = None
    note = FIRST
    if before is not None and before.definition != after.definition:
        note = CHANGED
    elif before is not None:
        entered, note = len(after.beyond(before)), f"since {before.as_of}"
        left = len(before) - (len(after) - entered)
    return after.as_of, len(after), entered, left, after.definition, note


@dataclass(frozen=True)
class Recording:
    """What recording a day made; prints as a table.

    Attributes
    ----------
    as_of : date
        The day.
    rows : tuple of dict
        Of each segment that was recorded: its name and titles, and its row of :meth:`Membership.table`.
    refused : mapping of str to str
        Segments that could not be computed as of the day, and why.
    """

    as_of: date
    rows: tuple[Mapping[str, Any], ...]
    refused: Mapping[str, str]

    def table(self) -> Table:
        """One row per segment."""
        heads = ("segment", "size", "entered", "left", "note")
        rows = [tuple(row[head] for head in heads) for row in self.rows]
        rows += [(name, None, None, None, f"not recorded: {reason}") for name, reason in self.refused.items()]
        return Table(f"{len(self.rows)} segments recorded as of {self.as_of}", heads, tuple(rows))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def record_members(store: MemberStore, segments: Iterable[Segment], mart: Mart) -> Recording:
    """Keep who is in each segment as of a mart's day; doing it again changes nothing.

    A segment that cannot be computed is told in the result and hinders no other.

    Raises
    ------
    StoreError
        The disk is full or the folder cannot be written.
    """
    rows, refused = [], {}
    for segment in segments:
        try:
            store.record(find_members(segment, mart))
        except (DataError, DefinitionError) as error:
            refused[segment.name] = str(error)
        else:
            titles = {"segment": segment.name, "title": segment.title, "title_zh": segment.title_zh}
            rows.append({**titles, **Membership(segment.name, store).row(mart.as_of)})
    return Recording(mart.as_of, tuple(rows), refused)


def find_members(segment: Segment, mart: Mart) -> Members:
    """Who is in a segment as of a mart's day."""
    ids = mart.ids(segment)
    definition = identify_definition(segment, mart.tags)
    return Members(
        segment.name,
        mart.as_of,
        definition,
        str(mart.build_id),
        pa.chunked_array([pa.array(ids, pa.string())]),
    )


def identify_definition(segment: Segment, catalogue: Catalogue) -> str:
    """Twelve hex digits that change when whom a segment means changes.

    They are of its condition, with the digests of its lists, and of the definitions of every tag behind it.
    Titles play no part, nor does a model that was trained anew.
    """
    behind: Iterable[str] = (f"{name} {read_as(name, catalogue).digest}" for name in segment.tags())
    text = "\n".join([segment.where.model_dump_json(exclude_none=True), *behind])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def membership_of(store: MemberStore, name: str) -> Membership:
    """The recorded days of a segment; one that was never recorded is an error that lists the others."""
    if name not in store.names():
        raise unknown_name(
            "recorded segment", name, store.names(),
            "The build job records every segment saved in scheduled/segments.",
        )  # fmt: skip
    return Membership(name, store)
