"""The simulation's benchmark, tiny: tonight is known exactly, and every line is printed."""

from __future__ import annotations

import pytest
import simulation


def test_tonight_is_as_the_nightly_run_decides_it(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", "")  # set by the bank, and put back
    monkeypatch.setattr(simulation, "WEEKS", 1)
    rows = simulation.compare(tmp_path, simulation.Trial(500, 3, simulation.LAUNCH, 4))
    tonight = rows[(rows["day"] == simulation.LAUNCH) & rows["kind"].isin(["lead", "standing"])]
    assert tonight["real"].sum() > 100
    assert (tonight["expected"].astype(float) == tonight["real"]).all()
    assert sum("lie in their 90% band" in line for line in simulation.report(rows)) == 2
