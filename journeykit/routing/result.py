"""What one day's strategies decided, as a value that prints well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from journeykit.display import Table
from journeykit.i18n import in_language, label
from journeykit.mart.manifest import Assumption

if TYPE_CHECKING:
    import pandas as pd


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Held(_Result):
    """A version that was held like a paused one, and why: nobody entered it, moved or was contacted.

    Its titles are those of that version, whatever a file says.
    """

    strategy: str
    version: str
    reason: str
    reason_zh: str = ""
    title: str = ""
    title_zh: str = ""


class StrategyCount(_Result):
    """One strategy's people after the day, and the day's candidates, of all its versions.

    ``version`` is the one that customers enter.
    """

    name: str
    title: str
    title_zh: str
    stage: str
    version: str
    enrolled: int
    active: int
    exited: int
    entered: int
    candidates: int
    leads: int
    drops: int


class DropCount(_Result):
    """How many candidates of a node were dropped for one reason."""

    strategy: str
    node: str
    reason: str
    count: int


class StrategyRun(_Result):
    """One day's decisions in numbers; each of them is in the run's ``decisions.parquet``.

    Attributes
    ----------
    strategies : tuple of StrategyCount
        By name.
    drops : tuple of DropCount
        By strategy, node and reason.
    held : tuple of Held
        Versions that did not run, by strategy.
    unread : tuple of str
        Strategies that ran as approved although their draft, the file, cannot be read.
    assumptions : tuple of Assumption
        What the mapping assumes; in place of consent only where a decision rested on it.
    """

    run_id: str
    as_of: date
    contact_date: date
    build_id: str
    strategies: tuple[StrategyCount, ...]
    drops: tuple[DropCount, ...]
    held: tuple[Held, ...] = ()
    unread: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...]
    decisions_sha256: str

    @property
    def candidates(self) -> int:
        """Candidates of all strategies."""
        return sum(one.candidates for one in self.strategies)

    @property
    def leads(self) -> int:
        """Leads of all strategies."""
        return sum(one.leads for one in self.strategies)

    def table(self, language: str = "en") -> Table:
        """One row for each strategy."""
        names = ("strategy", "stage", "enrolled", "active", "exited", "candidates", "leads", "drops")
        rows = tuple(
            (
                in_language(language, one.title or one.name, one.title_zh),
                label(f"stage.{one.stage}", language),
                one.enrolled, one.active, one.exited, one.candidates, one.leads, one.drops,
            )
            for one in self.strategies
        )  # fmt: skip
        return Table(self._heading(), tuple(label(name, language) for name in names), rows)

    def drop_table(self, language: str = "en") -> Table:
        """Drops by reason, the most frequent first."""
        counts: dict[str, int] = {}
        for drop in self.drops:
            counts[drop.reason] = counts.get(drop.reason, 0) + drop.count
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        heads = (label("reason", language), label("drops", language))
        rows = tuple((label(f"reason.{reason}", language), count) for reason, count in ordered)
        return Table("", heads, rows)

    def unread_drafts(self, language: str = "en") -> list[str]:
        """A line for each strategy that ran as approved although its draft cannot be read."""
        return [
            label("run.unread", language).format(
                in_language(language, one.title or one.name, one.title_zh), one.version
            )
            for one in self.strategies
            if one.name in self.unread
        ]

    def identities(self) -> tuple[str, ...]:
        """What must add up, with the numbers (design D8)."""
        total = {
            name: sum(getattr(one, name) for one in self.strategies)
            for name in ("enrolled", "active", "exited")
        }
        dropped = sum(drop.count for drop in self.drops)
        return (
            f"candidates {self.candidates:,} = leads {self.leads:,} + drops {dropped:,}",
            f"enrolled {total['enrolled']:,} = active {total['active']:,} + exited {total['exited']:,}",
        )

    def to_frame(self) -> pd.DataFrame:
        """One row for each strategy, columns as in :class:`StrategyCount`."""
        import pandas as pd

        names = list(StrategyCount.model_fields)
        return pd.DataFrame([one.model_dump() for one in self.strategies], columns=pd.Index(names))

    def _heading(self) -> str:
        return f"Strategies as of {self.as_of}, contact date {self.contact_date}"

    def _lines(self) -> list[str]:
        held = [f"held: {one.strategy} {one.version} – {one.reason}" for one in self.held]
        assumed = [f"assumed: {a.name} – {a.text}" for a in self.assumptions]
        return [*held, *self.unread_drafts(), *self.identities(), *assumed]

    def __repr__(self) -> str:
        return "\n\n".join([repr(self.table()), repr(self.drop_table()), "\n".join(self._lines())])

    def _repr_html_(self) -> str:
        from html import escape

        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        return self.table()._repr_html_() + self.drop_table()._repr_html_() + lines
