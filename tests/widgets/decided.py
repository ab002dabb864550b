"""A workspace in which something was decided about customers, delivered, and nothing reported yet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from journeykit.ledger import (
    EnrolmentChanges,
    Ledger,
    enrolment_id,
    lead_id,
    mark_delivered,
    record_decisions,
    start_run,
)
from journeykit.ledger.enrolments import ENTERED
from journeykit.workdays import next_working_day

AS_OF = date(2026, 5, 29)
CONTACT_DATE = next_working_day(AS_OF, "CN")
STRATEGY, NODE = "wealth_maturing", "assign_manager"
OPERATOR = "operator [demo]"
REASON = {
    "segment": "wealth_maturing_week",
    "tags": {"aum": "612000.00", "age": 66, "holds_wealth": True},
    "summary": "Wealth matures: AUM 612,000.00",
    "summary_zh": "理财到期：AUM 612,000.00",
}


def open_ledger(workspace: Path) -> Ledger:
    """The ledger of a workspace whose settings are those of the demonstration."""
    return Ledger.open(f"sqlite:///{workspace / 'var' / 'ledger.sqlite'}")


def decide(
    workspace: Path,
    leads: Iterable[tuple[str, str, str | None]],
    *,
    delivered: bool = True,
    as_of: date = AS_OF,
) -> dict[str, str]:
    """Record leads for the day after `as_of` and deliver them.

    Parameters
    ----------
    workspace : Path
        Where to.
    leads : iterable of (customer, channel, manager)
        The manager is missing where the lead is addressed to nobody.
    delivered : bool
        Whether they have left.
    as_of : date
        The day they were decided.

    Returns
    -------
    dict
        Each customer's lead.
    """
    rows, contact_date = list(leads), next_working_day(as_of, "CN")
    ledger = open_ledger(workspace)
    try:
        run = start_run(
            ledger, job="run_strategies", as_of=as_of, contact_date=contact_date,
            parameters={"leads": str(rows)}, definitions_hash="d", build_id="b1",
        )  # fmt: skip
        enrolled = [enrolment_id(STRATEGY, customer, as_of) for customer, *_ in rows]
        entered = [
            dict(zip(ENTERED.names, (one, STRATEGY, "v1", customer, "treatment", as_of, NODE, as_of,
                                     None, None), strict=True))
            for one, (customer, *_) in zip(enrolled, rows, strict=True)
        ]  # fmt: skip
        none = pa.array([], pa.string())
        record_decisions(
            ledger,
            run.run_id,
            changes=EnrolmentChanges(entered=pa.Table.from_pylist(entered, schema=ENTERED)),
            leads=pa.table(
                {
                    "enrolment_id": enrolled,
                    "strategy": [STRATEGY] * len(rows),
                    "version": ["v1"] * len(rows),
                    "node": [NODE] * len(rows),
                    "customer_id": [customer for customer, *_ in rows],
                    "channel": [channel for _, channel, _ in rows],
                    "manager_id": pa.array([manager for *_, manager in rows], pa.string()),
                    "branch_id": pa.array([None] * len(rows), pa.string()),
                    "offer": ["W-90D"] * len(rows),
                    "expected_value": pa.array([Decimal("12.00")] * len(rows), pa.decimal128(18, 2)),
                    "not_before_hour": pa.array([None] * len(rows), pa.int64()),
                    "reason": [json.dumps(REASON)] * len(rows),
                }
            ),
            drops=pa.table(
                {"strategy": none, "node": none, "reason": none, "count": pa.array([], pa.int64())}
            ),
            candidates=len(rows),
            decisions_sha256="0" * 64,
        )
        found = {customer: lead_id(STRATEGY, NODE, customer, contact_date) for customer, *_ in rows}
        for name in {channel for _, channel, _ in rows} if delivered else ():
            ids = [found[customer] for customer, channel, _ in rows if channel == name]
            mark_delivered(ledger, run.run_id, name, ids, f"{name}/leads.csv")
        return found
    finally:
        ledger.close()
