"""The benchmark itself, tiny and untimed: both sides give the same rows, and a wrong rival is found."""

from __future__ import annotations

from pathlib import Path

import bench
import comparing
import counting
import duckdb
import pytest
import steps


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """Every step at 500 customers, in this process; only ``compare`` in one of its own."""
    folder = tmp_path_factory.mktemp("bench")

    def run_here(name: str, folder: Path, customers: int) -> dict:
        if name == "compare":
            return run_step(name, folder, customers)
        return {**steps.run(name, folder, customers), "gib": 0.1}

    run_step = bench.run_step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "run_step", run_here)
        patch.setattr(counting, "TIMES", 3)
        return folder, bench.measure(folder, 500)


def test_every_tag_and_row_agrees(found) -> None:
    _, results = found
    assert results["compare"]["differences"] == []
    assert results["compare"]["tags"] == results["our_build"]["tags"] >= 220
    assert results["hand_bank"]["rows"] == sum(results["our_bank"]["of"].values())
    assert results["hand_load"]["rows"] == results["our_load"]["rows"]
    assert results["part_pandas_build"]["rows"] == results["part_our_build"]["rows"] == 500 // bench.PART


def test_segments_are_the_same_and_not_empty(found) -> None:
    for one in found[1]["count"]["segments"]:
        assert 0 < one["sizes"]["ours"] == one["sizes"]["hand"] < 500, one["name"]


def test_report_has_a_ratio_for_every_line(found) -> None:
    lines = bench.report(found[1], 500).splitlines()
    named = ["bank", "load", "build", *(f"{name} p{at}" for name in counting.SEGMENTS for at in (50, 95))]
    for name in named:
        (line,) = [line for line in lines if line.startswith(name + " ") and line[-1].isdigit()]
        assert float(line.split()[-1]) > 0


def test_a_snapshot_that_differs_is_found(found) -> None:
    folder, _ = found
    with duckdb.connect(str(folder / "hand.duckdb")) as db:
        db.execute("UPDATE snapshot SET inflow_30d = inflow_30d + 0.01 WHERE customer_id = 'C00000007'")
    assert comparing.compare(folder, steps.AS_OF)["differences"] == ["inflow_30d: 1 rows differ"]
