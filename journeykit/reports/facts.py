"""What a day's report is about, read once: decisions from the ledger, the bank's own facts from the mart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from journeykit.contract import SUBJECTS, Time
from journeykit.errors import DataError
from journeykit.ledger import Ledger
from journeykit.ledger.accounts import Accounts, read_accounts
from journeykit.ledger.approvals import Step
from journeykit.ledger.enrolments import enrolments_on
from journeykit.ledger.leads import read_drops, read_leads
from journeykit.ledger.runs import Run, read_runs
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.strategies.approval import Approved, approved_on, read_lives, stopped_by_hand


@dataclass(frozen=True)
class DayFacts:
    """The day's runs and their decisions, enrolments, and the bank's branches and managers.

    `leads` has the customer's branch as ``home``; `drops` has a row per strategy, node and reason;
    `enrolments` has ``strategy``, ``arm``, ``state`` and ``count`` as they stood after that day. `managers`
    are those on duty with what they can take in a day (None: no limit), `by_manager` what each was given;
    `approvals` tells who let each strategy run, `stops` who paused, resumed or ended one.
    """

    runs: tuple[Run, ...]
    accounts: tuple[Accounts, ...]
    leads: pd.DataFrame
    drops: pd.DataFrame
    enrolments: pd.DataFrame
    branches: dict[str, str]
    managers: dict[str, int | None]
    by_manager: dict[str, int]
    freshness: tuple[tuple[str, int, date | None], ...]
    approvals: tuple[Approved, ...] = ()
    stops: tuple[Step, ...] = ()


def read_day(mart: Mart, ledger: Ledger) -> DayFacts:
    """Everything decided as of the mart's day.

    Raises
    ------
    DataError
        No strategies have been run as of that day.
    """
    decided = [run for run in read_runs(ledger) if run.decided]
    runs = tuple(run for run in decided if run.as_of == mart.as_of)
    if not runs:
        raise DataError(
            f"No strategies have been run as of {mart.as_of}. "
            f"Run them with: journeykit run run_strategies --as-of {mart.as_of}"
        )
    leads = pa.concat_tables([read_leads(ledger, run_id=run.run_id) for run in runs])
    branch, manager = subject_table("branch"), subject_table("manager")
    names = mart.run(sa.select(branch.c.branch_id, branch.c.name, branch.c.district)).to_pylist()
    on_duty = sa.select(manager.c.manager_id, manager.c.daily_capacity).where(
        sa.func.coalesce(manager.c.on_duty, sa.true())
    )
    before = max((run.as_of for run in decided if run.as_of < mart.as_of), default=None)
    lives = read_lives(ledger).values()
    stood = enrolments_on(mart.as_of)
    counted = sa.select(*stood.c, sa.func.count().label("count")).group_by(*stood.c).order_by(*stood.c)
    return DayFacts(
        runs=runs,
        accounts=tuple(read_accounts(ledger, run.run_id) for run in runs),
        leads=_with_home(mart, leads),
        drops=pa.concat_tables([read_drops(ledger, run.run_id) for run in runs]).to_pandas(),
        enrolments=pd.DataFrame(ledger.read(counted), columns=["strategy", "arm", "state", "count"]),
        branches={row["branch_id"]: row["name"] or row["district"] or row["branch_id"] for row in names},
        managers={row["manager_id"]: row["daily_capacity"] for row in mart.run(on_duty).to_pylist()},
        by_manager=dict(Counter(name for name in leads["manager_id"].to_pylist() if name is not None)),
        freshness=_freshness(mart),
        approvals=tuple(found for life in lives if (found := approved_on(life, mart.as_of))),
        stops=tuple(step for life in lives for step in stopped_by_hand(life, mart.as_of, before)),
    )


def _with_home(mart: Mart, leads: pa.Table) -> pd.DataFrame:
    customer = subject_table("customer")
    chosen = sa.table("chosen", sa.column("customer_id", sa.Text))
    homes = mart.run(
        sa.select(customer.c.customer_id, customer.c.branch_id.label("home")).where(
            customer.c.customer_id.in_(sa.select(chosen.c.customer_id))
        ),
        {"chosen": leads.select(["customer_id"])},
    )
    return leads.to_pandas().merge(homes.to_pandas(), on="customer_id", how="left")


def _freshness(mart: Mart) -> tuple[tuple[str, int, date | None], ...]:
    """Each event subject that was loaded: its rows, and the last day it tells of."""
    loaded = {file.subject for file in mart.manifest.files}
    found = []
    for name, subject in SUBJECTS.items():
        if name in loaded and subject.time is Time.EVENT and subject.at:
            table = subject_table(name)
            latest = sa.cast(sa.func.max(table.c[subject.at]), sa.Date)
            row = mart.run(sa.select(sa.func.count().label("rows"), latest.label("latest"))).to_pylist()[0]
            found.append((name, row["rows"], row["latest"]))
    return tuple(found)
