"""Settings: what is wrong in the file is said, and secrets neither print nor travel in clear text."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeykit.errors import SettingsError
from journeykit.settings import load_settings

HEAD = '[workspace]\nname = "Bank"\n'


def read(folder: Path, text: str):
    (folder / "journeykit.toml").write_text(HEAD + text, encoding="utf-8")
    return load_settings(folder)


def test_defaults_fit_a_chinese_bank_on_one_machine(tmp_path):
    settings = read(tmp_path, "")
    assert (settings.workspace.country, settings.privacy.min_cell) == ("CN", 10)
    assert settings.ledger_url == f"sqlite:///{tmp_path}/var/ledger.sqlite"


def test_nobody_has_a_role_unless_named(tmp_path):
    roles = read(tmp_path, "").roles
    assert (roles.author, roles.approver, roles.operator) == ((), (), ())
    assert read(tmp_path, '[roles]\napprover = ["zhang.wei"]\n').roles.approver == ("zhang.wei",)


def test_a_password_in_the_ledger_url_never_prints(tmp_path):
    settings = read(tmp_path, '[ledger]\nurl = "postgresql+psycopg://bank:hunter2@host/journeykit"\n')
    assert "hunter2" not in repr(settings) and "hunter2" not in str(settings.model_dump())
    assert "hunter2" in settings.ledger_url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[mart\n", "not valid TOML"),
        ("[privacy]\nmin_cell = 0\n", "privacy.min_cell"),
        ("[mailbox]\n", "mailbox"),
        ('[roles]\nadmin = ["root"]\n', "roles.admin"),
        ('[roles]\napprover = "root"\n', "roles.approver"),
        ('[mail]\ntransport = "smtp"\nusername = "jk"\n', "starttls"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, text)


def test_outside_a_workspace_the_next_step_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="journeykit init DIR"):
        load_settings()
