"""The engine that moves people through a strategy, all at once (design D7).

Enrolments leave the ledger as Arrow and stand in the mart as a relation; every condition is judged there
in one statement per strategy. Waits are judged by dates, so a missed day loses none: the next run finds
them over, and a wait that ended on a missed day counts from the day it ended. A goal is judged by the
snapshot in hand, which tells that it holds but not since when; see :func:`advance`.
"""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.experiments.assignment import arm_column
from journeykit.expressions import AnyNode, Expression
from journeykit.ledger.enrolments import EnrolmentChanges
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import enrolment
from journeykit.mart.mart import Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import CONTROL, END, Exit, Start, Wait

STANDING = pa.schema(
    [
        ("customer_id", pa.string()),
        ("version", pa.string()),
        ("arm", pa.string()),
        ("entered_on", pa.date32()),
        ("node", pa.string()),
        ("node_since", pa.date32()),
    ]
)
_ENTERED = ("strategy", "version", "customer_id", "arm", "entered_on", "node", "node_since")
_MOVED = ("strategy", "customer_id", "node", "node_since", "from_node", "from_since")
_EXITED = ("strategy", "customer_id", "node", "node_since", "exit_reason", "exited_on")
CANDIDATES = pa.schema(
    [(name, pa.string()) for name in ("strategy", "node", "customer_id", "channel", "offer")]
    + [("priority", pa.int64()), ("tie", pa.string())]
)


@dataclass(frozen=True)
class Advance:
    """Where a strategy's people stand at the end of a day.

    Attributes
    ----------
    before : Table
        :data:`STANDING` of everybody who was active, newcomers included (at the node they entered by).
    after : Table
        The same people in the same order: ``node``, ``node_since``, ``exit_reason`` (missing while active).
    entered : int
        How many of them are newcomers; they come last.
    left_before : int
        How many left on earlier days.
    """

    strategy: Strategy
    as_of: date
    before: pa.Table
    after: pa.Table
    entered: int
    left_before: int

    @property
    def candidates(self) -> pa.Table:
        """Treated people who stand at an action: :data:`CANDIDATES`."""
        return pa.concat_tables(
            [CANDIDATES.empty_table(), *(self._at(action) for action in self.strategy.actions)]
        )

    def _at(self, action: Any) -> pa.Table:
        here = self.after.filter(
            pc.and_(pc.equal(self.after["node"], action.id), pc.is_null(self.after["exit_reason"]))
        )
        constants = {
            "strategy": self.strategy.name, "node": action.id, "channel": action.channel,
            "offer": action.offer, "priority": self.strategy.priority,
        }  # fmt: skip
        columns = [
            here[field.name]
            if field.name not in constants
            else pa.repeat(pa.scalar(constants[field.name], field.type), here.num_rows)
            for field in CANDIDATES
        ]
        return pa.table(columns, schema=CANDIDATES)

    def move_on(self, done: pa.Array | pa.ChunkedArray, since: date) -> Advance:
        """Let the customers in `done` pass the action they stand at; waits behind it count from `since`."""
        passes = pc.is_in(self.after["customer_id"], value_set=done)
        node, node_since = self.after["node"], self.after["node_since"]
        for action in self.strategy.actions:
            passing = pc.and_(passes, pc.equal(self.after["node"], action.id))
            node = pc.if_else(passing, action.next, node)
            node_since = pc.if_else(passing, pa.scalar(since), node_since)
        return replace(self, after=_put(_put(self.after, "node", node), "node_since", node_since))

    @property
    def changes(self) -> EnrolmentChanges:
        """Who entered, moved and left, as the ledger takes it."""
        old, new = self.before, self.after
        same = old.num_rows - self.entered
        rows = new.append_column("strategy", pa.repeat(self.strategy.name, new.num_rows))
        for name in ("version", "arm", "entered_on"):
            rows = rows.append_column(name, old[name])
        rows = rows.append_column("from_node", old["node"]).append_column("from_since", old["node_since"])
        rows = rows.append_column("exited_on", pa.repeat(pa.scalar(self.as_of), new.num_rows))
        differs = pc.or_(
            pc.not_equal(old["node"], new["node"]), pc.not_equal(old["node_since"], new["node_since"])
        )
        return EnrolmentChanges(
            entered=rows.slice(same).select([*_ENTERED]),
            moved=rows.slice(0, same).filter(differs.slice(0, same)).select([*_MOVED]),
            exited=rows.filter(pc.is_valid(new["exit_reason"])).select([*_EXITED]),
        )

    @property
    def exited(self) -> int:
        """How many left today."""
        return len(self.after) - self.after["exit_reason"].null_count


