"""A Dutch bank's loan applications: the published numbers of each state are counted by tags."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest

from journeykit.expressions import column
from journeykit.tags import LIBRARY, Aggregate, Catalogue, Tag
from journeykit.tags.backfilling import backfill

PUBLISHED = {
    "preaccepted": 7_367,
    "accepted": 5_113,
    "finalised": 5_015,
    "approved": 2_246,
    "declined": 7_635,
    "cancelled": 2_807,
}
CALLS = ("W_Nabellen offertes", "W_Nabellen incomplete dossiers")


def _is(state: str) -> Tag:
    where = (column("measure") == state).node
    compute = Aggregate(subject="external", function="exists", where=where)
    return Tag(name=f"is_{state}", title=state, type="boolean", compute=compute)


def _did(name: str, action: str, **rest) -> Tag:
    compute = Aggregate(subject="event", function="count", where=(column("action") == action).node, **rest)
    return Tag(name=name, title=name, type="integer", compute=compute)


OWN = (
    _did("submitted", "submit"),
    _did("submitted_30d", "submit", within_days=30),
    _did("sent_back", "apply"),
    Tag(name="calls", title="calls", type="integer", compute=Aggregate(subject="contact", function="count")),
    *map(_is, PUBLISHED),
)


@pytest.fixture(scope="module")
def built(bpic2012):
    catalogue, build = bpic2012.build([*OWN, *LIBRARY])
    with bpic2012.open(catalogue, build) as mart:
        yield mart, build


@pytest.fixture(scope="module")
def tags(built):
    return built[0].sql("SELECT * FROM built.snapshot").set_index("customer_id")


def _counted(rows, upto: date, *activities: str, days: int = 10_000) -> Counter[str]:
    """Completed activities by application, by plain reading of the file."""
    found: Counter[str] = Counter()
    for row in rows:
        age = (upto - datetime.fromisoformat(row["ts"]).date()).days
        if row["activity"] in activities and row["lifecycle"] == "COMPLETE" and 0 <= age < days:
            found[row["case"]] += 1
    return found


def test_it_loads_without_a_finding(bpic2012):
    assert bpic2012.findings == []


def test_the_published_numbers_are_counted_by_tags(tags):
    assert len(tags) == tags["submitted"].sum() == 13_087
    assert {state: int(tags[f"is_{state}"].sum()) for state in PUBLISHED} == PUBLISHED
    assert tags["holds_loan"].sum() == PUBLISHED["approved"]


def test_tags_of_each_application_are_those_of_the_file(bpic2012, tags):
    day = bpic2012.manifest.as_of
    expected = {
        "submitted_30d": _counted(bpic2012.rows, day, "A_SUBMITTED", days=30),
        "sent_back": _counted(bpic2012.rows, day, "O_SENT_BACK"),
        "calls": _counted(bpic2012.rows, day, *CALLS),
        "contacts_30d": _counted(bpic2012.rows, day, *CALLS, days=30),
    }
    for name, counts in expected.items():
        assert tags[name].to_dict() == {case: counts[case] for case in tags.index}, name


def test_every_other_tag_names_what_the_file_lacks(bpic2012, built):
    _, build = built
    lacking = build.plan.unavailable
    assert {tag.name for tag in build.plan.tags} | set(lacking) == {tag.name for tag in (*OWN, *LIBRARY)}
    for name, missing in lacking.items():
        if not missing.startswith("model "):
            subject, _, missed = missing.partition(".")
            assert bpic2012.manifest.why_absent(subject, missed), (name, missing)
    assert lacking["region_kind"] == "customer.region_kind"
    assert lacking["deposit_balance"].startswith("holding.")


def test_a_past_day_is_seen_from_the_load(bpic2012):
    """As of the year's last working day: what came later is not counted."""
    day = date(2011, 12, 30)
    catalogue = Catalogue(OWN)
    (done,) = backfill(
        bpic2012.store, catalogue, day, day, bpic2012.country, memory_limit="800MB", threads=2
    ).days
    with bpic2012.open(catalogue, done.build) as mart:
        tags = mart.sql("SELECT * FROM built.snapshot").set_index("customer_id")
    then = _counted(bpic2012.rows, day, "A_SUBMITTED")
    assert set(tags.index) == set(then)
    assert tags["submitted"].sum() == len(then) < 13_087
    assert tags["is_approved"].sum() == _counted(bpic2012.rows, day, "A_APPROVED").total()
    assert tags["calls"].sum() == _counted(bpic2012.rows, day, *CALLS).total()
    assert done.row()["from_load"] == "of 2012-03-14"
