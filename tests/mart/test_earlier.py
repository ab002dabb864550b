"""A load seen on an earlier day: nothing of a later one shows, and what nobody kept is missing."""

from __future__ import annotations

from datetime import date

import pytest

from journeykit.contract import SUBJECTS
from journeykit.dialects import attach_new, detach, native, open_embedded
from journeykit.errors import DataError, DefinitionError
from journeykit.expressions import tag
from journeykit.mart.earlier import known_only_today, see_earlier
from journeykit.mart.mart import Mart

DAY, EARLIER = date(2026, 5, 29), date(2026, 4, 30)


@pytest.fixture
def manifest(bank):
    """What is loaded on a Friday in May: two customers, one of them since the week before."""
    bank.rows["customer"][1]["since"] = "2026-05-22"
    for row, amount in zip(bank.rows["holding"], ("10", "20"), strict=True):
        row["amount"] = amount
    bank.rows["holding"][1] |= {"opened_on": "2026-04-30", "closed_on": "2026-05-04"}
    return bank.load()


def test_the_same_day_changes_nothing(manifest):
    assert see_earlier(manifest, DAY) is manifest


def test_a_later_day_is_refused_with_the_command(manifest):
    with pytest.raises(DataError, match="journeykit mart load --as-of 2026-06-01"):
        see_earlier(manifest, date(2026, 6, 1))


def test_files_of_later_months_are_left_out(manifest):
    assert [file.partition for file in manifest.of("txn")] == ["2026-04", "2026-05"]
    earlier = see_earlier(manifest, EARLIER)
    assert [file.partition for file in earlier.of("txn")] == ["2026-04"]
    assert earlier.of("customer") == manifest.of("customer")
    assert (earlier.as_of, earlier.shown_on) == (EARLIER, DAY)
    assert earlier.load_id != manifest.load_id


def test_rows_that_came_later_are_not_there_and_ends_are_not_known(bank, manifest):
    with bank.open(see_earlier(manifest, EARLIER)) as mart:
        assert mart.frame("customer", ["customer_id"])["customer_id"].to_list() == ["C1"]
        assert mart.frame("txn", ["txn_id"])["txn_id"].to_list() == ["T1"]
        holdings = mart.frame("holding", ["holding_id", "closed_on"])
    assert holdings["holding_id"].to_list() == ["H1", "H2"]
    assert holdings["closed_on"].isna().all()


def test_what_was_booked_later_is_not_seen_on_an_earlier_day(bank):
    """Of four transactions of one day one was booked on it, two after it, and of one nobody noted when."""
    booked = {"T1": "2026-04-30 23:59:59", "T2": "2026-05-01 00:00:00", "T3": "2026-05-04 09:00:00", "T4": ""}
    bank.rows["txn"] = [
        {**bank.rows["txn"][0], "txn_id": name, "occurred_at": "2026-04-30 12:00:00", "recorded_at": at}
        for name, at in booked.items()
    ]
    manifest = bank.load()
    for day, seen in ((EARLIER, ["T1", "T4"]), (date(2026, 5, 1), ["T1", "T2", "T4"]), (DAY, list(booked))):
        with bank.open(see_earlier(manifest, day)) as mart:
            assert sorted(mart.frame("txn", ["txn_id"])["txn_id"]) == seen


def test_a_load_of_the_day_itself_shows_whatever_it_brought(bank):
    bank.rows["txn"][1]["recorded_at"] = "2026-06-02 08:00:00"
    with bank.open(bank.load()) as mart:
        assert sorted(mart.frame("txn", ["txn_id"])["txn_id"]) == ["T1", "T2"]


def test_what_is_known_only_today_reads_as_missing(bank, manifest):
    with bank.open(manifest) as mart:
        assert mart.frame("holding")["amount"].notna().all()
    with bank.open(see_earlier(manifest, EARLIER)) as mart:
        customers, holdings = mart.frame("customer"), mart.frame("holding")
        assert mart.sql("SELECT count(amount) AS n FROM holding")["n"].to_list() == [0]
        assert mart.sql("SELECT count(kind) AS n FROM customer")["n"].to_list() == [0]
        assert mart.describe("holding").to_frame().set_index("column").loc["amount", "absent because"] == (
            "known only as it is on 2026-05-29"
        )
    assert customers.dropna(axis=1).columns.to_list() == ["customer_id", "since"]
    assert holdings["amount"].isna().all()
    assert holdings["line"].notna().all()


def test_asking_for_it_by_name_is_an_error_that_says_why(bank, manifest):
    with bank.open(see_earlier(manifest, EARLIER)) as mart:
        with pytest.raises(DataError, match=r"holding\.amount as of 2026-04-30.*known only.*2026-05-29"):
            mart.frame("holding", ["holding_id", "amount"])
        assert mart.frame("holding", ["rate"])["rate"].isna().all(), "the bank never had it, on any day"


def test_a_tag_that_needs_it_says_why(bank, manifest):
    earlier = see_earlier(manifest, EARLIER)
    path = bank.store.snapshot_path(EARLIER, "b1")
    path.parent.mkdir(parents=True)
    with open_embedded(memory_limit="100MB", threads=1) as connection:
        attach_new(connection, path, "made")
        engine = native(connection)
        engine.execute("CREATE TABLE made.snapshot AS SELECT 'C1' AS customer_id")
        engine.execute(
            "CREATE TABLE made.unavailable AS SELECT * FROM (VALUES ('worth', 'holding.amount'), "
            "('yield', 'holding.rate')) AS t(name, missing)"
        )
        engine.execute("CREATE TABLE made.build AS SELECT 'load_id' AS key, ? AS value", [earlier.load_id])
        detach(connection, "made")
    with Mart(bank.store, earlier, "b1", country="CN", memory_limit="200MB", threads=1) as mart:
        with pytest.raises(DefinitionError, match=r"no holding\.amount.*known only as it is on 2026-05-29"):
            mart.count(tag("worth") > 1)
        with pytest.raises(DefinitionError, match=r"no holding\.rate\. Use another tag, or map it"):
            mart.count(tag("yield") > 1)


def test_an_assumption_lets_current_values_stand_for_the_past(bank):
    bank.top = {"assumptions": [{"name": "steady", "text": "Balances hardly move."}]}
    bank.rows["holding"][0]["amount"] = "10"
    bank.rows["holding"][1]["amount"] = "20"
    bank.options["holding"] = {"assumption": "steady"}
    manifest = bank.load()
    assert manifest.assumed == ("holding",)
    earlier = see_earlier(manifest, EARLIER)
    assert not earlier.is_absent("holding", "amount")
    assert earlier.is_absent("customer", "kind")
    with bank.open(earlier) as mart:
        assert mart.frame("holding", ["amount"])["amount"].notna().all()


def test_seen_earlier_twice_is_seen_earlier_once(manifest):
    between = date(2026, 5, 8)
    assert see_earlier(see_earlier(manifest, between), EARLIER) == see_earlier(manifest, EARLIER)


def test_a_column_declared_absent_reads_as_missing_although_a_file_has_it(bank, manifest):
    absent = (*manifest.absent, manifest.absent[0].model_copy(update={"subject": "txn", "column": "kind"}))
    with bank.open(manifest.model_copy(update={"absent": absent})) as mart:
        assert mart.frame("txn")["kind"].isna().all()
        assert mart.frame("txn")["amount"].notna().all()


def test_keys_and_beginnings_are_known_for_ever():
    for name, declared in SUBJECTS.items():
        today = set(known_only_today(declared))
        assert not today & {*declared.key, declared.at, declared.until}, name