def join_changes(advances: Iterable[Advance]) -> EnrolmentChanges:
    """The changes of several strategies as one."""
    changes = [one.changes for one in advances]
    return EnrolmentChanges(
        entered=pa.concat_tables([_empty(_ENTERED), *(one.entered for one in changes)]),
        moved=pa.concat_tables([_empty(_MOVED), *(one.moved for one in changes)]),
        exited=pa.concat_tables([_empty(_EXITED), *(one.exited for one in changes)]),
    )


def advance(mart: Mart, ledger: Ledger, strategy: Strategy, version: str) -> Advance:
    """Enrol who enters, let go who leaves, and move everybody else as far as the day allows.

    Nothing is written. Who is in the segment enters once in his life, unless the goal or the exit rule
    holds for him already. A customer leaves with ``goal`` when it holds, else as ``expired`` once the goal's
    days are over, else with ``exit_rule``, else as ``finished`` at an exit node; in both arms alike.

    The first run after the window therefore counts a goal that holds by then. It may have been reached on a
    missed day or a weekend at the window's end, or just after it: the snapshot cannot tell.
    """
    known = ledger.read_arrow(sa.select(enrolment.c.customer_id).where(enrolment.c.strategy == strategy.name))
    entered = _newcomers(mart, known, strategy, version)
    standing = _standing(ledger, strategy)
    before = pa.concat_tables([standing, entered]).combine_chunks()
    numbered = before.append_column("position", pa.array(range(before.num_rows), pa.int64()))
    after = mart.run(_judgement(mart, strategy), {"standing": numbered}).drop_columns(["position"])
    return Advance(
        strategy, mart.as_of, before, after, entered.num_rows, left_before=known.num_rows - standing.num_rows
    )


def _standing(ledger: Ledger, strategy: Strategy) -> pa.Table:
    columns = [enrolment.c[name] for name in STANDING.names]
    active = sa.and_(enrolment.c.strategy == strategy.name, enrolment.c.state == "active")
    return ledger.read_arrow(sa.select(*columns).where(active).order_by(enrolment.c.customer_id)).cast(
        STANDING
    )


def _newcomers(mart: Mart, known: pa.Table, strategy: Strategy, version: str) -> pa.Table:
    """Members of the segment who never were enrolled, at the start node's successor."""
    (start,) = strategy.starts
    found = mart.run(_entry(mart, strategy, start), {"known": known})
    as_of = pa.repeat(pa.scalar(mart.as_of, pa.date32()), found.num_rows)
    node = pc.if_else(pc.equal(found["arm"], "control"), CONTROL, start.next)
    versions = pa.repeat(version, found.num_rows)
    return pa.table([found["customer_id"], versions, found["arm"], as_of, node, as_of], schema=STANDING)


def _entry(mart: Mart, strategy: Strategy, start: Start) -> sa.Select:
    members = start.segment.statement(mart.scope).subquery("members")
    known = sa.table("known", sa.column("customer_id", sa.Text))
    customer = members.c.customer_id
    statement = (
        sa.select(customer, arm_column(f"{strategy.name}:{start.id}", customer, start.control).label("arm"))
        .where(~sa.exists().where(known.c.customer_id == customer))
        .order_by(customer)
    )
    nobody = sa.select(known.c.customer_id, sa.literal(mart.as_of, sa.Date()).label("entered_on"))
    scope = replace(mart.scope, entries=nobody.where(sa.false()).subquery("nobody"))
    for rule in _reasons_to_leave(strategy).values():
        statement = statement.where(customer.not_in(Expression(rule).statement(scope)))
    return statement


