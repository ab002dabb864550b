"""Segments of the workspace: who is in them day by day, and who resembles whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from journeykit.segments.history import segment_history
from journeykit.segments.membership import (
    Membership,
    MemberStore,
    Recording,
    membership_of,
)
from journeykit.segments.membership import record_members as record
from journeykit.settings import Settings, load_settings
from journeykit.workspace.describing import load_segments
from journeykit.workspace.opening import as_day, connect


def member_store(settings: Settings) -> MemberStore:
    """The folder of this workspace's membership snapshots."""
    return MemberStore(settings.var / "mart" / "members")


def record_members(as_of: date | str) -> Recording:
    """Keep who is in every segment of ``scheduled/segments`` as of a day; again, it changes nothing."""
    settings = load_settings()
    segments = load_segments(settings).values()
    with connect(as_of=as_day(as_of)) as mart:
        return record(member_store(settings), segments, mart)


def membership(name: str) -> Membership:
    """The recorded days of a segment: size, who entered and who left."""
    return membership_of(member_store(load_settings()), name)


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
