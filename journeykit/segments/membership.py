"""The recorded days of a segment: its size, who entered and who left, told from two days' members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from journeykit.display import Table
from journeykit.errors import DataError, DefinitionError, unknown_name
from journeykit.mart.mart import Mart
from journeykit.segments.members import Members, MemberStore, find_members
from journeykit.segments.segment import Segment

FIRST, CHANGED = "first day", "definition changed"
HEADS = ("day", "size", "entered", "left", "definition", "note")


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

    A segment redefined since keeps the members and the definition that were recorded, as long as the tags of
    the day are not built anew: the change shows from the next recorded day on.
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


def membership_of(store: MemberStore, name: str) -> Membership:
    """The recorded days of a segment; one that was never recorded is an error that lists the others."""
    if name not in store.names():
        raise unknown_name(
            "recorded segment", name, store.names(),
            "The build job records every segment saved in scheduled/segments.",
        )  # fmt: skip
    return Membership(name, store)