def _judgement(mart: Mart, strategy: Strategy) -> sa.Select:
    """One statement that judges every standing customer, in the order they stand."""
    columns = [sa.column(field.name, _SQL[field.type]) for field in STANDING]
    standing = sa.table("standing", *columns, sa.column("position", sa.BigInteger))
    people: sa.FromClause = sa.select(
        standing.c.position,
        standing.c.customer_id,
        _known_node(standing.c.node, strategy).label("node"),
        standing.c.node_since,
        _exit_reason(mart, strategy, standing).label("exit_reason"),
    ).subquery("judged")
    waits = [node for node in strategy.nodes if isinstance(node, Wait)]
    for step in range(len(waits)):
        people = _pass_waits(people, waits, mart.as_of).subquery(f"step_{step}")
    exits = [node.id for node in strategy.nodes if isinstance(node, Exit)]
    finished = sa.case((people.c.node.in_(exits), "finished"))
    tie = sa.func.md5(
        sa.literal(f"{strategy.name}:").concat(people.c.node).concat(":").concat(people.c.customer_id)
    )
    return sa.select(
        people.c.position,
        people.c.customer_id,
        people.c.node,
        people.c.node_since,
        sa.func.coalesce(people.c.exit_reason, finished).label("exit_reason"),
        tie.label("tie"),
    ).order_by(people.c.position)


def _exit_reason(mart: Mart, strategy: Strategy, standing: sa.TableClause) -> sa.ColumnElement[Any]:
    reasons = []
    scope = replace(mart.scope, entries=standing)
    for reason, rule in _reasons_to_leave(strategy).items():
        reasons.append((standing.c.customer_id.in_(Expression(rule).statement(scope)), reason))
        if reason == "goal" and strategy.goal:
            first_day = mart.as_of - timedelta(days=strategy.goal.within_days)
            reasons.append((standing.c.entered_on < first_day, "expired"))
    return sa.case(*reasons) if reasons else sa.null()


def _reasons_to_leave(strategy: Strategy) -> dict[str, AnyNode]:
    goal = {"goal": strategy.goal.expression} if strategy.goal else {}
    return goal | ({"exit_rule": strategy.exit_when} if strategy.exit_when else {})


def _known_node(node: sa.ColumnElement[str], strategy: Strategy) -> sa.ColumnElement[str]:
    """Whoever stands at a node that an edit has taken away has come to the end."""
    known = [CONTROL, END, *(step.id for step in strategy.nodes)]
    return sa.case((node.in_(known), node), else_=END)


def _pass_waits(people: sa.FromClause, waits: list[Wait], as_of: date) -> sa.Select:
    """One step: whoever waited long enough stands at the next node, since the day the wait was over."""
    over = [
        sa.and_(
            people.c.exit_reason.is_(None),
            people.c.node == wait.id,
            people.c.node_since <= as_of - timedelta(days=wait.days),
        )
        for wait in waits
    ]
    moves = list(zip(over, waits, strict=True))
    return sa.select(
        people.c.position,
        people.c.customer_id,
        sa.case(*((done, wait.next) for done, wait in moves), else_=people.c.node).label("node"),
        sa.case(
            *((done, people.c.node_since + sa.literal(wait.days)) for done, wait in moves),
            else_=people.c.node_since,
        ).label("node_since"),
        people.c.exit_reason,
    )


def _empty(names: tuple[str, ...]) -> pa.Table:
    dates = ("entered_on", "node_since", "from_since", "exited_on")
    return pa.schema([(name, pa.date32() if name in dates else pa.string()) for name in names]).empty_table()


def _put(table: pa.Table, name: str, values: Any) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, values)


_SQL: dict[pa.DataType, Any] = {pa.string(): sa.Text, pa.date32(): sa.Date}
