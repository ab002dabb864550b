"""Plan a build before it is done: which rows are read once for which tags, in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from journeykit.contract import Time, subject
from journeykit.errors import DefinitionError
from journeykit.mart.manifest import WHOLE, SourceFile, SourceManifest
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.columns import columns_in, owner_of, reference
from journeykit.tags.plan import BuildPlan, Models, Pass
from journeykit.tags.tag import Aggregate, Attribute, Score, Tag

REACHES = (90, 180)
"""Tags that look back up to so many days are summed up apart from those that look further back.

Of the library's 71 aggregates over txn four look back a year and nine half a year; the rest then read few
months. At 30 M transactions the three took 18 s of CPU, and 40 s when all but the four were one.
"""


def plan_build(
    catalogue: Catalogue,
    manifest: SourceManifest,
    *,
    models: Models | None = None,
    names: Iterable[str] | None = None,
    carried: Mapping[Path, Collection[str]] | None = None,
) -> BuildPlan:
    """Plan one build: one pass per subject, what builds on other tags by dependency, absent data left out.

    Parameters
    ----------
    catalogue : Catalogue
        The tags to build.
    manifest : SourceManifest
        The load to build them from.
    models : mapping of str to Scorer, optional
        The trained models; tags of the others are unavailable.
    names : iterable of str, optional
        Only these tags, and those that they need.
    carried : mapping of Path to names, optional
        Finished snapshots, and the tags that are taken from each; see :mod:`journeykit.tags.carrying`.

    Raises
    ------
    DefinitionError
        A model's score is among what the model itself needs; the message prints the cycle.
    """
    models = models or {}
    taken = {name: path for path, group in (carried or {}).items() for name in group}
    unavailable = find_unavailable(catalogue, manifest, models, taken)
    ordered = _in_order(catalogue, models)
    chosen = set(ordered) if names is None else _closure(catalogue, models, names, taken)
    tags = [catalogue[name].tag for name in ordered if name in chosen and name not in unavailable]
    fresh = [tag for tag in tags if tag.name not in taken]
    passes = _passes(fresh)
    files = tuple(file for file in manifest.files if _is_read(file, passes, manifest.as_of))
    return BuildPlan(
        manifest=manifest.model_copy(update={"files": files}),
        attributes=tuple(tag for tag in fresh if isinstance(tag.compute, Attribute)),
        passes=passes,
        carried={
            path: tuple(tag for tag in tags if taken.get(tag.name) == path)
            for path in dict.fromkeys(taken.values())
        },
        stages=_stages(fresh, models),
        unavailable={name: missing for name, missing in unavailable.items() if name in chosen},
    )


def used_by(tag: Tag, models: Models) -> tuple[str, ...]:
    """The tags that a tag is computed from, those that its model reads included."""
    if isinstance(tag.compute, Score):
        return models[tag.compute.model].features if tag.compute.model in models else ()
    return tag.uses


def _in_order(catalogue: Catalogue, models: Models) -> list[str]:
    """Every name, after those that it needs."""
    if not models:
        return [tag.name for tag in catalogue.in_order()]
    needs = {
        tag.name: [one for one in used_by(tag, models) if one in catalogue] for tag in catalogue.in_order()
    }
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        cycle = " → ".join(reversed(error.args[1]))
        raise DefinitionError(
            f"Through a model, tags need each other: {cycle}. Take its own score out of the features."
        ) from error


def _closure(catalogue: Catalogue, models: Models, names: Iterable[str], taken: Collection[str]) -> set[str]:
    """The names, and all that they need but for what `taken` tags were computed from."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            used = () if name in taken else used_by(catalogue[name].tag, models)
            waiting += [one for one in used if one in catalogue]
    return found


def find_unavailable(
    catalogue: Catalogue,
    manifest: SourceManifest,
    models: Models | None = None,
    given: Collection[str] = (),
) -> dict[str, str]:
    """The tags that a load cannot give, and the absent subject, column, model or tag that each one misses.

    Those whose values are `given` are not among them.
    """
    models = models or {}
    missing: dict[str, str] = {}
    for name in _in_order(catalogue, models):
        if name in given:
            continue
        tag = catalogue[name].tag
        absent = [f"{of}.{column}" for of, column in needs(tag) if manifest.is_absent(of, column)]
        if isinstance(tag.compute, Score):
            absent += _lacking(tag.compute.model, catalogue, models)
        through = [missing[used] for used in used_by(tag, models) if used in missing]
        if absent or through:
            missing[tag.name] = (absent or through)[0]
    return missing


