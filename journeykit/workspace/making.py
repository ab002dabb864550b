"""A new workspace, from nothing or from an example, and its key."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from journeykit.errors import SettingsError, StoreError, unknown_name
from journeykit.settings import FILE_NAME, load_settings
from journeykit.vault import create_key

EXAMPLES = Path(__file__).parents[1] / "examples"


def init_workspace(folder: Path, example: str | None = None) -> Path:
    """Make a workspace in a new or empty folder: the morning's jobs, and a shipped example on top.

    Raises
    ------
    SettingsError
        The folder has something in it, or there is no such example.
    StoreError
        The folder cannot be written; nothing is left behind.
    """
    choices = sorted(path.name for path in EXAMPLES.iterdir() if (path / FILE_NAME).is_file())
    if example is not None and example not in choices:
        raise unknown_name("example", example, choices, "Or leave it out for an empty workspace.")
    folder = folder.resolve()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SettingsError(f"{folder} is not an empty folder. Name a new one.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".aside-", dir=folder.parent) as aside:
            made = Path(aside) / folder.name
            _lay_out(made, example)
            made.replace(folder)
    except OSError as error:
        raise StoreError(f"Cannot make {folder}: {error.strerror or error}. Name another folder.") from error
    return folder


def _lay_out(made: Path, example: str | None) -> None:
    """The empty workspace, with a folder of definitions replaced as a whole where the example has it.

    So a bank without an app gets no app channel.
    """
    shutil.copytree(EXAMPLES / "empty", made)
    if example is None:
        return
    for own in (EXAMPLES / example / "scheduled").iterdir():
        if own.is_dir():
            shutil.rmtree(made / "scheduled" / own.name, ignore_errors=True)
    shutil.copytree(EXAMPLES / example, made, dirs_exist_ok=True)


def create_vault_key() -> Path:
    """Make this workspace's vault key, mode 600; refuses to replace one."""
    path = load_settings().var / "vault" / "key"
    create_key(path)
    return path
