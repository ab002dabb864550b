"""What a simulation found, as a value that prints well."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journeykit.display import Table
from journeykit.errors import DataError
from journeykit.segments.intervals import Interval
from journeykit.segments.showing import Shown
from journeykit.strategies.graph import Strategy
from journeykit.strategies.labelling import node_titles
from journeykit.strategies.nodes import CONTROL, END
from journeykit.strategies.offers import Offer
from journeykit.strategies.simulation import tables
from journeykit.strategies.simulation.assumed import Assumed
from journeykit.strategies.simulation.conflicts import Conflict
from journeykit.strategies.simulation.drawing import Drawing
from journeykit.strategies.simulation.stepping import CustomerPath, path_of
from journeykit.strategies.simulation.trace import Trace
from journeykit.strategies.simulation.twins import real_id
from journeykit.strategies.simulation.words import say
from journeykit.strategies.telling import Teller

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, repr=False)
class Simulation(Shown):
    """What to expect of a strategy; prints as tables, in a notebook with charts.

    Attributes
    ----------
    days : int
        Calendar days ahead, the first is the day of the launch.
    cost : Interval
        What all contacts cost, yuan, with its 90 % band.
    conflicts : tuple of Conflict
        Live strategies that want some of the same customers.
    assumptions : tuple of Assumed
        What it rests on.
    offers : mapping of str to Offer
        By whose titles actions are called.
    figures : DataFrame
        See :data:`journeykit.strategies.simulation.forecasting.FIGURES`.
    flows : DataFrame
        ``origin``, ``way``, ``target``, ``people``: how many go each way of the graph.
    trace : Trace
        The replay, person by person.
    customers : Array
        The ids of all customers of the bank on the first day, and of those of the past.
    """

    strategy: Strategy
    days: int
    cost: Interval
    conflicts: tuple[Conflict, ...]
    assumptions: tuple[Assumed, ...]
    offers: Mapping[str, Offer]
    figures: pd.DataFrame = field(compare=False)
    flows: pd.DataFrame = field(compare=False)
    trace: Trace = field(compare=False)
    customers: pa.Array = field(compare=False)

    @cached_property
    def first_day(self) -> date:
        """The day as of which it starts."""
        return self.trace.days[0].as_of

    def summary(self, language: str = "") -> dict[str, Any]:
        """The main figures as plain values: small enough to be kept with a submission.

        Everything is called by its code; with a language, as the tables call it.
        """
        return tables.summary(self, language)

    def table(self, language: str = "en") -> Table:
        """Who enters, is contacted and reaches the goal, and what it costs, with 90 % bands."""
        return tables.headline(self, language)

    def node_table(self, language: str = "en") -> Table:
        """One row per node: who comes there, who is contacted, how many wait."""
        return tables.nodes(self, language)

    def channel_table(self, language: str = "en") -> Table:
        """One row per channel: contacts, the busiest day and the capacity."""
        return tables.channels(self, language)

    def manager_table(self, language: str = "en") -> Table:
        """The ten managers with the fullest day."""
        return tables.managers(self, language)

    def drop_table(self, language: str = "en") -> Table:
        """Why people are not contacted, each once for a reason; and how many only had to queue."""
        return tables.drops(self, language)

    def left_table(self, language: str = "en") -> Table:
        """Why people leave."""
        return tables.leavings(self, language)

    def conflict_table(self, language: str = "en") -> Table:
        """One row per live strategy that wants some of the same customers."""
        return tables.conflicts(self, language)

    def notes(self, language: str = "en") -> tuple[str, ...]:
        """What a band contains, and the assumptions."""
        return (say("bands", language), *(one.say(language) for one in self.assumptions))

    def to_frame(self) -> pd.DataFrame:
        """Every figure: kind, name, day, expected, low, high, capacity."""
        return self.figures.copy()

    def flow(self, language: str = "en") -> Drawing:
        """Where people go, as a Sankey chart."""
        return tables.flow(self, language)

    def load(self, language: str = "en") -> Drawing:
        """A calendar of the contacts of each channel."""
        return tables.load(self, language)

    def step(self, customer_id: str, language: str = "en") -> CustomerPath:
        """One customer's path, day by day; prints in a language.

        Raises
        ------
        DataError
            There is no such customer, or he never enters in the days simulated.
        """
        tellers = {one: Teller.of(one, offers=self.offers) for one in ("en", "zh")}
        titles = {one: self.titles(one) for one in tellers}
        self._expect_customer(customer_id)
        return path_of(self.trace, self.strategy, customer_id, tellers, titles, language=language)

    def _expect_customer(self, customer_id: object) -> None:
        if not isinstance(customer_id, str):
            raise DataError(
                f"{customer_id!r} is no customer's id. Give it as text, such as step('C0000001')."
            )
        if not pc.is_in(pa.scalar(customer_id, pa.string()), value_set=self.customers).as_py():
            raise DataError(
                f"There is no customer '{customer_id}' as of {self.first_day}. "
                "Take one that is contacted: .contacted() lists some."
            )

    def contacted(self, most: int = 10) -> list[str]:
        """Some customers of today whom it contacts, to look at with :meth:`step`."""
        leads = self.trace.decisions[self.trace.decisions["decision"] == "lead"]
        ids = self.trace.customer_id.take(pa.array(leads["person"].unique()))
        return [one for one in ids.to_pylist() if real_id(one) == one][:most]

    def titles(self, language: str = "en") -> dict[str, str]:
        """What each node is called, by its id."""
        ends = {node: say(f"node.{node}", language) for node in (END, CONTROL)}
        return node_titles(self.strategy, Teller.of(language, offers=self.offers)) | ends

    def html(self, language: str = "en") -> str:
        """Everything, for a page; needs no script."""
        drawn = self.flow(language)._repr_html_() + self.load(language)._repr_html_()
        return drawn.join(
            [self._tables_html(language), super().html(language).removeprefix(self._head(language))]
        )

    def _head(self, language: str) -> str:
        return self.table(language)._repr_html_()

    def _tables_html(self, language: str) -> str:
        return "".join(table._repr_html_() for table in self._tables(language))

    def _tables(self, language: str) -> tuple[Table, ...]:
        found = (
            self.table(language), self.node_table(language), self.channel_table(language),
            self.manager_table(language), self.drop_table(language), self.left_table(language),
            self.conflict_table(language),
        )  # fmt: skip
        return tuple(table for table in found if table.rows)

    def text(self, language: str = "en") -> str:
        """Every table and assumption, for a terminal."""
        return "\n\n".join([*map(repr, self._tables(language)), "\n".join(self.notes(language))])

    def __repr__(self) -> str:
        return self.text()
