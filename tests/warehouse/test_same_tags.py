"""Every tag of the library is the same in PostgreSQL and in the embedded engine."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from journeykit.tags import LIBRARY, Catalogue, build_tags
from journeykit.tags.warehouse import build_in_warehouse


@pytest.mark.parametrize(("seed", "people"), [(5, 40), (11, 60)])
def test_every_tag_has_the_same_value_for_everyone(bank, banks, tmp_path, seed, people):
    rows = banks.vary(banks.random_bank(seed, people), seed, banks.AS_OF)
    warehouse, catalogue = bank(rows), Catalogue(LIBRARY)
    models = {name: banks.FakeScorer(name) for name in ("churn", "wealth_purchase", "contact_response")}
    there = build_in_warehouse(warehouse, catalogue, banks.AS_OF, models=models)
    with warehouse.open(tags=catalogue) as mart:
        assert mart.build_id == there.build_id
        found = mart.run(sa.select(mart.scope.relation)).to_pylist()
    store = banks.land_rows(tmp_path, rows)
    here = build_tags(store, catalogue, banks.AS_OF, models=models, memory_limit="500MB", threads=1)
    expected = banks.read_snapshot(store, here)
    assert there.plan.unavailable == here.plan.unavailable == {}
    assert {tag.name for tag in there.plan.tags} == {tag.name for tag in LIBRARY}
    told = {row.pop("customer_id"): row for row in found}
    assert told.keys() == expected.keys()
    different = {
        (customer, name): (row[name], told[customer][name])
        for customer, row in expected.items()
        for name in row
        if name != "customer_id" and row[name] != told[customer][name]
    }
    assert different == {}
