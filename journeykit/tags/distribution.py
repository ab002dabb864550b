"""How a tag's values are spread over the customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import SQL_TYPES
from journeykit.display import Table, show_bars, show_value
from journeykit.errors import DefinitionError
from journeykit.expressions import Expression
from journeykit.mart.mart import Mart
from journeykit.tags.tag import Tag, name_of

if TYPE_CHECKING:
    import pandas as pd

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
MISSING = "missing"
ORDERED = (Type.INTEGER, Type.DECIMAL, Type.RATE, Type.DATE, Type.TIMESTAMP)


Run = Callable[[sa.Select], pa.Table]


@dataclass(frozen=True)
class Distribution:
    """How many customers have which values of a tag.

    Attributes
    ----------
    tag : str
        The tag's name.
    counts : tuple of (label, int)
        Customers per value; of many different numbers per bin, each up to where the next begins, the last
        up to and with the largest there is. A frequent zero is a value and in no bin.
        Values beyond the most frequent ones are together under ``other values``.
    missing : int
        Customers without a value.
    quantiles : dict of float to value
        Values that occur, at or below which this share of customers lies; empty for text and booleans.
    """

    tag: str
    counts: tuple[tuple[str, int], ...]
    missing: int
    quantiles: dict[float, Any]

    @property
    def customers(self) -> int:
        """Everyone, with a value or without."""
        return self.missing + sum(count for _, count in self.counts)

    def table(self) -> Table:
        """Values, customers and shares."""
        everyone = self.customers or 1
        rows = [*self.counts, *([(MISSING, self.missing)] if self.missing else [])]
        title = f"{self.tag}: {self.customers:,} customers"
        if self.quantiles:
            median, low, high = (show_value(self.quantiles[share]) for share in (0.5, 0.0, 1.0))
            title += f", median {median}, from {low} to {high}"
        shares = tuple((label, count, f"{count / everyone:.1%}") for label, count in rows)
        return Table(title, (self.tag, "customers", "share"), shares)

    def to_frame(self) -> pd.DataFrame:
        """One row per value or bin, the missing last."""
        return self.table().to_frame()

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        table = self.table()
        bars = [(label, count, f"{count:,} · {share}") for label, count, share in table.rows]
        return show_bars(table.title, bars, quiet=(MISSING,))


def distribution(mart: Mart, name: str | Tag | Expression, bins: int = 20) -> Distribution:
    """Count the customers of each value of a tag.

    Parameters
    ----------
    mart : Mart
        A mart with built tags.
    name : str, Tag or handle
        The tag.
    bins : int
        How many bins numbers are put in, and how many different texts or dates are named. Whole numbers
        are listed one by one up to half as many again, 30 by default; 0 stands alone when a tenth have it.

    Raises
    ------
    DefinitionError
        The build has no such tag, or could not have it.
    """
    if bins < 1:
        raise DefinitionError(f"A distribution has at least one bin, not {bins}.")
    scope, name = mart.scope, name_of(name)
    return _spread(mart.run, name, scope.column(name), scope.types[name], bins)


def distribution_of(mart: Mart, values: pa.Table, tag: Tag, bins: int = 20) -> Distribution:
    """Count the customers of each value of a tag that was computed but not built.

    Parameters
    ----------
    mart : Mart
        Where to count.
    values : pyarrow.Table
        One row per customer, with the tag's column.
    tag, bins
        As in :func:`distribution`.
    """
    column = sa.table("computed", sa.column(tag.name, SQL_TYPES[tag.type])).c[tag.name]
    return _spread(partial(mart.run, relations={"computed": values}), tag.name, column, tag.type, bins)


def _spread(run: Run, name: str, column: sa.ColumnElement[Any], type_: Type, bins: int) -> Distribution:
    facts = run(
        sa.select(
            sa.func.count().label("everyone"),
            sa.func.count(column).label("known"),
            sa.func.count(column.distinct()).label("different"),
            *(_quantile(column, share).label(f"q{share}") for share in SHARES if type_ in ORDERED),
        )
    ).to_pylist()[0]
    quantiles = {share: facts[f"q{share}"] for share in SHARES} if type_ in ORDERED and facts["known"] else {}
    whole = type_ is Type.INTEGER
    listed = bins * 3 // 2 if whole else bins
    if type_ in (Type.INTEGER, Type.DECIMAL, Type.RATE) and facts["different"] > listed:
        counts = _numbers(run, column, facts["known"], bins, whole)
    else:
        counts = _values(run, column, listed, bool(quantiles))
    named = sum(count for _, count in counts)
    rest = [("other values", facts["known"] - named)] if facts["known"] > named else []
    return Distribution(name, (*counts, *rest), facts["everyone"] - facts["known"], quantiles)


def _quantile(column: sa.ColumnElement[Any], share: float) -> sa.ColumnElement[Any]:
    return sa.func.percentile_disc(sa.literal(share, sa.Double())).within_group(column.asc())


def _values(run: Run, column: sa.ColumnElement[Any], limit: int, ordered: bool) -> list[tuple[str, int]]:
    """The most frequent values, in their own order when they have one."""
    count = sa.func.count().label("n")
    statement = (
        sa.select(column.label("value"), count).where(column.is_not(None)).group_by(column)
        .order_by(count.desc(), column).limit(limit)
    )  # fmt: skip
    rows = [(row["value"], row["n"]) for row in run(statement).to_pylist()]
    return [(show_value(value), count) for value, count in (sorted(rows) if ordered else rows)]


def _numbers(
    run: Run, column: sa.ColumnElement[Any], known: int, bins: int, whole: bool
) -> list[tuple[str, int]]:
    """Bins of numbers; a zero that a tenth of the known have is counted by itself."""
    zeros = run(sa.select(sa.func.count().label("n")).where(column == 0)).to_pylist()[0]["n"]
    if zeros * 10 < known:
        return _bins(run, column, column.is_not(None), bins, whole)
    return [("0", zeros), *_bins(run, column, column != 0, bins, whole)]


def _bins(
    run: Run, column: sa.ColumnElement[Any], where: sa.ColumnElement[bool], bins: int, whole: bool
) -> list[tuple[str, int]]:
    """Bins of one width from the 5 % to the 95 % quantile; the outermost also hold what lies beyond.

    A few very large balances would otherwise leave everyone else in one bin.
    """
    ends = (0.0, 0.05, 0.95, 1.0)
    quantiles = sa.select(*(_quantile(column, share).label(f"q{share}") for share in ends)).where(where)
    least, low, high, most = (Decimal(value) for value in run(quantiles).to_pylist()[0].values())
    edges = _edges(low, high, bins, whole) if low < high else _edges(least, most, bins, whole)
    number = sum(
        (sa.case((column >= sa.literal(edge, sa.Numeric(36, 18)), 1), else_=0) for edge in edges[1:]),
        start=sa.literal(0),
    )
    numbered = sa.select(sa.cast(number, sa.Integer()).label("bin")).where(where).subquery()
    statement = sa.select(numbered.c.bin, sa.func.count().label("n")).group_by(numbered.c.bin)
    found = {row["bin"]: row["n"] for row in run(statement).to_pylist()}
    labels = [f"from {edge:,f}" for edge in edges]
    if len(edges) == 1:
        labels = ["all"]
    else:
        top = most.quantize(edges[-1], ROUND_CEILING)
        labels[0], labels[-1] = f"below {edges[1]:,f}", f"{labels[-1]} up to {top:,f}"
    return [(label, found.get(number, 0)) for number, label in enumerate(labels)]


def _edges(low: Decimal, high: Decimal, bins: int, whole: bool) -> list[Decimal]:
    """Where each bin begins: at whole numbers, or at numbers with as few places as tell them apart."""
    width = (high - low) / bins
    if whole:
        width = width.to_integral_value(ROUND_CEILING)
        return [low + width * number for number in range(bins) if number == 0 or low + width * number < high]
    places = Decimal(1).scaleb(min(0, width.adjusted() - 1)) if width else Decimal(1)
    return [(low + width * number).quantize(places) for number in range(bins)]
