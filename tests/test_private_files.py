"""What holds personal or business data is for our own user only, however wide it was before."""

import stat

from journeykit.files import publish_text
from journeykit.ledger import Ledger
from journeykit.reports.mail import send_mail, write_mail
from journeykit.settings import MailSection


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_ledger_and_its_log(tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger.open(f"sqlite:///{path}")
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["ledger.sqlite", "ledger.sqlite-shm", "ledger.sqlite-wal"]
    assert {mode(file) for file in files} == {0o600}

    for file in files:
        file.chmod(0o644)
    again = Ledger.open(f"sqlite:///{path}")
    assert {mode(file) for file in files} == {0o600}
    again.close()
    ledger.close()


def test_mails_left_as_files(tmp_path):
    folder = tmp_path / "var" / "mail"
    folder.mkdir(parents=True, mode=0o755)
    mail = write_mail("r1", sender="b@example.org", recipients=["a@example.org"], subject="R", text="T")
    send_mail(mail, MailSection(transport="file"), folder, "r1")
    assert (mode(folder), mode(folder / "r1.eml")) == (0o700, 0o600)


def test_folders_above_the_private_one_stay_as_they_are(tmp_path):
    tmp_path.chmod(0o755)
    made = publish_text(tmp_path / "a" / "b" / "c.txt", "x", private=tmp_path / "a")
    assert [mode(made), mode(made.parent), mode(tmp_path / "a"), mode(tmp_path)] == [
        0o600, 0o700, 0o700, 0o755,
    ]  # fmt: skip
