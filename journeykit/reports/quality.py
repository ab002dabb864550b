"""What the report of a tag build says of its quality: limits, drift, and coverage that was lost."""

from __future__ import annotations

from decimal import Decimal

from journeykit.display import WITHHELD, Table
from journeykit.i18n import in_language, label
from journeykit.reports.figures import Section
from journeykit.reports.spread import show_share
from journeykit.settings import load_settings
from journeykit.tags.drift import WATCH, verdict
from journeykit.tags.profile import Profile
from journeykit.tags.quality import Quality

MOST = 10
"""So many tags are listed at most of those that moved, and of those that lost coverage."""


def summarise_quality(quality: Quality, language: str) -> Section:
    """The limits a build keeps, the tags that moved most, and those that fewer customers have."""
    tables = [_limits(quality, language)]
    notes = []
    if quality.previous is None:
        notes.append(label("quality.first", language))
    for found, nothing in (
        (_drift(quality, language), "quality.steady"),
        (_losers(quality, language), "quality.covered"),
    ):
        if found.rows:
            tables.append(found)
        elif quality.previous is not None:
            notes.append(label(nothing, language).format(quality.previous.as_of))
    notes += _other_tags(quality, language)
    return Section(label("quality.section", language), tuple(tables), " ".join(notes))


def _limits(quality: Quality, language: str) -> Table:
    """Each declared limit, for how many tags it holds, and how many break it."""
    limits, tags = quality.limits, sorted({*quality.profile.tags, *quality.profile.unavailable})
    broken = [breach.rule for breach in quality.breaches]
    compared = quality.previous is not None
    rows: list[tuple[object, ...]] = []

    def add(rule: str, allowed: str, held: int | None, checked: bool = True) -> None:
        count = broken.count(rule)
        state = label("quality.broken", language).format(count) if count else label("quality.kept", language)
        rows.append(
            (label(f"quality.{rule}", language), allowed, held,
             state if checked else label("quality.no_before", language))
        )  # fmt: skip

    if limits.customers.min is not None:
        add("customers.min", f"{limits.customers.min:,}", None)
    if limits.customers.max_change is not None:
        add("customers.max_change", f"± {_percent(limits.customers.max_change)}", None, compared)
    for rule in ("coverage_min", "coverage_drop", "drift"):
        allowed = [value for name in tags if (value := getattr(limits.of(name), rule)) is not None]
        if allowed:
            show = str if rule == "drift" else _percent
            shown = " – ".join(dict.fromkeys((show(min(allowed)), show(max(allowed)))))
            add(rule, shown, len(allowed), compared or rule == "coverage_min")
    declared = [name for name, one in quality.profile.tags.items() if one.declared and limits.of(name).values]
    if declared:
        add("values", label("quality.no_others", language), len(declared))
    heads = ("quality.limit", "quality.allowed", "build.tags", "quality.state")
    return Table(label("quality.limits", language), tuple(label(key, language) for key in heads), tuple(rows))


def _drift(quality: Quality, language: str) -> Table:
    moved = list((quality.drift.of(WATCH) if quality.drift else {}).items())
    rows = tuple(
        (_title(quality, name, language), name, f"{index:.3f}",
         label(f"quality.verdict.{verdict(index)}", language))
        for name, index in moved[:MOST]
    )  # fmt: skip
    title = (
        label("quality.moved", language).format(len(moved), quality.drift.previous) if quality.drift else ""
    )
    heads = ("quality.title", "tag", "quality.index", "quality.verdict")
    return Table(title, tuple(label(key, language) for key in heads), rows)


def _losers(quality: Quality, language: str) -> Table:
    before, losers = quality.previous, quality.losers
    if before is None:
        return Table("", (), ())
    rows = tuple(
        (_title(quality, name, language), name, _coverage(before, name), _coverage(quality.profile, name))
        for name in losers[:MOST]
    )
    heads = ("quality.title", "tag", "quality.before", "quality.now")
    title = label("quality.losers", language).format(len(losers), before.as_of)
    return Table(title, tuple(label(key, language) for key in heads), rows)


def _other_tags(quality: Quality, language: str) -> list[str]:
    """Tags of only one of the two snapshots, in a sentence each."""
    drift = quality.drift
    groups = {"added": drift.added, "regained": drift.regained, "lost": drift.lost} if drift else {}
    more = label("quality.and_more", language)
    return [
        label(f"quality.{what}", language).format(
            len(names), ", ".join(names[:MOST]) + more * (len(names) > MOST)
        )
        for what, names in groups.items()
        if names
    ]


def _coverage(profile: Profile, name: str) -> str:
    """The share of customers with a value, unless so few have one, or none, that it tells of them."""
    if name not in profile.tags:
        return show_share(0)
    one, min_cell = profile[name], load_settings().privacy.min_cell
    few = any(0 < count < min_cell for count in (one.known, one.customers - one.known))
    return WITHHELD if few else show_share(one.coverage)


def _title(quality: Quality, name: str, language: str) -> str:
    tag = quality.catalogue[name].tag if name in quality.catalogue else None
    return in_language(language, tag.title, tag.title_zh) if tag else name


def _percent(share: Decimal) -> str:
    return f"{(100 * share).normalize():f} %"
