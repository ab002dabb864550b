"""How many customers a strategy would have today, and how many would come along each of its ways.

Waits, reactions and whether a contact can be made play no part: everybody goes as far as the ways lead, as
the branches judge today. So it is an outline of the audience; what will happen is for a simulation to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlalchemy as sa

from journeykit.compiler import compile_rows
from journeykit.display import Table
from journeykit.experiments.assignment import arm_column, variant_column
from journeykit.expressions import AnyNode
from journeykit.i18n import label
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import END, Branch, Split, WaitUntil

if TYPE_CHECKING:
    import pandas as pd

Rows = npt.NDArray[np.int64]
GOAL_MET, EXIT_MET, CONTROL_ARM = "goal.met", "exit.met", "control.arm"  # no ids of nodes
_MEMBER = "start.member"
_NOBODY: Rows = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Reach:
    """People at the start of a strategy, at each node and on each way, as of today.

    Attributes
    ----------
    members : int
        Of the start's segment.
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
    """Count the people at the start and along each way, in one statement.

    Parameters
    ----------
    strategy : Strategy
        With one start, and expressions that the mart's tags can answer.
    mart : Mart
        With built tags.
    """
    rows = members_of(strategy, mart)
    keys = [column for column in rows.c if column.name != CUSTOMER_ID]
    found = mart.run(sa.select(*keys, sa.func.count().label("people")).group_by(*keys))
    people = found["people"].to_numpy()
    goal_met, exit_met, control = (found[name].to_numpy() for name in (GOAL_MET, EXIT_MET, CONTROL_ARM))
    enters = ~(goal_met | exit_met)
    arrived, taken = walk(strategy, found, np.flatnonzero(enters & ~control))
    return Reach(
        as_of=mart.as_of,
        members=int(people.sum()),
        goal_met=int(people[goal_met].sum()),
        exit_met=int(people[exit_met].sum()),
        control=int(people[enters & control].sum()),
        nodes={name: int(people[rows].sum()) for name, rows in arrived.items()},
        ways={way: int(people[rows].sum()) for way, rows in taken.items()},
    )


def members_of(strategy: Strategy, mart: Mart, extra: Mapping[str, AnyNode] | None = None) -> sa.Subquery:
    """One row per member of the start's segment: who does not enter, who is control, which ways are taken.

    Under a fork's id stands the place of the way that is taken out of it; `extra` expressions stand under
    their own labels.
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
            columns.append(sa.case(*cases, else_=len(cases)).label(node.id))
        elif isinstance(node, Split):
            weights = [one.weight for one in node.variants]
            columns.append(variant_column(f"{strategy.name}:{node.id}", customer, weights).label(node.id))
    return sa.select(customer, *columns).where(known.c[_MEMBER]).subquery("members")


def walk(
    strategy: Strategy, rows: pa.Table, entering: Rows
) -> tuple[dict[str, Rows], dict[tuple[str, str], Rows]]:
    """Let rows go through the graph, each by the ways it takes, past every node at most once.

    Parameters
    ----------
    rows : Table
        With the columns of :func:`members_of`.
    entering : array of int
        Which rows enter.

    Returns
    -------
    tuple
        Which rows come to each node (``end`` too), and which take each way, by node and label.
    """
    nodes = {node.id: node for node in strategy.nodes}
    places = {name: rows[name].to_numpy() for name in nodes if name in rows.column_names}
    passed = {name: np.zeros(rows.num_rows, dtype=np.bool_) for name in (*nodes, END)}
    taken: dict[tuple[str, str], list[Rows]] = {}
    coming = [(start.id, entering) for start in strategy.starts]
    while coming:
        name, here = coming.pop()
        if name not in passed:
            continue  # a way to nowhere, which the checks tell
        here = here[~passed[name][here]]
        passed[name][here] = True
        if not len(here) or name == END:
            continue
        for place, (way, target) in enumerate(nodes[name].ways):
            going = here[places[name][here] == place] if name in places else here
            taken.setdefault((name, way), []).append(going)
            coming.append((target, going))
    return (
        {name: np.flatnonzero(mask) for name, mask in passed.items()},
        {
            (name, way): np.concatenate(taken.get((name, way), [_NOBODY]))
            for name, node in nodes.items()
            for way, _ in node.ways
        },
    )


def _rule(node: Branch | WaitUntil, place: int) -> str:
    return f"{node.id}.{place}"
