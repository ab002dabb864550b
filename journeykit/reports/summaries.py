"""Short reports of the jobs that prepare a day: the tag build, and the strategies' decisions."""

from __future__ import annotations

import pandas as pd

from journeykit.contract import SUBJECTS
from journeykit.display import Table
from journeykit.i18n import in_language, label
from journeykit.mart.manifest import Assumption
from journeykit.reports.figures import Figure, KeyFigures, Section
from journeykit.reports.tables import cross_table, titled
from journeykit.routing.result import StrategyRun
from journeykit.settings import load_settings
from journeykit.strategies.usage import TouchedUsers
from journeykit.tags import Build


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
    counts: dict[str, int] = {}
    for one in plan.passes:
        counts[one.subject] = counts.get(one.subject, 0) + len(one.tags)
    rows: list[tuple[object, ...]] = [
        (label("build.attributes", language), len(plan.attributes), plan.manifest.rows("customer"))
    ]
    rows += [
        (in_language(language, SUBJECTS[name].title, SUBJECTS[name].title_zh), n, plan.manifest.rows(name))
        for name, n in counts.items()
    ]
    rows.append((label("build.formulas", language), sum(map(len, plan.stages)), None))
    heads = tuple(label(key, language) for key in ("subject", "build.tags", "rows"))
    passes = Table(label("build.passes", language), heads, tuple(rows))
    missing = Table(
        label("build.unavailable", language),
        (label("tag", language), label("build.missing", language)),
        tuple(plan.unavailable.items()),
    )
    stated = _stated(plan.manifest.assumptions, language)
    return Section(title, (figures, passes, *(table for table in (missing, stated) if table.rows)))


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
    return Section(label("run.section", language), (table, facts, *([stated] if stated.rows else [])))


def _stated(assumptions: tuple[Assumption, ...], language: str) -> Table:
    """What the bank states instead of proving, in every report (design D3)."""
    return Table(
        label("daily.basis.assumptions", language),
        (label("assumption", language), ""),
        tuple((one.name, in_language(language, one.text, one.text_zh)) for one in assumptions),
    )
