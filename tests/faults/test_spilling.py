"""Two processes that run out of memory at once must not write over each other's rows."""

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from journeykit.dialects import open_embedded

SPILL = """
import sys
from pathlib import Path
from journeykit.dialects import native, open_embedded
times = f"(range * {int(sys.argv[2])})"
with open_embedded(memory_limit="60MB", threads=1, spill=Path(sys.argv[1])) as connection:
    engine = native(connection)
    engine.execute(f"CREATE TABLE t AS SELECT {times} a, md5({times}::VARCHAR) b FROM range(2000000)")
    wrong = engine.execute("SELECT count(*) FILTER (b <> md5(a::VARCHAR)), count(*) FROM t").fetchone()
    print(wrong, flush=True)
"""


def test_two_processes_spill_apart(tmp_path):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", SPILL, str(tmp_path), factor], stdout=subprocess.PIPE, text=True
        )
        for factor in ("7", "11")
    ]
    assert [(one.communicate()[0], one.returncode) for one in both] == [("(0, 2000000)\n", 0)] * 2
    assert list(tmp_path.iterdir()) == []


def test_a_connection_spills_to_a_folder_of_its_own_that_is_gone_afterwards(tmp_path):
    where = sa.select(sa.func.current_setting("temp_directory"))
    with open_embedded(memory_limit="100MB", threads=1, spill=tmp_path) as one:
        with open_embedded(memory_limit="100MB", threads=1, spill=tmp_path) as other:
            folders = [Path(connection.scalar(where)) for connection in (one, other)]
            assert folders[0] != folders[1] and {folder.parent for folder in folders} == {tmp_path}
        assert folders[0].is_dir() and not folders[1].exists()
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_may_not_write_does_not_spill(tmp_path):
    (tmp_path / "file").touch()
    with open_embedded(memory_limit="100MB", threads=1, spill=tmp_path / "file") as connection:
        assert connection.scalar(sa.select(sa.literal(2))) == 2
