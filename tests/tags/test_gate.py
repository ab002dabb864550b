"""Each limit of a build, broken and kept; what is not declared is not checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from journeykit.contract import Type
from journeykit.errors import DefinitionError
from journeykit.tags import LIBRARY
from journeykit.tags.drift import Drift
from journeykit.tags.gate import Gate, Limits, check_build, read_limits
from journeykit.tags.profile import Profile, TagProfile, open_snapshot

BEFORE, NOW = date(2026, 5, 28), date(2026, 5, 29)
SHIPPED = Path(__file__).parents[2] / "scheduled" / "quality.yaml"


def profile_of(as_of, customers=1000, **known):
    tags = {name: TagProfile(name, Type.INTEGER, customers, count) for name, count in known.items()}
    return Profile(as_of, customers, tags)


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
