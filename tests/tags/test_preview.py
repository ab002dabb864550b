"""A preview shows what the build will give, and refuses what cannot be built."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from journeykit.errors import DataError, DefinitionError, UnknownNameError
from journeykit.expressions import column, date_part, tag
from journeykit.mart.manifest import Absence
from journeykit.mart.mart import Mart
from journeykit.tags import (
    LIBRARY,
    Aggregate,
    Catalogue,
    Formula,
    Ranking,
    Score,
    Tag,
    build_tags,
    load_catalogue,
    read_tags,
)
from journeykit.tags.distribution import distribution

AS_OF = date(2026, 5, 29)
OWN = (
    Tag(
        name="app_nights", title="Log-ins at night", type="integer", unit="times",
        compute=Aggregate(
            subject="event", function="count", where=date_part("hour", column("occurred_at")) >= 22
        ),
    ),
    Tag(
        name="usual_counterparty", title="Usual counterparty", type="text",
        compute=Aggregate(subject="txn", function="mode", of=column("counterparty"), within_days=90),
    ),
    Tag(
        name="balance_tenths", title="Tenths by balance", type="integer",
        compute=Ranking(tag="aum", function="groups", groups=10, where=tag("aum") > 0),
    ),
    Tag(
        name="monthly_outflow", title="Outflow a month", type="decimal", unit="yuan",
        compute=Formula(expression=tag("outflow_90d") / 3),
    ),
    Tag(
        name="branch_colleagues", title="Managers of the branch", type="integer",
        compute=Aggregate(subject="manager", function="count", by="branch_id"),
    ),
)  # fmt: skip


def open_mart(store):
    catalogue = Catalogue(LIBRARY)
    done = build_tags(store, catalogue, AS_OF, memory_limit="500MB", threads=1)
    return Mart(store, store.load(AS_OF), done.build_id, country="CN", tags=catalogue)


@pytest.fixture(scope="module")
def store(land, bank, tmp_path_factory):
    return land(tmp_path_factory.mktemp("previewed"), bank)


@pytest.fixture(scope="module")
def mart(store):
    with open_mart(store) as opened:
        yield opened


@pytest.fixture(scope="module")
def built_own(store, mart, snapshot, tmp_path_factory):
    """The next build, once all of OWN were saved."""
    folder = tmp_path_factory.mktemp("tags")
    for own in OWN:
        own.save(folder)
    done = build_tags(store, load_catalogue(folder), AS_OF, memory_limit="500MB", threads=1)
    return snapshot(store, done)


@pytest.mark.parametrize("own", OWN, ids=lambda one: one.name)
def test_what_is_saved_is_built_as_it_was_previewed(mart, own, built_own):
    shown = mart.preview(own)
    values = [row[own.name] for row in built_own.values()]
    assert shown.distribution.missing == values.count(None)
    assert shown.distribution.customers == len(values)
    known = sorted(value for value in values if value is not None)
    if shown.distribution.quantiles:
        assert (shown.distribution.quantiles[0.0], shown.distribution.quantiles[1.0]) == (known[0], known[-1])
    else:
        assert dict(shown.distribution.counts) == Counter(known)


def test_it_shows_the_statement_and_what_it_read(mart):
    shown = mart.preview(OWN[1])
    months = [file for file in mart.manifest.of("txn") if file.partition >= "2026-03"]
    assert (shown.files, shown.rows) == (len(months), sum(file.rows for file in months))
    assert shown.sql.startswith("SELECT") and "row.counterparty" in shown.sql
    page = shown._repr_html_()
    assert "<details>" in page and "arg_min" in page and "&lt;" not in page.split("<details>")[0]
    assert f"rows in {len(months)} files" in repr(shown)


def test_another_definition_of_a_tag_is_shown_beside_the_one_that_was_built(mart):
    wider = Tag(
        name="txn_count_30d", title="Transactions", type="integer", unit="times",
        compute=Aggregate(subject="txn", function="count", within_days=60),
    )  # fmt: skip
    built = mart.preview(mart.tags.txn_count_30d)
    assert mart.preview(wider).distribution.counts != built.distribution.counts


def test_what_cannot_be_computed_is_refused_with_the_reason(land, bank, tmp_path):
    absent = (Absence(subject="txn", column="counterparty", reason="not kept"),)
    with open_mart(land(tmp_path, bank, absent=absent)) as mart:
        with pytest.raises(DefinitionError, match=r"'usual_counterparty'.*no txn\.counterparty"):
            mart.preview(OWN[1])
        with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
            mart.preview(
                Tag(name="one", title="One", type="decimal", compute=Formula(expression=tag("aumm") * 2))
            )
        with pytest.raises(DefinitionError, match="score of the model churn"):
            mart.preview(Tag(name="two", title="Two", type="rate", compute=Score(model="churn")))


def test_a_tag_is_given_by_name_or_handle(mart):
    shown = [mart.preview(one).distribution for one in ("gender", mart.tags.gender, tag("gender"))]
    assert shown[0] == shown[1] == shown[2] == distribution(mart, mart.tags.gender)
    assert distribution(mart, "gender") == shown[0]
    assert list(mart.frame(mart.tags.holds_card, columns=[mart.tags.aum])) == ["customer_id", "aum"]
    for wrong in (mart.tags.aum * 2, 5):
        with pytest.raises(DefinitionError, match=r"is no tag\. Give it a Tag: jk\.Tag\("):
            mart.preview(wrong)
    with pytest.raises(DefinitionError, match="is no tag"):
        distribution(mart, mart.tags.aum * 2)
    with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
        mart.preview("aumm")


def test_saved_tags_that_are_not_built_yet_are_computed_with_it(store, mart, tmp_path):
    for own in (OWN[0], OWN[2], OWN[3]):
        own.save(tmp_path)
    stacked = Tag(
        name="stacked", title="Stacked", type="decimal", unit="yuan",
        compute=Formula(expression=tag("monthly_outflow") + tag("balance_tenths") * 1000),
    )  # fmt: skip
    among = Tag(
        name="among", title="Among", type="integer",
        compute=Ranking(tag=stacked, function="rank", where=tag("app_nights") >= 0),
    )  # fmt: skip
    stacked.save(tmp_path)
    saved = load_catalogue(tmp_path)
    with Mart(store, mart.manifest, mart.build_id, country="CN", tags=saved) as opened:
        shown = opened.preview(among).distribution
    among.save(tmp_path)
    table = read_tags(
        store, load_catalogue(tmp_path), mart.manifest, ["among"], memory_limit="500MB", threads=1
    )
    values = table["among"].to_pylist()
    assert shown.missing == values.count(None) < len(values) == shown.customers
    assert shown.quantiles[1.0] == max(value for value in values if value is not None)


def test_a_tag_that_was_saved_after_the_mart_was_opened_is_told(mart, tmp_path, monkeypatch):
    (tmp_path / "journeykit.toml").write_text("", encoding="utf-8")
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(tmp_path))
    OWN[3].save()
    tenths = Tag(
        name="tenths", title="Tenths", type="integer",
        compute=Ranking(tag="monthly_outflow", function="groups"),
    )  # fmt: skip
    with pytest.raises(DefinitionError, match=r"'monthly_outflow', which was saved after.*jk\.connect\(\)"):
        mart.preview(tenths)


def test_a_value_that_does_not_fit_is_told_without_it(mart):
    wild = Tag(
        name="wild", title="Wild", type="decimal", unit="yuan",
        compute=Aggregate(subject="txn", function="sum", of=column("amount") * 10**14),
    )  # fmt: skip
    with pytest.raises(DataError, match="'wild' cannot be computed: a value does not fit") as caught:
        mart.preview(wild)
    assert "SELECT" not in str(caught.value) and "000000" not in str(caught.value)


def test_a_value_that_a_tag_cannot_have_is_refused_when_counted(mart):
    with pytest.raises(UnknownNameError, match=r"Unknown value of .*gender.*'F'\. Declared: female, male"):
        mart.count(mart.tags.gender == "F")
    assert mart.count(mart.tags.gender.isin(["female", "male"])) > 0
