"""Short reports of the jobs that prepare a day: the tag build, and the strategies' decisions."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from journeykit.contract import SUBJECTS
from journeykit.display import Table
from journeykit.i18n import in_language, label
from journeykit.mart.manifest import Assumption, SourceManifest
from journeykit.reports.figures import Figure, KeyFigures, Section
from journeykit.reports.tables import cross_table, held_table, titled
from journeykit.routing.result import StrategyRun
from journeykit.settings import load_settings
from journeykit.strategies.usage import TouchedUsers
from journeykit.tags import Build, BuildPlan


def summarise_build(build: Build, language: str) -> Section:
    """What a tag build made, from what, and what it had to leave out."""
    plan, title = build.plan, label("build.section", language)
    figures = KeyFigures(
        (
            Figure(label("build.customers", language), build.rows),
            Figure(label("build.tags", language), len(plan.tags)),
            Figure(label("build", language), build.build_id),
        )
    )
    stated = _stated(plan.manifest.assumptions, language)
    missing = _unavailable(plan, language)
    return Section(title, (figures, _passes(plan, language), *(one for one in (missing, stated) if one.rows)))


def _passes(plan: BuildPlan, language: str) -> Table:
    """How every tag came about; the last row is their total."""
    counts: Counter[tuple[str, str, int | None]] = Counter()
    counts[
        label("build.attribute", language), _subject("customer", language), plan.manifest.rows("customer")
    ] = len(plan.attributes)
    for one in plan.passes:
        subject = _subject(one.subject, language)
        if one.belongs_to != "customer":
            subject = label(f"build.by_{one.belongs_to}", language).format(subject)
        counts[label("build.aggregate", language), subject, plan.manifest.rows(one.subject)] += len(one.tags)
    for path, tags in plan.carried.items():
        how = label("build.carried", language).format(path.parent.name)
        counts[how, label("build.carried_from", language).format(path.stem), None] = len(tags)
    made_from = {"formula": "from_tags", "ranking": "from_everyone", "score": "from_models"}
    for kind, source in made_from.items():
        how, what = label(f"build.{kind}", language), label(f"build.{source}", language)
        counts[how, what, None] = sum(tag.compute.kind == kind for stage in plan.stages for tag in stage)
    rows = [(how, source, count, read) for (how, source, read), count in counts.items() if count]
    rows.append((label("total", language), "", sum(counts.values()), None))
    heads = tuple(label(key, language) for key in ("build.how", "build.from", "build.tags", "rows"))
    return Table(label("build.passes", language), heads, tuple(rows), total=True)


def _unavailable(plan: BuildPlan, language: str) -> Table:
    """What the bank does not have, why, and the tags that cannot be built without it."""
    groups: dict[str, list[str]] = {}
    for name, missing in plan.unavailable.items():
        groups.setdefault(missing, []).append(name)
    rows = tuple(
        (*_missing(plan.manifest, missing, language), len(names), ", ".join(names))
        for missing, names in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    )
    heads = tuple(label(key, language) for key in ("build.missing", "reason", "count", "tag"))
    return Table(label("build.unavailable", language).format(len(plan.unavailable)), heads, rows)


def _missing(manifest: SourceManifest, missing: str, language: str) -> tuple[str, str]:
    """An absent column, with its meaning, or a model; and why it is not there."""
    name, _, column = missing.partition(".")
    if name not in SUBJECTS:
        return label("build.no_model", language).format(missing.removeprefix("model ")), label(
            "build.not_trained", language
        )
    declared = SUBJECTS[name].column(column)
    meaning = in_language(language, declared.meaning, declared.meaning_zh)
    return f"{_subject(name, language)}: {meaning} ({missing})", manifest.why_absent(name, column) or ""


def _subject(name: str, language: str) -> str:
    return in_language(language, SUBJECTS[name].title, SUBJECTS[name].title_zh)


def summarise_changes(touched: TouchedUsers, language: str) -> Section:
    """The tags that mean something else than in the build before, and whose strategies use them."""
    title = label("build.changed", language)
    if not touched:
        return Section(title, (), label("build.unchanged", language))

    def users(name: str, kind: str) -> str:
        found = (one for one in touched.users[name] if one.kind == kind)
        return ", ".join(in_language(language, one.title, one.title_zh) or one.name for one in found)

    rows = tuple(
        (
            name,
            ", ".join(cause for cause in touched.causes[name] if cause != name)
            or label("build.changed_self", language),
            users(name, "strategy"),
            users(name, "segment"),
        )
        for name in touched.users
    )
    heads = ("tag", "build.changed_by", "build.users_strategy", "build.users_segment")
    return Section(title, (Table("", tuple(label(key, language) for key in heads), rows),))


def summarise_run(run: StrategyRun, language: str) -> Section:
    """What the strategies decided; small groups are withheld as the workspace's settings say."""
    frame = pd.DataFrame(
        [
            (one.name, kind, count)
            for one in run.strategies
            for kind, count in (("leads", one.leads), ("drops", one.drops))
            if count
        ],
        columns=["strategy", "kind", "count"],
    )
    table = cross_table(
        "",
        frame,
        ("strategy", "kind"),
        columns=("leads", "drops"),
        words=(
            titled({one.name: one for one in run.strategies}, language),
            lambda kind: label(kind, language),
        ),
        min_cell=load_settings().privacy.min_cell,
        language=language,
    )
    stated = _stated(run.assumptions, language)
    facts = Table(
        "",
        tuple(label(key, language) for key in ("build", "decisions_hash")),
        ((run.build_id, run.decisions_sha256[:12]),),
    )
    others = [one for one in (stated,) if one.rows]
    held = [one for one in (held_table(run.held, language),) if one.rows]
    note = "\n".join(run.unread_drafts(language))
    return Section(label("run.section", language), (*held, table, facts, *others), note)


def _stated(assumptions: tuple[Assumption, ...], language: str) -> Table:
    """What the bank states instead of proving, in every report (design D3)."""
    return Table(
        label("daily.basis.assumptions", language),
        (label("assumption", language), ""),
        tuple((one.name, in_language(language, one.text, one.text_zh)) for one in assumptions),
    )
