"""Segments of the workspace: who is in them day by day, and who resembles whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from journeykit.errors import DataError, DefinitionError
from journeykit.mart.mart import Mart
from journeykit.segments import Segment
from journeykit.segments.history import segment_history
from journeykit.segments.members import MemberStore
from journeykit.segments.membership import Membership, Recording, membership_of
from journeykit.segments.membership import record_members as record
from journeykit.settings import Settings, load_settings
from journeykit.workspace.describing import load_segments
from journeykit.workspace.modelling import model_store
from journeykit.workspace.opening import as_day, connect

if TYPE_CHECKING:
    from journeykit.segments.lookalike import Lookalike


def member_store(settings: Settings) -> MemberStore:
    """The folder of this workspace's membership snapshots."""
    return MemberStore(settings.var / "mart" / "members")


def record_members(as_of: date | str) -> Recording:
    """Keep who is in every segment of ``scheduled/segments`` as of a day; again, it changes nothing.

    A segment redefined since keeps what was recorded, as long as the tags of the day are not built anew: the
    change shows from the next recorded day on.
    """
    settings = load_settings()
    segments = load_segments(settings).values()
    with connect(as_of=as_day(as_of)) as mart:
        return record(member_store(settings), segments, mart)


def membership(name: str) -> Membership:
    """The recorded days of a segment: size, who entered and who left.

    Raises
    ------
    DataError
        The segment is saved and was never recorded; the message says how, and what hinders it.
    DefinitionError
        There is no such segment.
    """
    settings = load_settings()
    store = member_store(settings)
    path = settings.scheduled / "segments" / f"{name}.yaml"
    if name not in store.names() and path in path.parent.glob("*.yaml"):
        raise DataError(f"Segment '{name}' is saved and not yet recorded. {_advise(Segment.load(path))}")
    return membership_of(store, name)


def _advise(segment: Segment) -> str:
    """How to record a segment, or why it cannot be."""
    try:
        with connect() as mart:
            mart.count(segment)
            return f"Record it with: journeykit segments record --as-of {mart.as_of}"
    except (DataError, DefinitionError) as error:
        return f"{error} Then record it with: journeykit segments record --as-of <day>"


def lookalike(
    seed: Segment, mart: Mart, *, features: Iterable[object] | None = None, name: str | None = None
) -> Lookalike:
    """Learn who resembles a seed; the next build of tags scores everyone, and the result can be used at once.

    See :func:`journeykit.segments.lookalike.lookalike` for what it learns from and what it refuses.

    Returns
    -------
    Lookalike
        Prints as the model's card; ``.segment(1000)`` are the thousand outside the seed most like it.
    """
    from journeykit.segments.lookalike import lookalike as learn  # scikit-learn takes seconds to import

    settings = load_settings()
    found = learn(seed, mart, model_store(settings), features=features, name=name)
    found.tag.save(settings.scheduled / "tags")
    return found


def segment_rows() -> list[dict[str, Any]]:
    """The segments of this workspace as plain rows, with the last version and the last recorded day."""
    settings = load_settings()
    store, rows = member_store(settings), []
    for name, segment in load_segments(settings).items():
        versions = segment_history(name).versions
        days = store.days(name)
        rows.append(
            {
                "name": name, "title": segment.title, "title_zh": segment.title_zh,
                "version": versions[-1].version if versions else None,
                "author": versions[-1].author if versions else "",
                "recorded": days[-1] if days else None,
                "size": len(store.read(name, days[-1])) if days else None,
            }
        )  # fmt: skip
    return rows
