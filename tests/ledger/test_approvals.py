"""Steps of strategies: only added, one at a time, each in the audit too."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from journeykit.errors import ApprovalError, LedgerError
from journeykit.ledger import Ledger, read_audit
from journeykit.ledger.approvals import append_step, read_closures, read_steps
from journeykit.ledger.tables import approval

CLOSURE = '{"strategy": {"name": "plan"}}'


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    address = sa.make_url(request.getfixturevalue("postgres"))
    name = f"approvals_{abs(hash(tmp_path))}"
    server = sa.create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()
    return address.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@pytest.fixture
def ledger(url: str):
    opened = Ledger.open(url)
    yield opened
    opened.close()


def submit(ledger: Ledger, seen=(), *, version="v1", closure: str | None = CLOSURE, actor="ann"):
    return append_step(
        ledger, seen, strategy="plan", version=version, action="submitted", actor=actor,
        detail={"purpose": "保住到期资金"}, closure=closure,
    )  # fmt: skip


def approve(ledger: Ledger, seen, actor: str):
    return append_step(ledger, seen, strategy="plan", version="v1", action="approved", actor=actor, detail={})


def test_a_step_is_kept_with_its_closure_and_in_the_audit(ledger):
    first = submit(ledger)
    second = approve(ledger, [first], "bob")
    assert read_steps(ledger) == {"plan": (first, second)}
    assert (first.step, second.step, first.detail) == (1, 2, {"purpose": "保住到期资金", "decided": None})
    assert read_closures(ledger) == {("plan", "v1"): CLOSURE}
    told = [(row["actor"], row["action"], row["subject"], json.loads(row["detail"])) for row in
            read_audit(ledger).to_pylist()]  # fmt: skip
    assert told == [
        ("ann", "strategy submitted", "strategy plan", {"step": 1, "version": "v1"}),
        ("bob", "strategy approved", "strategy plan", {"step": 2, "version": "v1"}),
    ]


def test_of_two_who_act_at_once_one_is_told_what_the_other_did(ledger, url):
    seen = [submit(ledger)]

    def act(actor: str) -> str:
        mine = Ledger.open(url)
        try:
            approve(mine, seen, actor)
        except ApprovalError as error:
            return str(error)
        finally:
            mine.close()
        return ""

    people = ["bob", "eve", "kim", "lee"]
    with ThreadPoolExecutor(len(people)) as pool:
        said = dict(zip(people, pool.map(act, people), strict=True))
    (winner,) = [actor for actor, words in said.items() if not words]
    assert [step.actor for step in read_steps(ledger)["plan"]] == ["ann", winner]
    for actor in set(people) - {winner}:
        assert "Somebody acted on 'plan' meanwhile, and nothing was changed" in said[actor]
        assert f"version v1 was approved by {winner}" in said[actor]
        assert "journeykit strategy show plan" in said[actor]
    assert len(read_audit(ledger)) == 2


def test_the_key_itself_refuses_a_second_step_of_that_number(ledger):
    step = submit(ledger)
    row = {**vars(step), "detail": "{}", "actor": "eve"}
    with pytest.raises(LedgerError), ledger.transaction("forged") as connection:
        connection.execute(sa.insert(approval).values(row))
    assert [one.actor for one in read_steps(ledger)["plan"]] == ["ann"]


def test_a_version_keeps_the_definition_it_was_submitted_with(ledger):
    seen = [submit(ledger)]
    with pytest.raises(ApprovalError, match="Another definition of 'plan' is on record as version v1"):
        submit(ledger, seen, closure='{"strategy": {"name": "plan", "title": "other"}}')
    assert read_closures(ledger) == {("plan", "v1"): CLOSURE}
    assert len(read_steps(ledger)["plan"]) == 1
    seen.append(submit(ledger, seen))
    assert [step.step for step in seen] == [1, 2]


def test_a_step_of_a_version_nobody_submitted_is_refused(ledger):
    seen = [submit(ledger)]
    with pytest.raises(LedgerError):
        submit(ledger, seen, version="v9", closure=None)
    assert len(read_steps(ledger)["plan"]) == len(read_audit(ledger)) == 1
