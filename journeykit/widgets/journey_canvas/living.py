"""What the canvas knows of a strategy on record: its live version, and the people in it today."""

from __future__ import annotations

import sqlalchemy as sa

from journeykit.errors import UnknownNameError
from journeykit.i18n import in_language, label
from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import enrolment, lead
from journeykit.mart.mart import Mart
from journeykit.strategies.approval import Life
from journeykit.strategies.differences import Change, diff
from journeykit.strategies.graph import Strategy
from journeykit.strategies.history import told_state
from journeykit.widgets.asking import Json
from journeykit.workspace.desk import Desk


def life_of(desk: Desk, name: str) -> Life:
    """Where a strategy stands; one that nobody has submitted or saved stands nowhere yet."""
    try:
        return desk.life(name)
    except UnknownNameError:
        return Life(name)


def live_strategy(desk: Desk, name: str) -> Strategy | None:
    """The version that runs; None when none does."""
    runs = life_of(desk, name).runs
    return desk.gate.stored(name, runs).strategy if runs else None


def living(strategy: Strategy, mart: Mart, language: str) -> Json:
    """What differs from the live version, node by node, and who is in the strategy today."""
    with Desk.open() as desk:
        life = life_of(desk, strategy.name)
        if not life.concerned:
            return {"version": "", "state": "", "changes": [], "people": {}, "leads": {}}
        state = told_state(life, life.concerned, desk.history(strategy.name).people)
        before = desk.gate.stored(strategy.name, life.concerned).strategy
        return {
            "version": life.concerned,
            "state": label(f"approval.{state}", language),
            "changes": [_change(one, language) for one in diff(before, strategy, mart.tags).changes],
            "people": _people(desk.ledger, strategy.name),
            "leads": _leads(desk.ledger, strategy.name, mart),
        }


def _change(change: Change, language: str) -> Json:
    text = in_language(language, change.text, change.text_zh)
    return {"kind": change.kind, "what": change.what, "name": change.name, "text": text}


def _people(ledger: Ledger, name: str) -> dict[str, int]:
    """How many stand at each node; the control group at ``control``."""
    count = sa.select(enrolment.c.node, sa.func.count().label("people"))
    return _counted(
        ledger, count.where(enrolment.c.strategy == name, enrolment.c.state == "active"), enrolment.c.node
    )


def _leads(ledger: Ledger, name: str, mart: Mart) -> dict[str, int]:
    """How many leads of today each node has made."""
    count = sa.select(lead.c.node, sa.func.count().label("people"))
    ours = (lead.c.strategy == name) & (lead.c.contact_date == mart.contact_date)
    return _counted(ledger, count.where(ours), lead.c.node)


def _counted(ledger: Ledger, statement: sa.Select, node: sa.ColumnElement[str]) -> dict[str, int]:
    rows = ledger.read_arrow(statement.group_by(node)).to_pylist()
    return {row["node"]: row["people"] for row in rows}
