"""Every tag of the library equals its recomputation in plain pandas, written from the descriptions alone."""

from __future__ import annotations

from datetime import date

import pytest

from journeykit.tags import LIBRARY, Catalogue, build_tags

AS_OF = date(2026, 5, 29)
SEEDS = (1, 2, 4)
PEOPLE = 80

# Tags that need not take two values in these banks, each with the reason why.
ONE_VALUE: dict[str, str] = {}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory, land, snapshot, varied, models, in_pandas):  # noqa: PLR0917
    """Of each bank what the package built, and what pandas makes of the same rows."""
    found = []
    for seed in SEEDS:
        rows = varied(seed, PEOPLE)
        store = land(tmp_path_factory.mktemp(f"bank{seed}"), rows)
        build = build_tags(store, Catalogue(LIBRARY), AS_OF, models=models, memory_limit="500MB", threads=1)
        built = snapshot(store, build)
        found.append((built, in_pandas(rows, built)))
    return found


def test_the_same_customers_and_tags(pairs):
    for built, expected in pairs:
        assert list(built) == list(expected)
        names = {tag.name for tag in LIBRARY}
        assert {*next(iter(built.values()))} == names | {"customer_id"}
        assert {*next(iter(expected.values()))} == names


@pytest.mark.parametrize("family", sorted({tag.family for tag in LIBRARY}))
def test_every_tag_of_every_customer(pairs, family):
    differences = [
        f"{tag.name} of {customer}, bank {seed}: {built[customer][tag.name]!r}, expected {told[tag.name]!r}"
        for seed, (built, expected) in zip(SEEDS, pairs, strict=True)
        for tag in LIBRARY
        if tag.family == family
        for customer, told in expected.items()
        if built[customer][tag.name] != told[tag.name]
    ]
    assert not differences, "\n".join([f"{len(differences)} differences", *differences[:20]])


def test_no_check_is_vacuous(pairs):
    """Every tag takes at least two values, so that equality says something."""
    constant = {
        tag.name
        for tag in LIBRARY
        if all(len({told[tag.name] for told in expected.values()}) < 2 for _, expected in pairs)
    }
    assert constant == set(ONE_VALUE)


def test_every_declared_value_appears(pairs):
    """Each value a tag may take is taken by somebody, and no other."""
    unseen = {}
    for tag in LIBRARY:
        if tag.values:
            seen = {told[tag.name] for _, expected in pairs for told in expected.values()} - {None}
            assert seen <= set(tag.values), tag.name
            if missed := set(tag.values) - seen:
                unseen[tag.name] = missed
    assert unseen == {}
