"""The strategies' benchmark, tiny and untimed: nobody is lost, and every node is used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import strategies

from journeykit.ledger import Ledger, read_enrolments

CUSTOMERS = 2_000


def test_a_night_moves_people_over_every_node(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    strategies.prepare(tmp_path, CUSTOMERS, url)
    before = _rows(url)
    command = [sys.executable, strategies.__file__, "--folder", str(tmp_path), "--night", url]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)
    after = _rows(url)
    nodes = {node.id for node in strategies.PLAN.nodes[1:-1]}
    assert nodes < {node for node, _, _ in before.values()}
    assert found["rows"] == len(before) == len(after) == CUSTOMERS
    assert found["changed"] == sum(before[one] != after[one] for one in before) > 0
    assert found["left"] == Counter(state for _, _, state in after.values())["exited"] > 0
    assert min(found[part] for part in ("marked", "candidates")) > 0
    assert "2,000 people on 14 nodes" in strategies.report("SQLite", {**found, "gib": 0.3})


def _rows(url: str) -> dict:
    ledger = Ledger.open(url)
    rows = {
        row["customer_id"]: (row["node"], row["node_since"], row["state"])
        for row in read_enrolments(ledger).to_pylist()
    }
    ledger.close()
    return rows
