"""No contact detail leaves the vault but into the channel file that needs it (design D10).

200 customers carry, in every field of the vault, a text that occurs nowhere else. After a real morning,
a dry run and a failed job, a search that opens every container finds it only where it belongs.
"""

import base64
import bz2
import email
import email.policy
import gzip
import html
import io
import json
import lzma
import re
import sqlite3
import tempfile
import urllib.parse
import zipfile
from contextlib import closing, suppress
from email.message import EmailMessage
from pathlib import Path

import duckdb
import nbformat
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journeykit.ledger import read_audit

CANARY = re.compile(rb"KANARI\d{6}|1990077\d{4}")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")


def find_canaries(content, name="", folder=None):
    """Every canary in some bytes, however they are wrapped; names the containers on the way."""
    found = {(name, hit.decode()) for hit in CANARY.findall(content)}
    found |= {(name, hit.decode()) for hit in CANARY.findall(content.replace(b"\0", b""))}  # UTF-16, UTF-32
    for inner, part in _parts(content, name):
        if part != content:
            found |= find_canaries(part, f"{name}!{inner}")
    return found


def _parts(content, name):
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from ((member, archive.read(member)) for member in archive.namelist())
    elif content.startswith(b"\x1f\x8b"):
        yield "gzip", gzip.decompress(content)
    elif content.startswith(b"BZh"):
        yield "bz2", bz2.decompress(content)
    elif content.startswith(b"\xfd7zXZ"):
        yield "xz", lzma.decompress(content)
    elif content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content))
        yield "rows", repr(table.to_pydict()).encode()
        yield "schema", str(table.schema).encode()
    elif content.startswith(b"SQLite format 3\0"):
        yield "rows", _on_disk(content, _sqlite_rows)
    elif content[8:12] == b"DUCK":
        yield "rows", _on_disk(content, _duckdb_rows)
    elif name.endswith(".eml"):
        for part in email.message_from_bytes(content, policy=email.policy.default).walk():
            yield "headers", "\n".join(f"{key}: {value}" for key, value in part.items()).encode()
            if not part.is_multipart():
                yield part.get_filename() or part.get_content_type(), part.get_payload(decode=True)
    else:
        yield from _texts(content)


def _texts(content):
    """What a text may say in another writing: JSON, entities, per cent signs, base64."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    if text.lstrip()[:1] in ("{", "["):
        with suppress(ValueError):
            yield "json", "\n".join(_strings(json.loads(text))).encode()
    if "&" in text:
        yield "unescaped", html.unescape(text).encode()
    if "%" in text:
        yield "unquoted", urllib.parse.unquote_to_bytes(text)
    for number, run in enumerate(BASE64.findall(content)):
        try:
            decoded = base64.b64decode(run + b"=" * (-len(run) % 4))
        except ValueError:
            continue
        # Words and hashes look like base64 too; what they decode to is searched, but not opened further.
        if CANARY.search(decoded) or decoded[:4] in (b"PK\x03\x04", b"\x1f\x8b\x08\x00"):
            yield f"base64-{number}", decoded


def _strings(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    else:
        yield str(value)


def _on_disk(content, read):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy"
        path.write_bytes(content)
        return read(path)


def _sqlite_rows(path):
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return repr([connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]).encode()


def _duckdb_rows(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return repr([connection.execute(f'SELECT * FROM "{s}"."{t}"').fetchall() for s, t in names]).encode()


def _search(folder):
    """Canaries by file, relative to the folder; a file's name is searched as well."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = path.relative_to(folder).as_posix()
            hits = find_canaries(path.read_bytes(), path.name) | find_canaries(name.encode())
            if hits:
                found[name] = hits
    return found


@pytest.fixture(scope="module")
def journey(morning):
    return morning.journey


@pytest.fixture(scope="module")
def found(journey):
    return _search(journey.var)


def _sheet(secret):
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append([secret])
    book.save(stream)
    return stream.getvalue()


