"""The message centre: whose leads it shows, and what it lets whom report of them."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta

import pytest

import journeykit as jk
from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.ledger import read_audit, read_contacts, read_receipts
from journeykit.widgets.message_centre import MessageCentre
from journeykit.workdays import next_working_day
from tests.widgets.decided import CONTACT_DATE, OPERATOR, decide, open_ledger


@pytest.fixture(scope="module")
def customers(built_workspace):
    """Every customer of the bank."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(built_workspace))
        with jk.connect() as mart:
            return mart.frame("customer").sort_values("customer_id")


@pytest.fixture(scope="module")
def managers(customers):
    """The managers with the most customers, and their customers' ids."""
    groups = customers.dropna(subset=["manager_id"]).groupby("manager_id")["customer_id"].agg(list)
    return dict(sorted(groups.items(), key=lambda one: -len(one[1])))


@pytest.fixture
def workspace(built_workspace, tmp_path, monkeypatch):
    """A workspace of one's own."""
    made = shutil.copytree(built_workspace, tmp_path / "workspace")
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(made))
    return made


@pytest.fixture
def leads(workspace, managers):
    """Two managers have one task each; a third customer, in charge of the first, gets a text message."""
    (first, ours), (second, theirs), *_ = managers.items()
    return decide(
        workspace,
        [(ours[0], "mobile_sales", first), (ours[1], "sms", None), (theirs[0], "mobile_sales", second)],
    )


def receipts(workspace) -> list[tuple[str, str]]:
    ledger = open_ledger(workspace)
    try:
        return [(row["lead_id"], row["outcome"]) for row in read_receipts(ledger).to_pylist()]
    finally:
        ledger.close()


def centre(managers, place: int = 0, **named) -> MessageCentre:
    return jk.MessageCentre(list(managers)[place], **{"language": "en", "as_": OPERATOR, **named})


def test_a_manager_sees_tasks_and_messages_to_customers_in_their_charge(browser, leads, managers):
    first, second = list(managers.values())[:2]
    ours, theirs = browser.shown(centre(managers)), browser.shown(centre(managers, 1))
    assert {lead["customer"] for lead in ours["leads"]} == {first[0], first[1]}
    assert {lead["customer"] for lead in theirs["leads"]} == {second[0]}
    assert ours["day"] == CONTACT_DATE.isoformat()


def test_a_branch_sees_its_customers_and_its_managers_leads(browser, leads, customers, managers):
    manager = next(iter(managers))
    mine = customers[customers["manager_id"] == manager]
    branch = mine["branch_id"].iloc[0]
    at_branch = set(customers[customers["branch_id"] == branch]["customer_id"]) & set(leads)
    with jk.connect() as mart:
        known = mart.frame("manager").set_index("manager_id")["branch_id"]
    by_managers = {
        customer
        for name, customer in zip(managers, (one[0] for one in managers.values()), strict=False)
        if known[name] == branch and customer in leads
    }
    shown = browser.shown(jk.MessageCentre(branch))["leads"]
    assert {lead["customer"] for lead in shown} == at_branch | by_managers


def test_a_lead_is_told_in_the_readers_words(browser, leads, managers):
    english = browser.shown(centre(managers))["leads"]
    chinese = browser.shown(centre(managers, language="zh"))["leads"]
    (task,) = [lead for lead in english if lead["manager"]]
    (same,) = [lead for lead in chinese if lead["manager"]]
    assert (task["channel"], same["channel"]) == ("manager's app", "移动营销")
    assert same["strategy"] == "理财到期承接"
    assert same["why"] == "理财一周内到期"
    assert [title for title, _ in task["facts"]] == ["Assets under management", "Holds a wealth product"]
    assert ["持有理财", "是"] in same["facts"]
    assert (task["status_word"], same["status_word"]) == ("delivered", "已送达")


def test_what_could_harm_a_customer_is_in_no_form(leads, managers):
    """The lead was decided by an age, among others; that is of class C3."""
    widget = centre(managers)
    told = json.dumps(widget.data()) + widget._static_html()
    assert "612,000.00" in told
    assert "66 years" not in told
    assert "Age" not in told


def test_leads_stay_readable_when_their_channel_is_retired(browser, workspace, leads, managers):
    (workspace / "scheduled" / "channels" / "mobile_sales.yaml").unlink()
    shown = browser.shown(centre(managers))["leads"]
    assert "manager's app" in {one["channel"] for one in shown}
    customer = next(one["customer"] for one in shown if one["manager"])
    with jk.connect() as mart:
        assert len(browser.shown(jk.CustomerView(customer, mart))["leads"]) == 1


def test_an_outcome_becomes_a_receipt_with_who_said_so(browser, workspace, leads, managers):
    widget, lead = centre(managers), leads[next(iter(managers.values()))[0]]
    browser.ask(widget, "report", lead=lead, outcome="answered")
    browser.ask(widget, "report", lead=lead, outcome="accepted")
    (shown,) = [one for one in browser.shown(widget)["leads"] if one["id"] == lead]
    assert shown["status"] == "accepted"
    assert [word for _, word in shown["outcomes"]] == ["reached", "accepted"]
    assert receipts(workspace) == [(lead, "answered"), (lead, "accepted")]
    ledger = open_ledger(workspace)
    audit = [row for row in read_audit(ledger).to_pylist() if row["action"] == "outcome reported"]
    assert [(row["actor"], row["subject"]) for row in audit] == [(OPERATOR, lead)] * 2
    assert json.loads(audit[1]["detail"]) == {"outcome": "accepted", "before": "answered"}
    # From then on it is what the bank knows of the contact, like any channel's receipt.
    said = max(row["occurred_at"] for row in read_receipts(ledger).to_pylist()).date()
    outcomes = {row["contact_id"]: row["outcome"] for row in read_contacts(ledger, said).to_pylist()}
    assert outcomes[f"lead-{lead}"] == "accepted"
    ledger.close()


