"""The report of a day: what was decided, why, for whom it is, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from journeykit.contract import SUBJECTS
from journeykit.display import MISSING, WITHHELD, Table
from journeykit.i18n import in_language, label
from journeykit.ledger import Ledger
from journeykit.mart.manifest import SourceManifest
from journeykit.mart.mart import Mart
from journeykit.reports.charts import bar_chart
from journeykit.reports.facts import DayFacts, read_day
from journeykit.reports.figures import Figure, KeyFigures, Section
from journeykit.reports.tables import (
    count_by,
    cross_table,
    held_table,
    ranked_table,
    shown,
    stops_table,
    titled,
)
from journeykit.routing.result import StrategyRun
from journeykit.routing.route import TEMPORARY
from journeykit.strategies.playbook import Playbook
from journeykit.suppression import TOTAL, suppress_small

LEAD, DROP = "lead", "drop"
_STATES = ("delivered", "failed", "pending")


@dataclass(frozen=True)
class DailyReport:
    """The parts of the report, in reading order; each shows itself in a notebook cell."""

    summary: KeyFigures
    funnel: Section
    strategies: Section
    drops: Section
    channels: Section
    places: Section
    capacity: Section
    enrolments: Section
    basis: Section

    def _parts(self) -> list[KeyFigures | Section]:
        return [getattr(self, field.name) for field in fields(self)]

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self._parts()))

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self._parts())


def daily_report(
    mart: Mart, ledger: Ledger, playbook: Playbook, *,
    language: str, min_cell: int, timezone: str, results: Sequence[StrategyRun] = (),
) -> DailyReport:  # fmt: skip
    """Report on everything decided as of the mart's day.

    Parameters
    ----------
    mart : Mart
        The day; names of branches, capacities and freshness come from it.
    ledger : Ledger
        Leads, drops, deliveries and enrolments.
    playbook : Playbook
        The titles of strategies and channels.
    language : str
        ``en`` or ``zh``.
    min_cell : int
        Counts of customers below it are withheld, and others that would reveal them.
    timezone : str
        In which times are told.
    results : sequence of StrategyRun
        What the day's runs say of themselves, as far as their files are kept: what was held, and why.

    Raises
    ------
    DataError
        No strategies have been run as of that day.
    """
    facts = read_day(mart, ledger)
    return write_report(
        facts, mart.manifest, playbook, language=language, min_cell=min_cell, timezone=timezone,
        results=results,
    )  # fmt: skip


def write_report(
    facts: DayFacts, manifest: SourceManifest, playbook: Playbook, *,
    language: str, min_cell: int, timezone: str, results: Sequence[StrategyRun] = (),
) -> DailyReport:  # fmt: skip
    """The report on facts already read; see :func:`daily_report`."""
    writer = _Writer(
        manifest, playbook, facts, language=language, min_cell=min_cell, timezone=timezone, results=results
    )
    return DailyReport(
        summary=writer.summary(),
        funnel=writer.funnel(),
        strategies=writer.strategies(),
        drops=writer.drops(),
        channels=writer.channels(),
        places=writer.places(),
        capacity=writer.capacity(),
        enrolments=writer.enrolments(),
        basis=writer.basis(),
    )


class _Writer:
    """Writes the sections from one reading of the day."""

    def __init__(
        self, manifest: SourceManifest, playbook: Playbook, facts: DayFacts, *,
        language: str, min_cell: int, timezone: str, results: Sequence[StrategyRun],
    ) -> None:  # fmt: skip
        self.results = results
        self.manifest, self.playbook, self.facts = manifest, playbook, facts
        self.language, self.min_cell, self.timezone = language, min_cell, timezone
        # What ran is called as it was approved, whatever a file says.
        ran = {one.name: one for result in results for one in result.strategies}
        self.named = {**playbook.strategies, **ran}
        self.strategy_words = titled(self.named, language)
        self.channel_words = titled(playbook.channels, language)
        self.account = self._account()
        self.by_channel = self._by_channel()

    def word(self, key: str, *values: object) -> str:
        return label(key, self.language).format(*values)

    def words(self, prefix: str) -> Callable[[str], str]:
        return lambda key: self.word(f"{prefix}.{key}")

    def _account(self) -> dict[tuple[str, str, str], int | str]:
        """All figures that add up to the candidates, withheld together so that none follows from another."""
        leads = count_by(self.facts.leads, "delivery").rename(columns={"delivery": "reason"})
        dropped = count_by(self.facts.drops, "reason")
        kinds = ["limit" if reason in TEMPORARY else "filter" for reason in dropped["reason"]]
        frame = pd.concat([leads.assign(outcome=LEAD, kind=LEAD), dropped.assign(outcome=DROP, kind=kinds)])
        if frame.empty:
            return {}
        totals = [(), ("outcome",), ("outcome", "kind")]
        table = suppress_small(frame, ["outcome", "kind", "reason"], "count", self.min_cell, totals)
        return {(a, b, c): shown(n) for a, b, c, n in table.itertuples(index=False)}

    def figure(self, outcome: str = TOTAL, kind: str = TOTAL, reason: str = TOTAL) -> int | str:
        return self.account.get((outcome, kind, reason), 0)

    def summary(self) -> KeyFigures:
        candidates, leads = self.figure(), self.figure(LEAD)
        delivered = self.figure(LEAD, "lead", "delivered")
        return KeyFigures(
            (
                Figure(self.word("candidates"), candidates),
                Figure(self.word("leads"), leads, self.word("of_candidates", _share(leads, candidates))),
                Figure(self.word("delivered"), delivered),
                Figure(self.word("drops"), self.figure(DROP)),
                Figure(
                    self.word("daily.capacity"),
                    self._capacity_used() if self._managers_may_show() else WITHHELD,
                    self.word("managers_on_duty", f"{len(self.facts.managers):,}"),
                ),
            )
        )

    def funnel(self) -> Section:
        limited = self.figure(DROP, "limit")
        leads = self.figure(LEAD)
        eligible = leads + limited if isinstance(leads, int) and isinstance(limited, int) else WITHHELD
        steps = [
            (self.word("candidates"), self.figure()),
            (self.word("daily.funnel.eligible"), eligible),
            (self.word("leads"), leads),
            (self.word("delivered"), self.figure(LEAD, "lead", "delivered")),
        ]
        drawn = [(name, count) for name, count in steps if isinstance(count, int)]
        notes = [_share(count, self.figure()) for _, count in drawn]
        title = self.word("daily.funnel")
        return Section(title, (bar_chart("", drawn, notes),) if drawn else (), self._note())

    def strategies(self) -> Section:
        leads = count_by(self.facts.leads, "strategy").assign(outcome=LEAD)
        drops = count_by(self.facts.drops, "strategy").assign(outcome=DROP)
        table = cross_table(
            "",
            pd.concat([leads, drops]),
            ("strategy", "outcome"),
            columns=(LEAD, DROP),
            words=(self.strategy_words, self.words("outcome")),
            min_cell=self.min_cell,
            language=self.language,
        )
        held = held_table([one for result in self.results for one in result.held], self.language)
        stops = stops_table(self.facts.stops, self.strategy_words, self.timezone, self.language)
        told = [one for one in (held, stops) if one.rows]
        unread = [line for result in self.results for line in result.unread_drafts(self.language)]
        note = " ".join([self.word("daily.leads.note"), *unread])
        return Section(self.word("daily.leads"), (*told, self._with_stage(table)), note)

    def _with_stage(self, table: Table) -> Table:
        """The table with each strategy's stage behind its name."""
        stages = {
            self.strategy_words(name): self.word(f"stage.{strategy.stage}")
            for name, strategy in self.named.items()
        }
        head = (table.columns[0], self.word("stage"), *table.columns[1:])
        rows = tuple((row[0], stages.get(row[0], ""), *row[1:]) for row in table.rows)
        return Table(table.title, head, rows, total=True)

    def drops(self) -> Section:
        reasons = [
            (self.word(f"reason.{reason}"), count)
            for (outcome, _, reason), count in self.account.items()
            if outcome == DROP and reason != TOTAL
        ]
        bars = sorted(((name, n) for name, n in reasons if isinstance(n, int)), key=lambda bar: -bar[1])
        rows = [*bars, *((name, n) for name, n in reasons if not isinstance(n, int))]
        rows.append((self.word("total"), self.figure(DROP)))
        table = Table("", (self.word("reason"), self.word("drops")), tuple(rows), total=True)
        return Section(
            self.word("daily.drops"), (*((bar_chart("", bars),) if bars else ()), table), self._note()
        )

    def channels(self) -> Section:
        return Section(self.word("daily.deliveries"), (self._with_capacity(self.by_channel),))

    def _by_channel(self) -> Table:
        return cross_table(
            "",
            count_by(self.facts.leads, "channel", "delivery"),
            ("channel", "delivery"),
            columns=_STATES,
            words=(self.channel_words, self.words("state")),
            min_cell=self.min_cell,
            language=self.language,
        )

    def _managers_may_show(self) -> bool:
        """Whether the managers' leads may be summed up: not when a channel of theirs is withheld."""
        totals = {row[0]: row[-1] for row in self.by_channel.rows}
        theirs = [name for name, one in self.playbook.channels.items() if one.addressed_to == "manager"]
        return all(totals.get(self.channel_words(name), 0) != WITHHELD for name in theirs)

    def _with_capacity(self, table: Table) -> Table:
        """The table with what each channel can carry in a day, and how much of it is used."""
        limits = {
            self.channel_words(name): one.daily_capacity for name, one in self.playbook.channels.items()
        }
        head = (*table.columns, self.word("capacity"), self.word("share"))
        rows = tuple((*row, limits.get(row[0]), _share(row[-1], limits.get(row[0]))) for row in table.rows)
        return Table(table.title, head, rows, total=True)

    def places(self) -> Section:
        leads = self.facts.leads
        branches = count_by(leads.rename(columns={"home": "branch"}), "branch")
        managers = count_by(leads.rename(columns={"manager_id": "manager"}), "manager")
        by_branch = ranked_table(
            self.word("daily.where.branches"),
            branches,
            "branch",
            words=lambda key: self.facts.branches.get(key, key),
            min_cell=self.min_cell,
            language=self.language,
        )
        by_manager = ranked_table(
            self.word("daily.where.managers"),
            managers,
            "manager",
            words=str,
            min_cell=self.min_cell,
            language=self.language,
        )
        tables = (by_branch, by_manager) if self._managers_may_show() else (by_branch,)
        parts = tuple(table for table in tables if table.rows)
        return Section(self.word("daily.where"), parts)

    def _capacity_used(self) -> str:
        """Share of the managers' day; who has no limit has no share in it."""
        limits = [limit for limit in self.facts.managers.values() if limit is not None]
        if self.facts.managers and not limits:
            return self.word("unlimited")
        given = self.facts.by_manager.items()
        used = sum(count for name, count in given if self.facts.managers.get(name, 0) is not None)
        return _share(used, sum(limits))

    def capacity(self) -> Section:
        """How full the managers' day is; managers are counted here, not customers."""
        shares = [
            Fraction(self.facts.by_manager.get(name, 0), room)
            for name, room in self.facts.managers.items()
            if room
        ]
        bars = [
            (self.word("daily.capacity.empty"), sum(share == 0 for share in shares)),
            (self.word("daily.capacity.half"), sum(0 < share <= Fraction(1, 2) for share in shares)),
            (self.word("daily.capacity.most"), sum(Fraction(1, 2) < share < 1 for share in shares)),
            (self.word("daily.capacity.full"), sum(share >= 1 for share in shares)),
        ]
        unlimited = sum(limit is None for limit in self.facts.managers.values())
        if unlimited:
            bars.append((self.word("unlimited"), unlimited))
        some = bool(shares or unlimited)
        chart = (bar_chart(self.word("daily.capacity.managers"), bars),) if some else ()
        return Section(self.word("daily.capacity"), chart, "" if some else self.word("none"))

    def enrolments(self) -> Section:
        frame = self.facts.enrolments
        title = self.word("daily.enrolments")
        if frame.empty:
            return Section(title, (), self.word("none"))
        status = frame["arm"].where(frame["state"] == "active", "exited")
        counted = count_by(frame.assign(status=status), "strategy", "status")
        names = {
            "treatment": self.word("in_treatment"),
            "control": self.word("in_control"),
            "exited": self.word("exited"),
        }
        table = cross_table(
            "",
            counted,
            ("strategy", "status"),
            columns=tuple(names),
            words=(self.strategy_words, names.__getitem__),
            min_cell=self.min_cell,
            language=self.language,
        )
        bars = [(row[0], row[-1]) for row in table.rows[:-1] if isinstance(row[-1], int)]
        chart = (bar_chart("", bars),) if bars else ()
        return Section(title, (*chart, table), self.word("daily.enrolments.note"))

    def basis(self) -> Section:
        tables = (
            self._identities(),
            self._runs(),
            self._approvals(),
            self._freshness(),
            self._assumptions(),
            self._absent(),
        )
        return Section(self.word("daily.basis"), tuple(table for table in tables if table.rows))

    def _identities(self) -> Table:
        """The identities hold, or the run would not have ended; figures only as far as they may be shown."""

        def line(whole: str, *parts: str) -> str:
            return f"{self.word(whole)} = {' + '.join(map(self.word, parts))}"

        def sums(whole: object, *parts: object) -> str:
            return f"{_number(whole)} = {' + '.join(map(_number, parts))}"

        states = suppress_small(
            count_by(self.facts.enrolments, "state"),
            ["state"],
            "count",
            self.min_cell,
        )
        enrolled = {state: shown(count) for state, count in states.itertuples(index=False)}
        rows = (
            (line("candidates", "leads", "drops"), sums(self.figure(), self.figure(LEAD), self.figure(DROP))),
            (
                line("leads", *_STATES),
                sums(self.figure(LEAD), *(self.figure(LEAD, "lead", state) for state in _STATES)),
            ),
            (
                line("enrolled", "active", "exited"),
                sums(*(enrolled.get(key, 0) for key in (TOTAL, "active", "exited"))),
            ),
        )
        return Table(self.word("daily.basis.identities"), (self.word("identity"), self.word("figures")), rows)

    def _runs(self) -> Table:
        head = tuple(self.word(key) for key in ("run", "build", "rule", "decisions_hash"))
        rows = tuple(
            (run.run_id, str(run.build_id), run.definitions_hash[:12], str(run.decisions_sha256)[:12])
            for run in self.facts.runs
        )
        return Table(self.word("daily.basis.runs"), head, rows)

    def _approvals(self) -> Table:
        head = tuple(self.word(key) for key in ("strategy", "rule", "approval.author", "approval.approver"))
        rows = tuple(
            (self.strategy_words(one.strategy), one.version, one.author, one.approver)
            for one in self.facts.approvals
        )
        return Table(self.word("daily.basis.approvals"), head, rows)

    def _freshness(self) -> Table:
        head = tuple(self.word(key) for key in ("subject", "rows", "latest_day"))
        rows = tuple(
            (in_language(self.language, SUBJECTS[name].title, SUBJECTS[name].title_zh), count, latest)
            for name, count, latest in self.facts.freshness
        )
        return Table(self.word("daily.basis.freshness"), head, rows)

    def _assumptions(self) -> Table:
        rows = tuple(
            (item.name, in_language(self.language, item.text, item.text_zh))
            for item in self.manifest.assumptions
        )
        head = (self.word("assumption"), "")
        return Table(self.word("daily.basis.assumptions"), head, rows)

    def _absent(self) -> Table:
        rows = tuple(
            (self._absentee(item.subject, item.column), item.reason) for item in self.manifest.absent
        )
        return Table(self.word("daily.basis.absent"), (self.word("subject"), self.word("reason")), rows)

    def _absentee(self, name: str, column: str | None) -> str:
        subject = SUBJECTS[name]
        title = in_language(self.language, subject.title, subject.title_zh)
        if column is None:
            return title
        declared = subject.column(column)
        return f"{title} · {in_language(self.language, declared.meaning, declared.meaning_zh)}"

    def _note(self) -> str:
        return (
            self.word("withheld_note", self.min_cell) if WITHHELD in map(str, self.account.values()) else ""
        )


def _share(part: object, whole: object) -> str:
    """A share in percent, exact to one place; a dash where either is withheld or there is no whole."""
    if not isinstance(part, int) or not isinstance(whole, int) or not whole:
        return MISSING
    return f"{(Decimal(100 * part) / Decimal(whole)):.1f}%"


def _number(count: object) -> str:
    return f"{count:,}" if isinstance(count, int) else str(count)