def _zipped(content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.bin", content)
    return stream.getvalue()


def _mail(secret, encoding):
    message = EmailMessage()
    message["Subject"] = "nothing"
    message.set_content("nothing")
    message.add_alternative(f"<p>{'é' * 40}{secret}</p>", subtype="html", cte=encoding)
    return message.as_bytes()


def _attached(content):
    message = EmailMessage()
    message.set_content("nothing")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename="a.bin")
    outer = EmailMessage()
    outer.set_content("see below")
    outer.add_attachment(message)
    return outer.as_bytes()


def _stored(connect, path, secret):
    with closing(connect(str(path))) as connection:
        connection.execute("CREATE TABLE other (x INTEGER, secret VARCHAR)")
        connection.execute("INSERT INTO other VALUES (1, ?)", [secret])
        connection.commit()
    return path.read_bytes()


def _parquet(secret):
    stream = io.BytesIO()
    pq.write_table(pa.table({"secret": [secret] * 3}), stream, compression="zstd")
    return stream.getvalue()


def _notebook(data):
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", data)])
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()


def _traced(secret):
    output = nbformat.v4.new_output("error", ename="E", evalue="e", traceback=[f"\x1b[31m{secret}\x1b[0m"])
    return nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[output])])
    ).encode()


def _base64(text):
    return base64.b64encode(text.encode())


def _escaped(value):
    return json.dumps(value).replace("A", "\\u0041").replace("9", "\\u0039").encode()


WRAPPINGS = {
    "plain.log": lambda secret, _: f"at 08:00 {secret}".encode(),
    "wide.txt": lambda secret, _: secret.encode("utf-16"),
    "quoted.eml": lambda secret, _: _mail(secret, "quoted-printable"),
    "base64.eml": lambda secret, _: _mail(secret, "base64"),
    "nested.eml": lambda secret, _: _attached(_sheet(secret)),
    "header.eml": lambda secret, _: b"Subject: =?utf-8?b?" + _base64(secret) + b"?=\n\nx",
    "list.xlsx": lambda secret, _: _sheet(secret),
    "twice.zip": lambda secret, _: _zipped(_zipped(secret.encode())),
    "log.gz": lambda secret, _: gzip.compress(secret.encode()),
    "log.bz2": lambda secret, _: bz2.compress(secret.encode()),
    "log.xz": lambda secret, _: lzma.compress(secret.encode()),
    "rows.parquet": lambda secret, _: _parquet(secret),
    "rows.sqlite": lambda secret, folder: _stored(sqlite3.connect, folder / "a", secret),
    "rows.duckdb": lambda secret, folder: _stored(duckdb.connect, folder / "b", secret),
    "escaped.json": lambda secret, _: _escaped({"a": [secret]}),
    "output.ipynb": lambda secret, _: _notebook({"text/html": [f"<b>{secret}</b>"]}),
    "picture.ipynb": lambda secret, _: _notebook({"image/png": _base64("PNG " * 9 + secret).decode()}),
    "traced.ipynb": lambda secret, _: _traced(secret),
    "entities.html": lambda secret, _: "".join(f"&#{ord(letter)};" for letter in secret).encode(),
    "quoted.svg": lambda secret, _: "".join(f"%{ord(letter):02X}" for letter in secret).encode(),
    "data.html": lambda secret, _: b"<img src='data:x;base64," + _base64("x" * 20 + secret) + b"'>",
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPINGS)
@pytest.mark.parametrize("secret", ["KANARI001203", "19900770042"])
def test_the_search_finds_what_is_hidden(name, secret, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / name).write_bytes(WRAPPINGS[name](secret, tmp_path))
    assert {hit for _, hit in _search(hidden)[name]} == {secret}


def test_the_search_finds_what_is_not_yet_in_the_database_file(tmp_path):
    """A row that stands in SQLite's log only, as after a kill."""
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t AS SELECT 'KANARI000001' AS x")
    connection.commit()
    assert any(hit == "KANARI000001" for hits in _search(tmp_path).values() for _, hit in hits)
    connection.close()


