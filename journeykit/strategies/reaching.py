"""How many customers a strategy would have today, and how many would come along each of its ways.

Waits, reactions and whether a contact can be made play no part: everybody goes as far as the ways lead, as
the branches judge today. So it is an outline of the audience; what will happen is for a simulation to say.

Of very many members a part is looked at, always the same people, and told as of all: a canvas asks anew after
every edit, and drawing the lots of a million people takes longer than anybody likes to wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from journeykit.compiler import compile_rows
from journeykit.dialects.functions import sampling_place
from journeykit.display import Table
from journeykit.experiments.assignment import arm_column, variant_column
from journeykit.expressions import AnyNode
from journeykit.i18n import label
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.judging import Booleans
from journeykit.strategies.nodes import Branch, Split, WaitUntil
from journeykit.strategies.walking import Rows, walk, way_taken

if TYPE_CHECKING:
    import pandas as pd

GOAL_MET, EXIT_MET, CONTROL_ARM = "goal.met", "exit.met", "control.arm"  # no ids of nodes
_MEMBER = "start.member"
_PLACES = 2**20  # of ids, see sampling_place

WHOLE = 100_000
"""Up to so many members all are looked at."""

LOOKED_AT = 50_000
"""Of more, about so many."""

_REMEMBERED = 32  # answers of one mart, a row per combination of ways each
_answers: WeakKeyDictionary[Mart, dict[str, pa.Table]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Reach:
    """People at the start of a strategy, at each node and on each way, as of today.

    Attributes
    ----------
    members : int
        Of the start's segment; exact.
    looked_at : int
        So many of them were followed; the figures below are as of all.
    goal_met, exit_met : int
        Members for whom the goal, or the exit rule, holds already: they do not enter.
    control : int
        Of those who enter.
    nodes : mapping of str to int
        Treated people who come to a node; ``end`` too.
    ways : mapping of (str, str) to int
        Treated people who take a way, by node and the way's label.
    """

    as_of: date
    members: int
    looked_at: int
    goal_met: int
    exit_met: int
    control: int
    nodes: Mapping[str, int] = field(default_factory=dict)
    ways: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def table(self, language: str = "en") -> Table:
        """One row per way."""
        heads = tuple(label(f"reach.{one}", language) for one in ("node", "way", "people"))
        rows = tuple((node, way, count) for (node, way), count in self.ways.items())
        title = label("reach.title", language).format(self.as_of, f"{self.members:,}", f"{self.control:,}")
        if self.looked_at < self.members:
            title += label("reach.looked_at", language).format(f"{self.looked_at:,}")
        return Table(title, heads, rows)

    def to_frame(self) -> pd.DataFrame:
        """One row per way: node, way, people."""
        import pandas as pd

        rows = [(node, way, count) for (node, way), count in self.ways.items()]
        return pd.DataFrame(rows, columns=pd.Index(["node", "way", "people"]))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def reach(strategy: Strategy, mart: Mart) -> Reach:
    """Count the people at the start and along each way.

    Parameters
    ----------
    strategy : Strategy
        With one start, and expressions that the mart's tags can answer.
    mart : Mart
        With built tags.

    Notes
    -----
    Of at most :data:`WHOLE` members every figure is exact. Of more, a figure that comes to a share p of
    them has a standard error of sqrt(p (1 - p) / looked_at) of all members: of a tenth, about 1 % of itself.
    """
    members = _ask(mart, _count(strategy.starts[0].segment.statement(mart.scope)))["people"][0].as_py()
    rows = followed(strategy, mart, members)
    keys = [column for column in rows.c if column.name != CUSTOMER_ID]
    found = _ask(mart, _count(rows, *keys))
    people = found["people"].to_numpy()
    looked_at = int(people.sum())
    goal_met, exit_met, control = (found[name].to_numpy() for name in (GOAL_MET, EXIT_MET, CONTROL_ARM))
    enters = ~(goal_met | exit_met)
    arrived, taken = walk(strategy, found, np.flatnonzero(enters & ~control))

    def of_all(rows: Rows | Booleans) -> int:
        return round(int(people[rows].sum()) * members / looked_at) if looked_at else 0

    return Reach(
        as_of=mart.as_of,
        members=members,
        looked_at=looked_at,
        goal_met=of_all(goal_met),
        exit_met=of_all(exit_met),
        control=of_all(enters & control),
        nodes={name: of_all(rows) for name, rows in arrived.items()},
        ways={way: of_all(rows) for way, rows in taken.items()},
    )


def _ask(mart: Mart, statement: sa.Select) -> pa.Table:
    """A mart never changes, so that what it was asked before, it need not be asked again.

    Most edits change what is done and not who goes where: a text, an offer, a wait.
    """
    answers, question = _answers.setdefault(mart, {}), mart.show(statement)
    if question not in answers:
        if len(answers) == _REMEMBERED:
            del answers[next(iter(answers))]
        answers[question] = mart.run(statement)
    return answers[question]


def _count(rows: sa.Select | sa.Subquery, *keys: sa.ColumnElement[Any]) -> sa.Select:
    """How many rows there are, of each key."""
    counted = sa.select(*keys, sa.func.count().label("people"))
    return counted.select_from(rows.subquery() if isinstance(rows, sa.Select) else rows).group_by(*keys)


def followed(
    strategy: Strategy, mart: Mart, members: int, extra: Mapping[str, AnyNode] | None = None
) -> sa.Subquery:
    """One row per member who is looked at: who does not enter, who is control, which ways are taken.

    Parameters
    ----------
    members : int
        How many the start's segment has.
    extra : mapping of str to Node
        Further expressions, under labels of their own. Under :func:`journeykit.strategies.walking.way_taken`
        stands the place of the way that is taken out of a fork.
    """
    (start,) = strategy.starts
    asked: dict[str, AnyNode] = {_MEMBER: start.segment.where, **(extra or {})}
    leaving = {GOAL_MET: strategy.goal and strategy.goal.expression, EXIT_MET: strategy.exit_when}
    asked |= {name: rule for name, rule in leaving.items() if rule is not None}
    forks = [node for node in strategy.nodes if isinstance(node, Branch | WaitUntil)]
    asked |= {_rule(node, place): rule for node in forks for place, rule in enumerate(node.rules)}
    relation = mart.scope.relation
    entries = sa.select(relation.c[CUSTOMER_ID], sa.literal(mart.as_of, sa.Date()).label("entered_on"))
    known = compile_rows(asked, replace(mart.scope, entries=entries.subquery("entries"))).subquery("known")
    customer = known.c[CUSTOMER_ID]
    arm = arm_column(f"{strategy.name}:{start.id}", customer, start.control)
    columns = [
        *(known.c[name] if name in asked else sa.false().label(name) for name in leaving),
        (arm == "control").label(CONTROL_ARM),
        *(known.c[name] for name in extra or ()),
    ]
    for node in strategy.nodes:
        if isinstance(node, Branch | WaitUntil):
            cases = [(known.c[_rule(node, place)], place) for place in range(len(node.rules))]
            columns.append(sa.case(*cases, else_=len(cases)).label(way_taken(node.id)))
        elif isinstance(node, Split):
            weights = [one.weight for one in node.variants]
            drawn = variant_column(f"{strategy.name}:{node.id}", customer, weights)
            columns.append(drawn.label(way_taken(node.id)))
    # In one place with the lots: no engine would draw fewer of them for a filter around them.
    chosen = [sampling_place(customer) < _PLACES * LOOKED_AT // members] if members > WHOLE else []
    return sa.select(customer, *columns).where(known.c[_MEMBER], *chosen).subquery("members")


def _rule(node: Branch | WaitUntil, place: int) -> str:
    return f"{node.id}.{place}"
