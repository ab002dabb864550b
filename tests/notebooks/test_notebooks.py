"""Every notebook for analysts runs from its first cell to its last, and does what it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from journeykit.runs.kernels import execute_notebook
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy
from journeykit.tags import load_catalogue

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shown(notebook: nbformat.NotebookNode) -> str:
    """All text a reader sees in the outputs."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = ("text/plain", "text/html")
    data = [str(output.get("data", {}).get(kind, "")) for output in outputs for kind in kinds]
    return "\n".join([*(str(output.get("text", "")) for output in outputs), *data])


@pytest.fixture(scope="module")
def executed(built_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each notebook shows, executed in reading order in a copy of a workspace."""
    workspace = tmp_path_factory.mktemp("analyst") / "workspace"
    shutil.copytree(built_workspace, workspace)
    found = {
        path.name: shown(execute_notebook(path, {}, workspace, workspace / "var" / path.name, minutes=5))
        for path in NOTEBOOKS
    }
    return found | {"workspace": str(workspace)}


def test_they_are_numbered_in_reading_order() -> None:
    assert [path.name[:3] for path in NOTEBOOKS] == [f"{n:02}_" for n in range(1, len(NOTEBOOKS) + 1)]


def test_exploring_shows_every_subject(executed: dict[str, str]) -> None:
    assert "Mart as of 2026-05-29" in executed["01_explore_the_mart.ipynb"]
    assert "payroll" in executed["01_explore_the_mart.ipynb"]


def test_a_condition_and_its_complement_are_everyone(executed: dict[str, str]) -> None:
    counts = re.search(r"\((\d+), (\d+), (\d+)\)", executed["02_tags.ipynb"])
    assert counts is not None
    older, rest, both = map(int, counts.groups())
    assert older > 0 < rest
    assert older + rest == both == 400


def test_a_new_tag_is_previewed_and_saved(executed: dict[str, str]) -> None:
    assert "night_logins_30d: 400 customers" in executed["02_tags.ipynb"]
    assert "Lineage of aum" in executed["02_tags.ipynb"]
    own = load_catalogue(Path(executed["workspace"]) / "scheduled" / "tags")
    assert own["night_logins_30d"].tag.unit == "times"


def test_models_are_shown_and_another_one_defined(executed: dict[str, str]) -> None:
    assert "reactivation" in executed["05_models.ipynb"]


def test_the_segment_is_saved_as_it_was_designed(executed: dict[str, str]) -> None:
    saved = Path(executed["workspace"]) / "scheduled" / "segments" / "browsing.yaml"
    segment = Segment.load(saved)
    assert set(segment.tags()) == {"aum", "holds_wealth"}


def test_the_strategy_is_saved_sound(executed: dict[str, str]) -> None:
    found = executed["04_design_a_strategy.ipynb"]
    assert re.search(r"first_wealth_purchase: (no|\d+) findings", found)
    assert ">error<" not in found
    saved = Path(executed["workspace"]) / "scheduled" / "strategies" / "first_wealth_purchase.yaml"
    assert [node.id for node in Strategy.load(saved).nodes] == [
        "start", "send_app_push", "wait_3d", "assign_manager",
    ]  # fmt: skip


def test_the_strategy_is_proposed_and_approved_by_made_up_colleagues(executed: dict[str, str]) -> None:
    text = executed["04_design_a_strategy.ipynb"]
    assert "A first wealth product for idle money" in text
    assert "first_wealth_purchase: approved" in text
    assert "analyst [demo]" in text
    assert "approver [demo]" in text


def test_a_preset_is_adapted_in_five_cells(executed: dict[str, str]) -> None:
    code = [cell for cell in nbformat.read(ROOT / "notebooks" / "06_adapt_a_preset.ipynb", 4).cells
            if cell.cell_type == "code"]  # fmt: skip
    assert len(code) == 7
    text = executed["06_adapt_a_preset.ipynb"]
    assert "Seven days before a deposit matures" in text
    assert re.search(r"village_deposit_maturing: (no|\d+) findings", text)
    assert ">error<" not in text
    saved = Path(executed["workspace"]) / "scheduled" / "strategies" / "village_deposit_maturing.yaml"
    assert str(Strategy.load(saved).starts[0].control) == "0.2"


def test_what_is_designed_by_mouse_is_read_without_one(executed: dict[str, str]) -> None:
    code = [cell for cell in nbformat.read(ROOT / "notebooks" / "08_design_by_mouse.ipynb", 4).cells
            if cell.cell_type == "code"]  # fmt: skip
    assert len(code) == 2
    text = executed["08_design_by_mouse.ipynb"]
    assert text.count("data-jk-static") == 2
    assert re.search(r"money_at_rest</b> · Customers: \d+", text)
    assert "Drawn by mouse" in text