def _lacking(name: str, catalogue: Catalogue, models: Models) -> list[str]:
    """The model, or the tags that it reads and that are not there or not of the type it learned from."""
    if name not in models:
        return [f"model {name}"]
    model = models[name]
    gone = [f"{one}, which model {name} reads" for one in model.features if one not in catalogue]
    return gone + [
        f"{one} of type {type_}, which model {name} reads"
        for one, type_ in model.types.items()
        if one in catalogue and catalogue[one].tag.type != type_
    ]


def needs(tag: Tag) -> list[tuple[str, str]]:
    """Every subject and column that a tag itself reads, in reading order.

    The end of a period is not among them: where a bank has none, nothing has ended.
    """
    compute = tag.compute
    if isinstance(compute, Attribute):
        through = [] if compute.subject == "customer" else [_link("customer", compute.subject)]
        return [*through, (compute.subject, compute.column)]
    if not isinstance(compute, Aggregate):
        return []
    home = subject(compute.subject)
    by, belongs_to = owner_of(home, compute.by)
    found = [(home.name, by)]
    if belongs_to != "customer":
        found.append(_link("customer", belongs_to))
    if home.at and (compute.within_days or compute.function in ("first", "last", "days_since")):
        found.append((home.name, home.at))
    if compute.each:
        found.append((home.name, compute.each))
    for ref in sorted(columns_in(compute.of, compute.where), key=lambda ref: (ref.of or "", ref.name)):
        if ref.of is not None:
            found.append(_link(home.name, ref.of))
        found.append((ref.of or home.name, ref.name))
    end = home.until if home.time is Time.PERIOD else None
    return [pair for pair in dict.fromkeys(found) if pair != (home.name, end)]


def _link(home: str, target: str) -> tuple[str, str]:
    return home, reference(subject(home), target).name


def _passes(tags: list[Tag]) -> tuple[Pass, ...]:
    groups: dict[tuple[Any, ...], list[Tag]] = defaultdict(list)
    for tag in tags:
        compute = tag.compute
        if isinstance(compute, Aggregate):
            by, belongs_to = owner_of(subject(compute.subject), compute.by)
            reach = _reach(compute)
            mode = tag.name if compute.function == "mode" else ""
            carry = compute.carry_days
            key = (compute.subject, by, belongs_to, compute.each, carry, mode, reach)
            groups[key].append(tag)
    return tuple(
        Pass(of, by, belongs_to, each, carry, bool(mode), reach, tags=tuple(group))
        for (of, by, belongs_to, each, carry, mode, reach), group in groups.items()
    )


def _reach(compute: Aggregate) -> int | None:
    """The least of REACHES that holds a window; None beyond. What is taken by account is taken together."""
    days = compute.within_days
    return None if compute.each or days is None else next((one for one in REACHES if days <= one), None)


def _stages(tags: list[Tag], models: Models) -> tuple[tuple[Tag, ...], ...]:
    depth: dict[str, int] = {}
    stages: dict[int, list[Tag]] = defaultdict(list)
    for tag in tags:
        if isinstance(tag.compute, Attribute | Aggregate):
            depth[tag.name] = 0
        else:
            depth[tag.name] = 1 + max((depth.get(name, 0) for name in used_by(tag, models)), default=0)
            stages[depth[tag.name]].append(tag)
    return tuple(tuple(stages[level]) for level in sorted(stages))


def _is_read(file: SourceFile, passes: tuple[Pass, ...], as_of: date) -> bool:
    """Whether a file holds a month that some pass over its subject looks at."""
    if file.partition == WHOLE:
        return True
    windows = [one.longest for one in passes if one.subject == file.subject]
    if not windows or None in windows:
        return bool(windows)
    first = first_day(max(days for days in windows if days is not None), as_of)
    return file.partition >= f"{first:%Y-%m}"


def first_day(within_days: int, as_of: date) -> date:
    """The first day of a window: of n days as of D it covers D-n+1 to D (design D3).

    Examples
    --------
    >>> first_day(30, date(2026, 5, 30))
    datetime.date(2026, 5, 1)
    """
    return as_of - timedelta(days=within_days - 1)
