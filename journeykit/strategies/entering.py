"""Who enters a strategy on a day, and in which arm."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.experiments.assignment import arm_column
from journeykit.ledger.keys import enrolment_id
from journeykit.mart.mart import Mart
from journeykit.strategies.nodes import CONTROL, Start
from journeykit.strategies.people import FOUND, People
from journeykit.strategies.running import Running


def newcomers(mart: Mart, running: Running, people: People) -> pa.Table:
    """Members of the segment who may enter, each where the start leads or, of the control arm, beside it."""
    (start,) = running.strategy.starts
    first, last = start.valid_from or mart.as_of, start.valid_to or mart.as_of
    if not (running.enrols and running.moves and first <= mart.as_of <= last):
        return people.standing.schema.empty_table()
    known = pa.table({"customer_id": people.barred(start, mart.as_of)})
    found = mart.run(_entry(mart, running.strategy.name, start), {"barred": known})
    ids = [
        enrolment_id(people.strategy, customer, mart.as_of) for customer in found["customer_id"].to_pylist()
    ]
    node = pc.if_else(pc.equal(found["arm"], "control"), CONTROL, start.next)
    today = pa.repeat(pa.scalar(mart.as_of, pa.date32()), found.num_rows)
    version = pa.repeat(running.version, found.num_rows)
    columns = [pa.array(ids, pa.string()), found["customer_id"], version, found["arm"], today, node, today]
    unknown = [pa.nulls(found.num_rows, field.type) for field in FOUND]
    return pa.table([*columns, *unknown], schema=people.standing.schema)


def _entry(mart: Mart, strategy: str, start: Start) -> sa.Select:
    members = start.segment.statement(mart.scope).subquery("members")
    barred = sa.table("barred", sa.column("customer_id", sa.Text))
    customer = members.c.customer_id
    return (
        sa.select(customer, arm_column(f"{strategy}:{start.id}", customer, start.control).label("arm"))
        .where(~sa.exists().where(barred.c.customer_id == customer))
        .order_by(customer)
    )
