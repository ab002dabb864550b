"""After one real morning: every promise about its leads, counted again from the bank's own files."""

import csv
import hashlib
import json
from collections import Counter
from datetime import date

import openpyxl
import pandas as pd
import pytest

from journeykit.ledger import read_accounts, read_drops, read_enrolments, read_leads
from journeykit.vault import mask_name

AS_OF, CONTACT_DATE = date(2026, 5, 29), date(2026, 6, 1)
PERMANENT = {
    "no_consent",
    "refused_automated",
    "unsuitable",
    "offer_expired",
    "no_contact_data",
    "no_manager",
}
TEMPORARY = {"manager_capacity", "channel_capacity", "better_offer", "contacted_today"}


@pytest.fixture(scope="module")
def journey(morning):
    return morning.journey


@pytest.fixture(scope="module")
def facts(journey):
    return journey.facts(AS_OF)


@pytest.fixture(scope="module")
def decisions(journey):
    return journey.decisions(AS_OF)


@pytest.fixture(scope="module")
def leads(journey):
    with journey.ledger() as ledger:
        return read_leads(ledger).to_pandas()


def test_enough_happened_to_mean_anything(decisions, leads):
    assert len(leads) > 100
    assert set(leads["channel"]) == {"sms", "outbound_call", "app_push", "mobile_sales"}
    assert leads["strategy"].nunique() >= 5
    assert {"no_consent", "refused_automated", "unsuitable", "no_contact_data"} < set(decisions["reason"])
    assert {"better_offer", "manager_capacity", "channel_capacity"} < set(decisions["reason"])


def test_candidates_are_leads_and_drops(journey, decisions, leads):
    with journey.ledger() as ledger:
        run_id = journey.plan(AS_OF).run_id
        accounts, drops = read_accounts(ledger, run_id), read_drops(ledger, run_id).to_pylist()
    dropped = decisions[decisions["decision"] == "drop"]
    assert len(decisions) == len(leads) + len(dropped)
    assert (accounts.candidates, accounts.leads, accounts.drops) == (len(decisions), len(leads), len(dropped))
    counted = Counter(zip(dropped["strategy"], dropped["node"], dropped["reason"], strict=True))
    assert counted == {(one["strategy"], one["node"], one["reason"]): one["count"] for one in drops}
    decided = decisions[decisions["decision"] == "lead"]
    keys = ["strategy", "node", "customer_id", "channel", "offer"]
    assert sorted(decided[keys].itertuples(index=False)) == sorted(leads[keys].itertuples(index=False))


def test_every_drop_has_one_known_reason_and_no_lead_has_any(decisions):
    dropped = decisions["decision"] == "drop"
    assert set(decisions.loc[dropped, "reason"]) <= PERMANENT | TEMPORARY
    assert decisions.loc[~dropped, "reason"].isna().all()
    assert not decisions.duplicated(["strategy", "node", "customer_id"]).any()


def test_who_may_be_contacted_is_what_the_banks_files_say(decisions, facts):
    """Each candidate by itself: the permanent reason is ours, and the others have none."""
    for row in decisions.itertuples():
        reason = row.reason if isinstance(row.reason, str) else None
        expected = facts.obstacle(row.customer_id, row.channel, row.offer)
        assert (reason if reason in PERMANENT else None) == expected, row


def test_no_lead_without_consent_suitability_or_from_a_control_group(leads, facts):
    for row in leads.itertuples():
        assert facts.consents(row.customer_id, row.channel)
        assert not facts.refuses_automation(row.customer_id, row.channel)
        assert facts.suits(row.customer_id, row.offer)
        assert not facts.is_control(row.strategy, row.customer_id)


def test_the_control_group_is_enrolled_and_never_a_candidate(journey, decisions, facts):
    with journey.ledger() as ledger:
        enrolled = read_enrolments(ledger).to_pylist()
    for row in enrolled:
        assert (row["arm"] == "control") == facts.is_control(row["strategy"], row["customer_id"])
    controls = {(row["strategy"], row["customer_id"]) for row in enrolled if row["arm"] == "control"}
    assert controls
    assert controls.isdisjoint(zip(decisions["strategy"], decisions["customer_id"], strict=True))


def test_capacities_hold(leads, facts):
    for manager, count in leads["manager_id"].value_counts().items():
        assert facts.managers[manager]["on_duty"]
        assert count <= facts.managers[manager]["daily_capacity"]
    for channel, count in leads["channel"].value_counts().items():
        assert count <= (facts.channels[channel]["daily_capacity"] or len(leads))
    for row in leads[leads["channel"] == "mobile_sales"].itertuples():
        assert row.manager_id == facts.customers[row.customer_id]["manager_id"]


def test_a_customer_gets_the_best_offer_he_can_get(decisions, leads):
    """Nobody is dropped for a better offer without a lead worth at least as much."""
    assert not leads.duplicated(["customer_id", "contact_date"]).any()
    assert set(leads["contact_date"]) == {CONTACT_DATE}
    won = leads.set_index("customer_id")["expected_value"]
    for row in decisions[decisions["reason"] == "better_offer"].itertuples():
        assert won[row.customer_id] >= row.expected_value


