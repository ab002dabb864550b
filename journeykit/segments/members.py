"""Who is in a segment on a day, in files that are never changed, and one pointer a day (design D2).

Below ``var/mart/members/<segment>/<day>`` lies a file of ids for each definition and tag build, named after
both, and ``current`` names the one that counts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journeykit.errors import StoreError
from journeykit.expressions import Node, walk
from journeykit.expressions.nodes import Past
from journeykit.files import publish, publish_text
from journeykit.mart.mart import Mart
from journeykit.mart.scope import CUSTOMER_ID
from journeykit.mart.store import POINTER
from journeykit.models.model import read_as
from journeykit.segments.segment import Segment
from journeykit.tags import Catalogue


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
        The tag build they were found in; see :func:`identify_build`.
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
        """Keep members as those of their day, unless the day has members of the same tag build already."""
        folder = self.root / members.segment / members.as_of.isoformat()
        if self._has(folder, members.build_id):
            return
        file = f"{members.definition}-{members.build_id}"
        path = folder / f"{file}.parquet"
        if not path.exists():
            facts = {
                name: str(getattr(members, name)) for name in ("segment", "as_of", "definition", "build_id")
            }
            table = pa.table({CUSTOMER_ID: members.ids}).replace_schema_metadata(facts)
            publish(path, lambda aside: pq.write_table(table, aside))
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

    def _has(self, folder: Path, build_id: str) -> bool:
        """Whether a day's members are of that build, by whatever definition."""
        current = self._current(folder) or ""
        return current.partition("-")[2] == build_id and (folder / f"{current}.parquet").exists()

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


def find_members(segment: Segment, mart: Mart) -> Members:
    """Who is in a segment as of a mart's day."""
    ids = mart.ids(segment)
    definition = identify_definition(segment, mart.tags)
    return Members(
        segment.name,
        mart.as_of,
        definition,
        identify_build(segment.where, mart),
        pa.chunked_array([pa.array(ids, pa.string())]),
    )


def identify_definition(segment: Segment, catalogue: Catalogue) -> str:
    """Twelve hex digits that change when whom a segment means changes.

    They are of its condition, with the digests of its lists, and of the definitions of every tag behind it.
    Titles play no part, nor does a model that was trained anew.
    """
    behind = (f"{name} {read_as(name, catalogue).digest}" for name in segment.tags())
    text = "\n".join([segment.where.model_dump_json(exclude_none=True), *behind])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def identify_build(condition: Node, mart: Mart) -> str:
    """The id of the tag build that a condition is judged in, with a digest of the earlier ones it reads."""
    days = sorted({part.days for part in walk(condition) if isinstance(part, Past)})
    if not days:
        return str(mart.build_id)
    earlier = "\n".join(f"{one} {mart.past_build(one)}" for one in days)
    return f"{mart.build_id}-{hashlib.sha256(earlier.encode()).hexdigest()[:12]}"
