"""Each limit of a build, broken and kept; what is not declared is not checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from journeykit.contract import Type
from journeykit.errors import DataError, DefinitionError
from journeykit.mart.manifest import Absence
from journeykit.tags import LIBRARY, Attribute, Catalogue, Tag, build_tags
from journeykit.tags.drift import Drift
from journeykit.tags.gate import Gate, Limits, check_build, read_limits
from journeykit.tags.profile import Profile, TagProfile, open_snapshot

BEFORE, NOW = date(2026, 5, 28), date(2026, 5, 29)
SHIPPED = Path(__file__).parents[2] / "scheduled" / "quality.yaml"


def profile_of(as_of, customers=1000, unavailable=(), **known):
    tags = {name: TagProfile(name, Type.INTEGER, customers, count) for name, count in known.items()}
    return Profile(as_of, customers, tags, dict(unavailable))


def drift_of(**indices):
    return Drift(NOW, BEFORE, indices, dict.fromkeys(indices, (0.0, 0.0)))


def limits_of(**parts):
    return Limits.model_validate(parts)


OLD = profile_of(BEFORE, aum=900, age=800)


@pytest.mark.parametrize(
    ("limits", "kept", "broken", "rule", "measured"),
    [
        ({"customers": {"min": 950}}, profile_of(NOW, 950), profile_of(NOW, 949), "customers.min", 949),
        (
            {"customers": {"max_change": "0.1"}}, profile_of(NOW, 900), profile_of(NOW, 899),
            "customers.max_change", 0.101,
        ),
        (
            {"customers": {"max_change": "0.1"}}, profile_of(NOW, 1100), profile_of(NOW, 1101),
            "customers.max_change", 0.101,
        ),
        (
            {"tags": {"aum": {"coverage_min": "0.85"}}}, profile_of(NOW, aum=850), profile_of(NOW, aum=849),
            "coverage_min", 0.849,
        ),
        ({"tags": {"aum": {"coverage_min": "0.85"}}}, profile_of(NOW, aum=900), profile_of(NOW, age=1),
         "coverage_min", 0),
        (
            {"tags": {"aum": {"coverage_drop": "0.05"}}}, profile_of(NOW, aum=851, age=0),
            profile_of(NOW, aum=849), "coverage_drop", 0.051,
        ),
        (
            {"every_tag": {"coverage_drop": "0.05"}}, profile_of(NOW, aum=1000, age=751),
            profile_of(NOW, aum=1000, age=749), "coverage_drop", 0.051,
        ),
    ],
)  # fmt: skip
def test_each_limit_broken_and_kept(limits, kept, broken, rule, measured):
    declared = limits_of(**limits)
    assert check_build(kept, OLD, None, declared) == ()
    (found,) = check_build(broken, OLD, None, declared)
    assert found.rule == rule
    assert found.measured == pytest.approx(measured)
    assert found.message.endswith((".", "yaml."))
    assert str(found) == found.message


def test_drift_is_held_against_the_limit_of_the_tag_before_that_of_all():
    declared = limits_of(every_tag={"drift": "0.25"}, tags={"age": {"drift": "0.5"}})
    new = profile_of(NOW, aum=900, age=800)
    assert check_build(new, OLD, drift_of(aum=0.25, age=0.5), declared) == ()
    (found,) = check_build(new, OLD, drift_of(aum=0.26, age=0.5), declared)
    assert (found.rule, found.tag, found.measured, found.limit) == ("drift", "aum", 0.26, 0.25)
    assert "2026-05-28" in found.message
    assert "index 0.260, allowed is 0.25" in found.message
    (found,) = check_build(new, OLD, drift_of(aum=0.1, age=0.51), declared)
    assert found.tag == "age"


def test_a_limit_of_a_tag_leaves_the_other_limits_of_every_tag():
    declared = limits_of(every_tag={"coverage_drop": "0.1"}, tags={"aum": {"coverage_min": "0.1"}})
    (found,) = check_build(profile_of(NOW, aum=500), OLD, None, declared)
    assert (found.rule, found.tag) == ("coverage_drop", "aum")


def test_one_tag_can_be_freed_of_the_limit_of_every_tag():
    declared = limits_of(every_tag={"drift": "0.25"}, tags={"aum": {"drift": None}})
    assert check_build(profile_of(NOW, aum=1), OLD, drift_of(aum=9), declared) == ()


def test_a_tag_that_can_no_longer_be_built_is_known_for_nobody():
    declared = limits_of(every_tag={"coverage_drop": "0.85"})
    lost = profile_of(NOW, unavailable={"aum": "holding.amount", "age": "customer.birth_date"})
    (found,) = check_build(lost, OLD, None, declared)
    assert (found.rule, found.tag, found.measured, found.limit) == ("coverage_drop", "aum", 0.9, 0.85)
    assert "without holding.amount" in found.message
    assert "2026-05-28" in found.message
    freed = limits_of(every_tag={"coverage_drop": "0.85"}, tags={"aum": {"coverage_drop": None}})
    assert check_build(lost, OLD, None, freed) == ()
    assert check_build(lost, None, None, declared) == ()


def test_a_tag_whose_definition_was_removed_is_not_missed():
    removed = profile_of(NOW, age=800)
    assert check_build(removed, OLD, None, limits_of(every_tag={"coverage_drop": 0})) == ()


def test_a_tag_that_was_not_available_before_either_is_not_missed():
    absent = {"income": "customer.annual_income"}
    before = profile_of(BEFORE, unavailable=absent, age=800)
    assert check_build(profile_of(NOW, unavailable=absent, age=800), before, None,
                       limits_of(every_tag={"coverage_drop": 0})) == ()  # fmt: skip


def sizes_of(*counts):
    labels, undeclared = ("small", "MID", "Li Si 138", "…"), sum(counts[1:3])
    one = TagProfile("size", Type.TEXT, sum(counts), sum(counts), labels=labels, counts=(*counts, 0),
                     declared=("small", "large"), undeclared=undeclared)  # fmt: skip
    return Profile(NOW, sum(counts), {"size": one})


def test_a_value_that_is_not_declared_breaks_the_build_and_only_a_frequent_one_is_named():
    (found,) = check_build(sizes_of(500, 5209, 1, 0), None, None, Limits())
    assert (found.rule, found.tag, found.measured) == ("values", "size", 5210)
    assert "for 5,210 customers (among them 'MID'); declared are small, large" in found.message
    assert "Li Si" not in found.message
    (found,) = check_build(sizes_of(500, 0, 1, 0), None, None, Limits())
    assert "fewer than 100 customers; declared" in found.message
    assert check_build(sizes_of(500, 0, 0, 0), None, None, Limits()) == ()
    freed = limits_of(tags={"size": {"values": False}})
    assert check_build(sizes_of(500, 1, 1, 0), None, None, freed) == ()
    assert check_build(sizes_of(500, 1, 1, 0), None, None, limits_of(every_tag={"values": False})) == ()


def test_nothing_is_checked_that_is_not_declared_or_has_nothing_before_it():
    empty = profile_of(NOW, 0, aum=0)
    assert check_build(empty, OLD, drift_of(aum=9), Limits()) == ()
    all_limits = limits_of(customers={"max_change": 0}, every_tag={"coverage_drop": 0, "drift": 0})
    assert check_build(empty, None, None, all_limits) == ()


def test_every_breach_is_found_at_once():
    declared = limits_of(
        customers={"min": 5000, "max_change": "0.01"}, every_tag={"coverage_drop": "0.01", "drift": "0.01"}
    )
    found = check_build(profile_of(NOW, 100, aum=1, age=1), OLD, drift_of(aum=1, age=1), declared)
    assert [one.rule for one in found] == [
        "customers.min", "customers.max_change", "coverage_drop", "drift", "coverage_drop", "drift",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer: {min: 1}", "customer: unknown key"),
        ("customers: {minimum: 1}", "customers.minimum: unknown key"),
        ("customers: {min: many}", "customers.min"),
        ("customers: {min: -1}", "customers.min"),
        ("every_tag: {coverage_min: 0.5}", "every_tag.coverage_min: unknown key"),
        ("tags: {aum: {coverage_min: 90}}", "tags.aum.coverage_min"),
        ("tags: {aumm: {drift: 1}}", "Unknown tag 'aumm'. Did you mean 'aum'?"),
        ("customers: {min: 1\n", "line"),
    ],
)
def test_a_wrong_file_names_the_key(tmp_path, text, said):
    path = tmp_path / "quality.yaml"
    path.write_text(text)
    with pytest.raises(DefinitionError) as error:
        read_limits(path, ["aum", "age"])
    assert said in str(error.value)
    assert "quality.yaml" in str(error.value)


def test_without_a_file_there_are_no_limits(tmp_path):
    assert read_limits(tmp_path / "quality.yaml", []) == Limits()


def test_the_shipped_limits_fit_the_library():
    limits = read_limits(SHIPPED, [tag.name for tag in LIBRARY])
    assert limits.customers.min
    assert limits.of_drift


def test_a_build_that_loses_a_subject_or_leaves_its_values_is_not_published(land, bank, tmp_path):
    """On real builds: the day before has everything, this day has no transactions, then wrong words."""
    catalogue = Catalogue([one for one in LIBRARY if one.name in ("gender", "inflow_30d", "kind")])
    store = land(tmp_path, bank, as_of=BEFORE)
    options = {"memory_limit": "500MB", "threads": 1, "limits": limits_of(every_tag={"coverage_drop": "0.3"})}
    build_tags(store, catalogue, BEFORE, **options)
    rows = {name: listed for name, listed in bank.items() if name != "txn"}
    land(tmp_path, rows, absent=(Absence(subject="txn", reason="not delivered"),))
    with pytest.raises(
        DataError, match=r"'inflow_30d' cannot be built without txn\.\w+, and was known for 100"
    ):
        build_tags(store, catalogue, NOW, **options)
    assert store.current_build(NOW) is None
    without = Catalogue([catalogue[name].tag for name in ("gender", "kind")])
    assert build_tags(store, without, NOW, **options).rows == len(bank["customer"])
    place = Tag(name="place", title="Place", type="text", values=("E",), compute=Attribute(column="district"))
    with pytest.raises(DataError, match="'place' has values that it does not declare, for fewer than 100"):
        build_tags(store, Catalogue([place]), NOW, **options)


def test_the_gate_measures_drift_only_when_a_limit_asks_for_it(profiled):
    types = {"n": Type.INTEGER}
    _, before = profiled("a.duckdb", types, [{"customer_id": f"C{i}", "n": i} for i in range(100)])
    path, new = profiled("b.duckdb", types, [{"customer_id": f"C{i}", "n": i + 50} for i in range(100)])
    with open_snapshot(path) as connection:
        (found,) = Gate(limits_of(every_tag={"drift": "0.25"}), before).judge(connection, "built", new)
        assert (found.rule, found.tag) == ("drift", "n")
        assert Gate(limits_of(every_tag={"drift": "0.25"}), None).judge(connection, "built", new) == ()
    with open_snapshot(path) as closed:
        pass
    # Nothing is read where no limit asks for it: a closed connection does not matter.
    assert Gate(limits_of(customers={"min": 1}), before).judge(closed, "built", new) == ()