def test_nobody_is_dropped_for_a_capacity_that_has_room(decisions, leads, facts):
    used = Counter(leads["manager_id"].dropna())
    for row in decisions[decisions["reason"] == "manager_capacity"].itertuples():
        manager = facts.managers[facts.customers[row.customer_id]["manager_id"]]
        full = used[facts.customers[row.customer_id]["manager_id"]] == manager["daily_capacity"]
        assert full or not manager["on_duty"]
    sent = Counter(leads["channel"])
    for channel in decisions.loc[decisions["reason"] == "channel_capacity", "channel"].unique():
        assert sent[channel] == facts.channels[channel]["daily_capacity"]


def test_leads_are_delivered_failed_or_pending(journey, leads):
    with journey.ledger() as ledger:
        accounts = read_accounts(ledger, journey.plan(AS_OF).run_id)
    states = Counter(leads["delivery"])
    assert len(leads) == states["delivered"] + states["failed"] + states["pending"]
    assert (accounts.delivered, accounts.failed, accounts.pending) == (len(leads), 0, 0)


def _rows(path):
    """The cells of a channel file below its heading."""
    if path.suffix == ".csv":
        text = path.read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(text.decode("utf-8-sig").splitlines()))[1:]
    (sheet,) = openpyxl.load_workbook(path, read_only=True).worksheets
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_files_hold_exactly_the_delivered_leads(journey, leads):
    for channel, ours in leads.groupby("channel"):
        (manifest_path,) = (journey.var / "outbox" / channel / str(CONTACT_DATE)).glob("*/manifest.json")
        folder, manifest = manifest_path.parent, json.loads(manifest_path.read_text("utf-8"))
        assert {path.name for path in folder.iterdir()} == {f["file"] for f in manifest["files"]} | {
            "manifest.json"
        }
        for file in manifest["files"]:
            assert hashlib.sha256((folder / file["file"]).read_bytes()).hexdigest() == file["sha256"]
        lists = [file for file in manifest["files"] if file["file"] != "index.csv"]
        rows = [row for file in lists for row in _rows(folder / file["file"])]
        found = [cell for row in rows for cell in row if cell in set(ours["lead_id"])]
        assert sorted(found) == sorted(ours["lead_id"])
        assert len(rows) == len(ours) == manifest["leads"] == manifest["delivered"]
        assert [file["leads"] for file in lists] == [len(_rows(folder / file["file"])) for file in lists]


def test_work_lists_go_to_their_own_manager_and_show_masked_names(journey, leads, facts):
    ours = leads[leads["channel"] == "mobile_sales"].set_index("lead_id")
    (folder,) = (journey.var / "outbox" / "mobile_sales" / str(CONTACT_DATE)).iterdir()
    assert {path.stem for path in folder.glob("*.xlsx")} == set(ours["manager_id"])
    for path in folder.glob("*.xlsx"):
        for row in _rows(path):
            (lead_id,) = set(row) & set(ours.index)
            assert ours.loc[lead_id, "manager_id"] == path.stem
            assert row[0] == mask_name(facts.details[ours.loc[lead_id, "customer_id"]]["name"])


def test_channels_get_the_one_detail_they_need(journey, leads, facts):
    for channel in ("sms", "app_push", "outbound_call"):
        needs = facts.channels[channel]["needs"]
        (path,) = (journey.var / "outbox" / channel / str(CONTACT_DATE)).glob(f"*/{channel}.*")
        whose = leads[leads["channel"] == channel].set_index("lead_id")["customer_id"]
        for row in _rows(path):
            own = facts.details[whose[row[0]]]
            assert own[needs] in row
            others = {own[field] for field in own if field != needs}
            assert others.isdisjoint(row)


def test_leads_and_tags_are_listed_as_json(journey, leads):
    done = journey.command("leads", "list", "--json")
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)["leads"]
    needed = {"lead_id", "customer_id", "strategy", "channel", "manager_id", "as_of", "contact_date"}
    assert all(needed <= set(row) for row in listed)
    assert {row["lead_id"] for row in listed} == set(leads["lead_id"])
    assert {(row["as_of"], row["contact_date"]) for row in listed} == {("2026-05-29", "2026-06-01")}
    done = journey.command("tags", "list", "--json")
    tags = json.loads(done.stdout)["tags"]
    assert len(tags) >= 60
    assert all({"name", "title", "title_zh"} <= set(row) and row["title_zh"] for row in tags)
    assert len({row["name"] for row in tags}) == len(tags)


def test_nobody_is_offered_what_he_has(journey, leads):
    """Spot checks of segments against the bank's own files, by pandas alone."""
    holding = journey.read("holding")
    running = holding[holding["closed_on"].isna() & (holding["role"] == "owner")]
    owns = {line: set(rows["customer_id"]) for line, rows in running.groupby("line")}
    whose = {strategy: set(rows["customer_id"]) for strategy, rows in leads.groupby("strategy")}
    for strategy, line in {"idle_inflow": "wealth", "new_payroll": "wealth", "loan_interest": "loan"}.items():
        assert owns[line].isdisjoint(whose.get(strategy, set()))
    drawn = running[(running["line"] == "loan") & (running["used"] > 0)]
    assert whose["unused_credit"]
    assert whose["unused_credit"].isdisjoint(drawn["customer_id"])
    wealth = running[running["line"] == "wealth"]
    days = (pd.to_datetime(wealth["matures_on"]) - pd.Timestamp(AS_OF)).dt.days
    assert whose.get("wealth_maturing", set()) <= set(wealth.loc[days.between(0, 7), "customer_id"])