@pytest.mark.parametrize(
    "refused",
    [
        (1, "accepted", "is no lead of"),
        (0, "thrilled", "Unknown outcome 'thrilled'"),
        (0, "'; DELETE FROM receipt; --", "Unknown outcome"),
    ],
)
def test_what_is_not_theirs_or_no_outcome_is_refused(browser, workspace, leads, managers, refused):
    whose, outcome, because = refused
    widget, lead = centre(managers), leads[list(managers.values())[whose][0]]
    answer = browser.say(widget, {"id": 7, "ask": "report", "with": {"lead": lead, "outcome": outcome}})
    assert answer["id"] == 7
    assert because in answer["error"]
    assert receipts(workspace) == []


def test_the_same_again_is_refused(browser, workspace, leads, managers):
    widget, lead = centre(managers), leads[next(iter(managers.values()))[0]]
    browser.ask(widget, "report", lead=lead, outcome="refused")
    again = browser.say(widget, {"id": 1, "ask": "report", "with": {"lead": lead, "outcome": "refused"}})
    assert "already" in again["error"]
    assert receipts(workspace) == [(lead, "refused")]


def test_a_lead_of_another_day_is_refused(browser, workspace, leads, managers):
    customer = next(iter(managers.values()))[2]
    later = decide(workspace, [(customer, "sms", None)], as_of=CONTACT_DATE)
    widget = centre(managers, day=CONTACT_DATE)
    said = {"id": 1, "ask": "report", "with": {"lead": later[customer], "outcome": "accepted"}}
    assert "no lead of" in browser.say(widget, said)["error"]
    browser.ask(widget, "show", day=next_working_day(CONTACT_DATE, "CN").isoformat())
    assert [lead["id"] for lead in browser.shown(widget)["leads"]] == [later[customer]]
    browser.ask(widget, "report", lead=later[customer], outcome="accepted")
    assert receipts(workspace) == [(later[customer], "accepted")]


def test_what_was_not_delivered_is_refused(browser, workspace, managers):
    customer = next(iter(managers.values()))[0]
    leads = decide(workspace, [(customer, "sms", None)], delivered=False)
    said = {"id": 1, "ask": "report", "with": {"lead": leads[customer], "outcome": "accepted"}}
    assert "pending" in browser.say(centre(managers), said)["error"]
    assert receipts(workspace) == []


@pytest.mark.parametrize("actor", ["", "analyst [demo]", "approver [demo]"])
def test_whoever_has_not_the_role_may_look_only(browser, workspace, leads, managers, actor):
    widget, lead = centre(managers, as_=actor), leads[next(iter(managers.values()))[0]]
    assert "operator" in browser.shown(widget)["barred"]
    assert "不能" in browser.shown(centre(managers, as_=actor, language="zh"))["barred"]
    said = {"id": 1, "ask": "report", "with": {"lead": lead, "outcome": "accepted"}}
    assert "may not report" in browser.say(widget, said)["error"]
    assert receipts(workspace) == []


def test_nobody_is_made_up_outside_a_demonstration(browser, workspace, leads, managers):
    settings = workspace / "journeykit.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("demo = true", "demo = false"))
    widget, lead = centre(managers), leads[next(iter(managers.values()))[0]]
    said = {"id": 1, "ask": "report", "with": {"lead": lead, "outcome": "accepted"}}
    assert "made up" in browser.say(widget, said)["error"]
    assert receipts(workspace) == []


@pytest.mark.parametrize(
    "content",
    [
        {"lead": 1, "outcome": "accepted"},
        {"lead": "x"},
        {"lead": "x", "outcome": "accepted", "actor": "head office"},
        {"lead": ["x"], "outcome": {"a": 1}},
    ],
)
def test_a_malformed_report_is_refused(browser, workspace, leads, managers, content):
    assert "report" in browser.say(centre(managers), {"id": 1, "ask": "report", "with": content})["error"]
    assert receipts(workspace) == []


def test_days_and_recipients_that_are_none_are_named(browser, workspace, managers):
    widget = centre(managers)
    assert widget.value is None
    assert widget.data()["leads"] == []
    assert "not a day" in browser.say(widget, {"id": 1, "ask": "show", "with": {"day": "soon"}})["error"]
    with pytest.raises(UnknownNameError, match="manager or branch 'M9'"):
        jk.MessageCentre("M9")
    for wrong in (5, True, datetime(2026, 6, 3, 10)):
        with pytest.raises(DefinitionError, match="no day"):
            widget.value = wrong
        assert widget.value is None


def test_python_and_the_static_form_follow(browser, leads, managers):
    widget = centre(managers)
    lead = widget.data()["leads"][0]
    assert lead["customer"] in widget._static_html()
    widget.value = CONTACT_DATE + timedelta(days=7)
    assert browser.shown(widget)["leads"] == []
    assert lead["customer"] not in widget._static_html()
