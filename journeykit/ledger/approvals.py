"""Who proposed, approved, refused, paused and ended a strategy: steps that are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from journeykit.errors import ApprovalError, OvertakenError
from journeykit.ledger.audit import add_audit
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import approval, enrolment, run, strategy_version

_a, _v = approval.c, strategy_version.c


@dataclass(frozen=True)
class Step:
    """One step in the life of a strategy.

    Attributes
    ----------
    step : int
        Counts the strategy's steps from 1.
    action : str
        ``submitted``, ``withdrawn``, ``refused``, ``approved``, ``live``, ``paused``, ``resumed``, ``ended``.
    actor : str
        Who did it.
    detail : mapping
        What belongs to it: of a submission its checklist, simulation and difference; of a refusal the reason.
        ``decided`` is the last day that was decided when the step was taken.
    """

    strategy: str
    step: int
    version: str
    action: str
    actor: str
    detail: Mapping[str, Any]
    at: datetime


def read_steps(ledger: Ledger) -> dict[str, tuple[Step, ...]]:
    """Every strategy's steps in their order."""
    with ledger.reading() as connection:
        return _read(connection)


def read_closures(ledger: Ledger) -> dict[tuple[str, str], str]:
    """By strategy and version the JSON of everything it decides with."""
    return {(row.strategy, row.version): row.closure for row in ledger.read(sa.select(strategy_version))}


def append_step(
    ledger: Ledger,
    seen: Sequence[Step],
    *,
    strategy: str,
    version: str,
    action: str,
    actor: str,
    detail: Mapping[str, Any],
    closure: str | None = None,
) -> Step:
    """Add a step and its row in the audit, all at once or not at all.

    Parameters
    ----------
    ledger : Ledger
        Where to.
    seen : sequence of Step
        The strategy's steps that whoever acts has seen; when there are others by now nothing is written.
    closure : str
        What the version decides with; given with a version's first step.

    Raises
    ------
    OvertakenError
        Somebody acted meanwhile; the message says who, and what.
    ApprovalError
        Another definition has that version.
    """
    step = Step(strategy, len(seen) + 1, version, action, actor, detail, datetime.now())
    with ledger.transaction("approval") as connection:
        if closure is not None:
            _keep_version(connection, strategy, version, closure)
        return add_step(connection, step)


def add_step(connection: sa.Connection, step: Step) -> Step:
    """Add a step as part of a transaction; OvertakenError when it does not follow on the last one."""
    known = _read(connection, step.strategy).get(step.strategy, ())
    if len(known) != step.step - 1:
        raise OvertakenError(_overtaken(step.strategy, known))
    decided = connection.execute(
        sa.select(sa.func.max(run.c.as_of)).where(run.c.decisions_sha256.is_not(None))
    ).scalar_one()
    detail = {**step.detail, "decided": decided and decided.isoformat()}
    written = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    connection.execute(sa.insert(approval).values({**vars(step), "detail": written}))
    add_audit(
        connection, actor=step.actor, action=f"strategy {step.action}", subject=f"strategy {step.strategy}",
        detail={"step": step.step, "version": step.version},
    )  # fmt: skip
    return replace(step, detail=json.loads(written))


def people_in_flight(ledger: Ledger) -> dict[str, dict[str, int]]:
    """By strategy the versions that have people, and how many."""
    group = (enrolment.c.strategy, enrolment.c.version)
    counted = sa.select(*group, sa.func.count()).where(enrolment.c.state == "active").group_by(*group)
    found: dict[str, dict[str, int]] = {}
    for strategy, version, count in ledger.read(counted.order_by(*group)):
        found.setdefault(strategy, {})[version] = count
    return found


def _read(connection: sa.Connection, strategy: str | None = None) -> dict[str, tuple[Step, ...]]:
    statement = sa.select(approval).order_by(_a.strategy, _a.step)
    if strategy is not None:
        statement = statement.where(_a.strategy == strategy)
    found: dict[str, tuple[Step, ...]] = {}
    for row in connection.execute(statement):
        step = Step(**{**row._mapping, "detail": json.loads(row.detail)})
        found[step.strategy] = (*found.get(step.strategy, ()), step)
    return found


def _keep_version(connection: sa.Connection, strategy: str, version: str, closure: str) -> None:
    same = sa.select(_v.closure).where(_v.strategy == strategy, _v.version == version)
    kept = connection.execute(same).scalar_one_or_none()
    if kept is None:
        row = {"strategy": strategy, "version": version, "closure": closure}
        connection.execute(sa.insert(strategy_version).values(row))
    elif kept != closure:
        raise ApprovalError(
            f"Another definition of '{strategy}' is on record as version {version}, and nothing was changed. "
            "Change its title, so that it gets a version of its own, and submit it again."
        )


def _overtaken(strategy: str, known: Sequence[Step]) -> str:
    said = "it has no steps"
    if known:
        last = known[-1]
        said = f"version {last.version} was {last.action} by {last.actor} on {last.at:%Y-%m-%d %H:%M}"
    return (
        f"Somebody acted on '{strategy}' meanwhile, and nothing was changed: {said}. "
        f"Look again with: journeykit strategy show {strategy}"
    )
