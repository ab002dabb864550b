"""What is found out about segments in a warehouse is what is found out in files."""

from __future__ import annotations

import pytest

import journeykit as jk
from journeykit.mart.mart import Mart
from journeykit.segments import Segment, counting
from journeykit.segments.spreading import spread
from journeykit.tags import LIBRARY, Catalogue, build_tags
from journeykit.tags.warehouse import build_in_warehouse

CATALOGUE = Catalogue(LIBRARY)
t = {name: CATALOGUE[name] for name in CATALOGUE}
RICH = Segment("rich", (t["aum"] >= 1000) & ~t["holds_wealth"] & jk.did("view").at_least(2).within(days=90))
OLD = Segment("old", (t["age"] > 40) & (jk.did("txn", direction="out").within(days=90).sum("amount") > 500))


@pytest.fixture(scope="module")
def both(banks, tmp_path_factory, empty_database, as_warehouse):
    """The same bank in a warehouse and in files, each opened with the library built."""
    rows = banks.vary(banks.random_bank(3, 40), 3, banks.AS_OF)
    with empty_database() as url:
        warehouse = as_warehouse(url, rows)
        build_in_warehouse(warehouse, CATALOGUE, banks.AS_OF)
        store = banks.land_rows(tmp_path_factory.mktemp("files"), rows)
        here = build_tags(store, CATALOGUE, banks.AS_OF, memory_limit="500MB", threads=1)
        with (
            warehouse.open(tags=CATALOGUE) as there,
            Mart(store, store.load(banks.AS_OF), here.build_id, country="CN", tags=CATALOGUE,
                 memory_limit="500MB", threads=1) as embedded,
        ):  # fmt: skip
            yield there, embedded


def test_the_same_is_found_on_both(both):
    there, here = both
    assert there.waterfall(RICH) == here.waterfall(RICH)
    assert there.overlap([RICH, OLD, ~RICH]) == here.overlap([RICH, OLD, ~RICH])
    for customer in here.ids(here.everyone)[:5]:
        assert there.why(customer, RICH & OLD) == here.why(customer, RICH & OLD)


def test_profiles_and_comparisons_are_the_same(both):
    there, here = both
    assert there.profile(RICH).standings.counts == here.profile(RICH).standings.counts
    assert there.profile(RICH) == here.profile(RICH)
    assert there.compare(RICH, OLD) == here.compare(RICH, OLD)


@pytest.mark.parametrize("name", ["aum", "age", "region_kind", "district", "holds_wealth", "risk_expires_on"])
def test_spreads_are_the_same(both, name):
    there, here = both
    assert spread(name, RICH, there) == spread(name, RICH, here)


def test_a_sample_is_drawn_there_too(both, monkeypatch):
    there, _ = both
    monkeypatch.setattr(counting, "WHOLE", 5)
    monkeypatch.setattr(counting, "SAMPLE", 12)
    monkeypatch.setattr(counting, "_BLOCKS", 0.005)
    found = there.profile(t["aum"] > 0)
    read, sizes = found.standings.counts.sampled, found.standings.counts.sizes
    assert sum(read.values()) < sum(sizes.values())