def test_the_morning_had_canaries_to_lose(morning, journey, found):
    """Or else finding nothing would mean nothing."""
    leads = [lead for lead in journey.leads() if lead["customer_id"] in morning.canaries]
    assert {lead["channel"] for lead in leads} == {"sms", "outbound_call", "app_push", "mobile_sales"}
    assert len(leads) > 20
    assert {name.split("/")[1] for name in found} == {"sms", "outbound_call", "app_push"}


def test_canaries_are_only_in_the_channel_files_that_need_them(morning, journey, found):
    """Exactly the one field, exactly of that file's leads; so no name, and nothing anywhere else."""
    needs = {"sms": "phone", "outbound_call": "phone", "app_push": "app_token"}
    expected = {channel: set() for channel in needs}
    for lead in journey.leads():
        if lead["customer_id"] in morning.canaries and lead["channel"] in needs:
            secret = morning.canaries[lead["customer_id"]][needs[lead["channel"]]]
            expected[lead["channel"]].add(secret)
    elsewhere = {name for name in found if not name.startswith("outbox/") or name.split("/")[1] not in needs}
    assert elsewhere == set()
    for name, hits in found.items():
        _, channel, day, _, file = name.split("/")
        assert (day, file) == ("2026-06-01", f"{channel}.{'xlsx' if channel == 'outbound_call' else 'csv'}")
        assert {hit for _, hit in hits} == expected[channel]


def test_the_vault_holds_no_canary_in_clear(morning, journey):
    assert _search(journey.var / "vault") == {}
    with journey.here(), journey.ledger() as ledger:
        from journeykit.channels import open_vault

        vault = open_vault(journey.settings)
        chosen = sorted(morning.canaries)[:5]
        fields = list(morning.canaries[chosen[0]])
        opened = vault.reveal(chosen, fields, ledger=ledger, actor="tester", purpose="compare")
        vault.close()
    assert {customer: dict(opened[customer]) for customer in chosen} == {
        c: morning.canaries[c] for c in chosen
    }


def test_nothing_a_command_prints_or_leaves_behind_has_a_canary(morning, journey):
    for name, done in morning.printed.items():
        assert find_canaries((done.stdout + done.stderr).encode(), name) == set()
    assert _search(journey.root / "tmp") == {}
    for arguments in (
        ["leads", "list", "--json"],
        ["runs", "list", "--json"],
        ["mart", "describe", "customer"],
    ):
        done = journey.command(*arguments)
        assert done.returncode == 0
        assert find_canaries(done.stdout.encode() + done.stderr.encode()) == set()


def test_the_failed_run_is_there_and_was_searched(morning, journey):
    """Its notebook is kept with the traceback, its owners were told, and neither says whose data it was."""
    (kept,) = sorted((journey.var / "runs" / "failing").rglob("attempt-1.ipynb"))
    outputs = [out for cell in nbformat.read(kept, 4).cells for out in cell.get("outputs", [])]
    assert "error" in {output.output_type for output in outputs}
    mails = list((journey.var / "mail").glob("*failed*.eml"))
    assert len(mails) == 1
    told = (
        email.message_from_bytes(mails[0].read_bytes(), policy=email.policy.default).get_body().get_content()
    )
    assert "ValueError" in told
    assert not re.search(r"C\d{8}", told)
    done = morning.printed["failing"]
    assert done.returncode == 1


def test_a_dry_run_shows_pseudonyms_and_opens_nothing(journey):
    (kept,) = (journey.var / "runs" / "looking").rglob("attempt-1.ipynb")
    shown = kept.read_text("utf-8")
    assert "phone of C" in shown
    assert "app_token of C" in shown
    with journey.ledger() as ledger:
        openings = [row for row in read_audit(ledger).to_pylist() if row["action"] == "reveal"]
    purposes = {
        json.loads(row["detail"])["purpose"].split()[1] for row in openings if row["actor"] != "tester"
    }
    assert purposes == {"sms", "outbound_call", "app_push", "mobile_sales"}
