"""The store itself: migrations, writers at once, kills, disks and damage."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from journeykit import dialects
from journeykit.errors import LedgerError, SettingsError, StoreError
from journeykit.ledger import Ledger, content, read_audit, read_leads, read_runs, record_audit
from journeykit.ledger.tables import audit, metadata


def test_migrations_make_exactly_the_declared_tables(ledger):
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_ledger_from_the_future_is_refused(url):
    ledger = Ledger.open(url)
    with ledger.transaction("test") as connection:
        version = sa.table("alembic_version", sa.column("version_num"))
        connection.execute(sa.update(version).values(version_num="9999"))
    with pytest.raises(LedgerError, match=r"'9999'.*upgrade this one"):
        Ledger.open(url)


WRITER = """
import sys
from journeykit.ledger import *
url, who = sys.argv[1:]
sys.stdin.read()
ledger = Ledger.open(url)
for number in range(25):
    record_audit(ledger, actor=who, action="test", subject=str(number), detail={})
"""

COUNTER = """
import sys
import sqlalchemy as sa
from journeykit.ledger import *
from journeykit.ledger.tables import audit
ledger = Ledger.open(sys.argv[1])
sys.stdin.read()
for _ in range(20):
    with ledger.transaction("count") as connection:
        seen = int(connection.execute(sa.select(audit.c.detail)).scalar_one())
        connection.execute(sa.update(audit).values(detail=str(seen + 1)))
"""


def run_at_once(script: str, *arguments: list[str]) -> None:
    """Start one process for each list of arguments, and let them go together when all wait."""
    command = [sys.executable, "-c", script]
    waiting = [subprocess.Popen([*command, *given], stdin=subprocess.PIPE) for given in arguments]
    for process in waiting:
        process.stdin.close()
    assert [process.wait(120) for process in waiting] == [0] * len(arguments)


def test_processes_that_open_and_write_at_once_lose_nothing(url):
    run_at_once(WRITER, *([url, who] for who in "abc"))
    rows = read_audit(Ledger.open(url)).to_pylist()
    assert {(r["actor"], r["subject"]) for r in rows} == {(w, str(n)) for w in "abc" for n in range(25)}
    assert len(rows) == 75


def test_read_then_write_in_a_transaction_never_loses_an_update(url):
    ledger = Ledger.open(url)
    record_audit(ledger, actor="a", action="count", subject="s", detail={})
    with ledger.transaction("zero") as connection:
        connection.execute(sa.update(audit).values(detail="0"))
    run_at_once(COUNTER, [url], [url])
    assert read_audit(ledger)["detail"].to_pylist() == ["40"]


def test_a_failed_block_changes_nothing(ledger):
    before = content(ledger)
    with pytest.raises(ZeroDivisionError), ledger.transaction("test") as connection:
        row = {c.name: "x" for c in audit.columns} | {"at": sa.func.now()}
        connection.execute(sa.insert(audit).values(row))
        raise ZeroDivisionError
    assert content(ledger) == before


MORNING = """
import sys
sys.path.insert(0, sys.argv[2])
from conftest import Days
from journeykit.ledger import *
ledger = Ledger.open(sys.argv[1])
run = Days.start(ledger)
record_decisions(ledger, run.run_id, changes=Days.changes(entered=["C1", "C2", "C3"]),
    leads=Days.leads(["C1", "C2"]), drops=Days.drops(1), candidates=3, decisions_sha256="f" * 64)
ids = pending_leads(ledger, run.run_id, "sms")["lead_id"].to_pylist()
mark_delivered(ledger, run.run_id, "sms", ids, "sms.csv")
finish_run(ledger, run.run_id)
"""


def morning(url: str, tmp_path: Path, kill_at: int | None = None) -> tuple[int, list[str]]:
    log = tmp_path / f"faults-{kill_at}"
    environment = os.environ | {"JOURNEYKIT_FAULTS": str(log)}
    if kill_at is not None:
        environment["JOURNEYKIT_FAULT_AT"] = str(kill_at)
    script = [sys.executable, "-c", MORNING, url, str(Path(__file__).parent)]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, log.read_text().splitlines()


def test_killed_after_any_commit_and_run_again_gives_the_same(tmp_path):
    clean = f"sqlite:///{tmp_path / 'clean.sqlite'}"
    code, points = morning(clean, tmp_path)
    assert code == 0
    assert points == [
        "commit ledger tables",
        "commit run start",
        "commit decisions",
        "commit deliveries",
        "commit run end",
    ]
    expected = content(Ledger.open(clean))
    for number in range(1, len(points) + 1):
        url = f"sqlite:///{tmp_path / f'killed{number}.sqlite'}"
        assert morning(url, tmp_path, kill_at=number)[0] == -signal.SIGKILL
        assert morning(url, tmp_path)[0] == 0
        again = Ledger.open(url)
        assert content(again) == expected
        assert [run.attempt for run in read_runs(again)] == [
            1 if number == 1 else 2
        ]  # the first died before its start
        assert read_leads(again).num_rows == 2


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "fuse"])
def test_a_network_disk_is_refused_and_says_why(tmp_path, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n")
    with pytest.raises(StoreError, match=f"network disk \\({kind}\\).*Move the workspace to a local disk"):
        dialects.open_database(f"sqlite:///{tmp_path / 'var' / 'ledger.sqlite'}", mounts=mounts)
    mounts.write_text(f"server:/x {tmp_path} {kind} rw 0 0\n/dev/sda {tmp_path}/var ext4 rw 0 0\n")
    dialects.open_database(f"sqlite:///{tmp_path / 'var' / 'ledger.sqlite'}", mounts=mounts).dispose()


def test_sqlite_flushes_every_commit_to_disk_and_checks_keys(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}").reading() as connection:
        read = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}  # fmt: skip
    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}


def test_a_damaged_ledger_is_one_clear_error(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is no ledger" * 400)
    with pytest.raises(StoreError, match=r"ledger.sqlite: .*not a database"):
        Ledger.open(f"sqlite:///{path}")


def test_a_full_disk_is_one_clear_error_with_nothing_half_written(tmp_path):
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with ledger.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match=r"database or disk is full.*the disk has room"):
        for _ in range(200):
            record_audit(ledger, actor="a" * 500, action="a", subject="s", detail={})
    with ledger.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_an_unreachable_server_is_one_clear_error_without_its_password():
    with pytest.raises(StoreError, match="Cannot use the ledger") as caught:
        Ledger.open("postgresql://someone:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in str(caught.value)


def test_a_url_no_ledger_can_live_at_is_refused():
    for url, said in [
        ("mysql://x/y", "'mysql'"),
        ("no url", "cannot be read"),
        ("sqlite://", "needs a file"),
    ]:
        with pytest.raises(SettingsError, match=said):
            Ledger.open(url)


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Cannot make the folder"):
        Ledger.open(f"sqlite:///{tmp_path / 'file' / 'ledger.sqlite'}")
