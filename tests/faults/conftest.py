"""A small bank, a workspace of its own for each kill, and the process that mornings are forked from."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_spec = importlib.util.spec_from_file_location("fault_morning", HERE / "morning.py")
_morning = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_morning)


class Mornings:
    """Runs mornings in workspaces that share one bank."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = subprocess.Popen(
            [sys.executable, str(HERE / "morning.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def workspace(self, name: str) -> Path:
        """A new workspace without anything made; the bank is shared."""
        root = self.folder / name
        (root / "synthetic_data").mkdir(parents=True)
        shutil.copytree(self.folder / "definitions", root, dirs_exist_ok=True)
        (root / "synthetic_data" / "bank").symlink_to(self.folder / "bank")
        return root

    def run(self, root: Path, **faults) -> int:
        """One morning; the process's exit code, negative when a signal ended it."""
        self._server.stdin.write(json.dumps({"root": str(root), **faults}) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        assert answer, "the process that mornings are forked from has ended"
        return int(answer)

    def close(self) -> None:
        self._server.communicate()


@pytest.fixture(scope="module")
def mornings(tmp_path_factory):
    from synthetic_data.generating import generate

    folder = tmp_path_factory.mktemp("faults")
    generate(400, 20260529, _morning.DAY, folder / "bank")
    definitions = folder / "definitions"
    skipped = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(ROOT / "scheduled", definitions / "scheduled", ignore=skipped)
    shutil.copy(ROOT / "journeykit.toml", definitions)
    mornings = Mornings(folder)
    yield mornings
    mornings.close()
