"""Segments of two real banks, and what pandas finds in the banks' own files."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from journeykit.expressions import as_of, column, days, days_between, did, sequence, start_of, tag
from journeykit.mart.loading import load_sources
from journeykit.mart.mapping import read_mapping
from journeykit.mart.mart import Mart
from journeykit.mart.store import MartStore
from journeykit.settings import load_settings
from journeykit.tags import LIBRARY, Catalogue, build_tags

EXAMPLE = Path(__file__).resolve().parents[2] / "journeykit" / "examples" / "berka"
LIMITS = {"memory_limit": "800MB", "threads": 2}
FUNNEL = {"preaccepted": 7_367, "accepted": 5_113, "finalised": 5_015, "approved": 2_246}
STATES = {"preaccepted": "A_PREACCEPTED", "accepted": "A_ACCEPTED", "finalised": "A_FINALIZED",
          "approved": "A_APPROVED"}  # fmt: skip
PURPOSES = ["UROK", "SANKC. UROK", "SLUZBY", "UVER"]
CALLS = ["W_Nabellen offertes", "W_Nabellen incomplete dossiers"]


@pytest.fixture(scope="module")
def applications(bpic2012):
    catalogue, build = bpic2012.build([one for one in LIBRARY if one.name in ("kind", "tenure_days")])
    with bpic2012.open(catalogue, build) as mart:
        yield mart


@pytest.fixture(scope="module")
def steps(bpic2012):
    """Completed activities: application, activity, time."""
    frame = pd.DataFrame(bpic2012.rows)
    frame = frame[frame["lifecycle"] == "COMPLETE"]
    return frame.assign(at=pd.to_datetime(frame["ts"].str[:23]))[["case", "activity", "at"]]


def _then(before: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """The earliest row of each application after a time of its own."""
    later = rows.merge(before.rename("before"), left_on="case", right_index=True)
    return later[later["at"] > later["before"]].groupby("case")["at"].min()


def test_the_published_funnel_is_a_sequence(applications, steps):
    """Submitted, then preaccepted, accepted, finalised and approved, one after the other."""
    path = [did("submit")]
    reached = steps[steps["activity"] == "A_SUBMITTED"].groupby("case")["at"].min()
    for state, published in FUNNEL.items():
        path.append(did("visit", object=state))
        reached = _then(reached, steps[steps["activity"] == STATES[state]])
        ids = applications.ids(sequence(*path))
        assert len(ids) == published
        assert ids == sorted(reached.index)
    assert applications.count(sequence(*reversed(path))) == 0


def test_called_twice_in_two_weeks_and_no_word_for_a_week(applications, bpic2012, steps):
    """After an offer came back; every such application is judged row by row."""
    segment = sequence(
        did("apply"), did("contact", channel="outbound_call").at_least(2).within(days=14)
    ).without(did("click"), days=7)
    last = bpic2012.manifest.as_of
    expected = []
    asked = steps.loc[steps["activity"] == "O_SENT_BACK", "case"]
    for case, rows in steps[steps["case"].isin(asked)].groupby("case"):
        back = rows.loc[rows["activity"] == "O_SENT_BACK", "at"]
        # A contact is of a day, and a day begins at midnight.
        calls = sorted(rows.loc[rows["activity"].isin(CALLS), "at"].dt.normalize())
        accepted = rows.loc[rows["activity"] == "O_ACCEPTED", "at"]
        ends = [
            end
            for begin in back
            for end in [one for one in calls if one > begin][1:]
            if (end.normalize() - begin.normalize()).days < 14
        ]
        if any(
            end.date() + timedelta(days=6) <= last
            and not ((accepted > end) & (accepted < end + timedelta(days=7))).any()
            for end in ends
        ):
            expected.append(case)
    assert len(expected) > 100
    assert applications.ids(segment) == sorted(expected)
    assert applications.ids(~segment) == sorted(set(steps["case"]) - set(expected))


def test_each_week_and_first_and_last_times(applications, bpic2012, steps):
    last = bpic2012.manifest.as_of
    calls = steps[steps["activity"].isin(CALLS)].assign(
        ago=lambda rows: (pd.Timestamp(last) - rows["at"].dt.normalize()).dt.days
    )
    weekly = calls[calls["ago"].between(0, 20)]
    weeks = weekly.assign(week=weekly["ago"] // 7).groupby("case")["week"].nunique()
    segment = did("contact").in_each(days=7).within(days=21)
    assert applications.ids(segment) == sorted(weeks[weeks == 3].index)
    first = steps[steps["activity"] == "A_PREACCEPTED"].groupby("case")["at"].min()
    since = pd.Timestamp(2012, 2, 1)
    assert applications.ids(did("visit", object="preaccepted").first_time() >= since) == sorted(
        first[first >= since].index
    )
    counts = calls.groupby("case").size()
    assert applications.ids(did("contact").count() > 10) == sorted(counts[counts > 10].index)


@pytest.fixture(scope="module")
def czech(tmp_path_factory, berka_data):
    folder = tmp_path_factory.mktemp("berka")
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    (folder / "data").symlink_to(berka_data)
    settings, day = load_settings(folder), date(1994, 3, 30)
    mapping, store = read_mapping(folder / settings.mart.mapping), MartStore(settings.var / "mart")
    manifest = load_sources(store, mapping, mapping.root_for(folder, day), day, "CZ", **LIMITS)
    catalogue = Catalogue([one for one in LIBRARY if one.name == "age"])
    build = build_tags(store, catalogue, day, **LIMITS)
    with Mart(store, manifest, build.build_id, country="CZ", tags=catalogue, **LIMITS) as mart:
        yield mart


def test_money_and_habits_of_the_czech_bank(czech, berka_data):
    """Much cash out this month, income in each of three, grown up, and known for a while."""
    day = date(1994, 3, 30)
    segment = (
        (did("txn", direction="out", kind="cash").within(days=30).sum("amount") > 20_000)
        & did("txn", column("amount") >= 3_000, direction="in").in_each(days=30).within(days=90)
        & (tag("age") >= 30)
        & (did("txn").first_time() < datetime(1993, 12, 1))
    )
    disp = pd.read_csv(berka_data / "disp.asc", sep=";", dtype=str)
    owner = disp[disp["type"] == "OWNER"].set_index("account_id")["client_id"]
    txn = pd.read_csv(berka_data / "trans.asc", sep=";", dtype=str)
    txn = txn.assign(
        who=txn["account_id"].map(owner),
        day=pd.to_datetime("19" + txn["date"].str[:6]),
        amount=txn["amount"].astype(float),
        cash=txn["operation"].isin(["VYBER", "VYBER KARTOU", "VKLAD"]) & ~txn["k_symbol"].isin(PURPOSES),
    )
    txn = txn[txn["day"] <= pd.Timestamp(day)]
    txn["ago"] = (pd.Timestamp(day) - txn["day"]).dt.days
    out = txn["type"].isin(["VYDAJ", "VYBER"])
    spent = txn[out & txn["cash"] & (txn["ago"] < 30)].groupby("who")["amount"].sum()
    large = txn[~out & (txn["amount"] >= 3_000) & (txn["ago"] < 90)]
    months = large.assign(month=large["ago"] // 30).groupby("who")["month"].nunique()
    first = txn.groupby("who")["day"].min()
    client = pd.read_csv(berka_data / "client.asc", sep=";", dtype=str)
    month = client["birth_number"].str[2:4].astype(int)
    born = "19" + client["birth_number"].str[:2] + month.mod(50).astype(str).str.zfill(2)
    born = pd.to_datetime(born + client["birth_number"].str[4:6])
    grown = client.loc[born <= pd.Timestamp(day) - pd.DateOffset(years=30), "client_id"]
    expected = (
        set(spent[spent > 20_000].index) & set(months[months == 3].index)
        & set(first[first < pd.Timestamp(1993, 12, 1)].index) & set(grown)
    )  # fmt: skip
    assert len(expected) > 20
    assert czech.ids(segment) == sorted(expected)


def test_relative_days_of_the_czech_bank(czech, berka_data):
    """Cash went out last in the month before, and first in an earlier quarter than that."""
    outgoing = did("txn", direction="out")
    month = start_of("month", as_of())
    last, first = outgoing.last_time(), outgoing.first_time()
    segment = (
        (days_between(last, month) > 0)
        & (start_of("month", last) == start_of("month", month - days(1)))
        & (start_of("quarter", first) < start_of("quarter", last))
    )
    disp = pd.read_csv(berka_data / "disp.asc", sep=";", dtype=str)
    owner = disp[disp["type"] == "OWNER"].set_index("account_id")["client_id"]
    txn = pd.read_csv(berka_data / "trans.asc", sep=";", dtype=str)
    day = pd.to_datetime("19" + txn["date"].str[:6])
    out = txn["type"].isin(["VYDAJ", "VYBER"]) & (day <= "1994-03-30")
    found = day[out].groupby(txn["account_id"].map(owner)).agg(["min", "max"])
    february = found["max"].between("1994-02-01", "1994-02-28")
    expected = sorted(found[february & (found["min"] < "1994-01-01")].index)
    assert expected
    assert czech.ids(segment) == expected
