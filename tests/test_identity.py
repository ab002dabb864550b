"""Who acts is who the operating system says, whatever the environment claims."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from journeykit.errors import IdentityError
from journeykit.identity import account, acting
from journeykit.settings import Settings, load_settings


def workspace(folder: Path, *, demo: bool) -> Settings:
    text = f'[workspace]\nname = "Bank"\ndemo = {str(demo).lower()}\n'
    (folder / "journeykit.toml").write_text(text, encoding="utf-8")
    return load_settings(folder)


def test_the_environment_cannot_make_somebody_another():
    claims = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"), "approver")
    said = subprocess.run(
        [sys.executable, "-c", "from journeykit.identity import account; print(account())"],
        env=os.environ | claims, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == pwd.getpwuid(os.geteuid()).pw_name


def test_an_account_without_a_name_goes_by_its_number(monkeypatch):
    unused = 3_999_999_999
    monkeypatch.setattr(os, "geteuid", lambda: unused)
    assert account() == f"uid {unused}"


def test_nobody_acts_as_another(tmp_path):
    for demo in (False, True):
        with pytest.raises(IdentityError, match="is not who you are"):
            acting(workspace(tmp_path, demo=demo), "zhang.wei")


def test_made_up_colleagues_act_in_a_demonstration_only(tmp_path):
    assert acting(workspace(tmp_path, demo=True), "analyst [demo]") == "analyst [demo]"
    with pytest.raises(IdentityError, match="no demonstration workspace"):
        acting(workspace(tmp_path, demo=False), "analyst [demo]")
    assert acting(workspace(tmp_path, demo=False)) == account()


@pytest.mark.parametrize(
    "name",
    [
        "[demo]", " [demo]", "analyst[demo]", "analyst [DEMO]", "analyst [demo] ", "root\n[demo]",
        "a\x1b[31m [demo]", "root [demo]\nroot", "a" * 99 + " [demo]",
    ],
)  # fmt: skip
def test_a_made_up_name_has_one_form(tmp_path, name):
    with pytest.raises(IdentityError):
        acting(workspace(tmp_path, demo=True), name)


def test_an_account_that_looks_made_up_does_nothing_outside_a_demonstration(tmp_path, monkeypatch):
    entry = pwd.struct_passwd(("eve [Demo]", "x", 7, 7, "", "/", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: entry)
    with pytest.raises(IdentityError, match="made up"):
        acting(workspace(tmp_path, demo=False))
