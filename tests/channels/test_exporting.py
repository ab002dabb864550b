"""From decided leads to files, with a real ledger and a real vault."""

import csv
import hashlib
import io
import json
from datetime import date
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
import sqlalchemy as sa

from journeykit.channels import export_run, preview
from journeykit.errors import UnknownNameError, VaultError
from journeykit.expressions import tag
from journeykit.ledger import EnrolmentChanges, Ledger, record_decisions, start_run
from journeykit.ledger.audit import read_audit
from journeykit.ledger.leads import read_leads
from journeykit.ledger.tables import contact, delivery
from journeykit.routing.channel import Channel
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer
from journeykit.strategies.playbook import Playbook
from journeykit.vault import Vault, VaultKey

AS_OF, CONTACT_DATE = date(2026, 5, 29), date(2026, 6, 1)
NAMES = {"C1": "王小明", "C2": "=欧阳", "C3": "李雷", "C4": "赵六", "C5": "钱七", "C6": "孙八"}
PHONES = {"C1": "013800000001", "C2": "+8613800000002"}  # C3 has none

STRATEGY = (
    Strategy("idle", title="Idle money", title_zh="闲置资金", stage="activate")
    .start(Segment("all", tag("aum") >= 1))
    .send("sms", offer="W-30D")
    .assign("manager", offer="W-30D", due_days=3, script="Call about wealth", script_zh="致电沟通理财")
)
OFFER = Offer(
    "W-30D", title="30-day wealth", title_zh="30天理财", product_line="wealth", valid_from=AS_OF,
    valid_to=date(2026, 12, 31), value=Decimal(10), response_rate=Decimal("0.1"),
    template="Earn more", template_zh="=理财升级",
)  # fmt: skip
PLAYBOOK = Playbook(
    {"idle": STRATEGY},
    {"W-30D": OFFER},
    {
        "sms": Channel(name="sms", needs="phone"),
        "mobile_sales": Channel(name="mobile_sales", addressed_to="manager", format="xlsx"),
        "counter": Channel(name="counter", addressed_to="branch", format="xlsx"),
    },
)
# customer, channel, node, manager, branch, expected value
LEADS = [
    ("C1", "sms", "send_sms", None, None, "1.00"),
    ("C2", "sms", "send_sms", None, None, "1.00"),
    ("C3", "sms", "send_sms", None, None, "1.00"),
    ("C4", "mobile_sales", "assign_manager", "M/1", None, "1.00"),
    ("C5", "mobile_sales", "assign_manager", "M/1", None, "9.00"),
    ("C6", "mobile_sales", "assign_manager", "M2", None, "1.00"),
]


def table(names, rows):
    return pa.table({name: pa.array([row[i] for row in rows]) for i, name in enumerate(names)})


def decide(ledger, leads, **parameters):
    run = start_run(
        ledger, job="run_strategies", as_of=AS_OF, contact_date=CONTACT_DATE, parameters=parameters,
        definitions_hash="d", build_id="b1",
    )  # fmt: skip
    entered = [("idle", "v1", c, "treatment", AS_OF, "start", AS_OF) for c, *_ in leads]
    reason = json.dumps({"summary": "Idle: AUM 600,000", "summary_zh": "闲置：资产 600,000"})
    empty = pa.array([], pa.string())
    record_decisions(
        ledger,
        run.run_id,
        changes=EnrolmentChanges(
            entered=table(
                ["strategy", "version", "customer_id", "arm", "entered_on", "node", "node_since"], entered
            ),
            moved=pa.table(
                {
                    "strategy": empty,
                    "customer_id": empty,
                    "node": empty,
                    "node_since": pa.array([], pa.date32()),
                }
            ),
            exited=pa.table(
                {
                    "strategy": empty,
                    "customer_id": empty,
                    "exit_reason": empty,
                    "exited_on": pa.array([], pa.date32()),
                }
            ),
        ),
        leads=pa.table(
            {
                "strategy": ["idle"] * len(leads),
                "version": ["v1"] * len(leads),
                "node": [lead[2] for lead in leads],
                "customer_id": [lead[0] for lead in leads],
                "channel": [lead[1] for lead in leads],
                "manager_id": pa.array([lead[3] for lead in leads], pa.string()),
                "branch_id": pa.array([lead[4] for lead in leads], pa.string()),
                "offer": ["W-30D"] * len(leads),
                "expected_value": pa.array([Decimal(lead[5]) for lead in leads], pa.decimal128(18, 2)),
                "reason": [reason] * len(leads),
            }
        ),
        drops=pa.table(
            {"strategy": empty, "node": empty, "reason": empty, "count": pa.array([], pa.int64())}
        ),
        candidates=len(leads),
        decisions_sha256="0" * 64,
    )
    return run.run_id


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def vault(tmp_path):
    opened = Vault.open(tmp_path / "vault", VaultKey(bytes(32)))
    opened.load(
        pa.table(
            {
                "customer_id": list(NAMES),
                "name": list(NAMES.values()),
                "phone": [PHONES.get(c) for c in NAMES],
            }
        )
    )
    yield opened
    opened.close()


def export(ledger, run_id, outbox, open_vault, language="zh"):
    return export_run(
        ledger, run_id, PLAYBOOK, outbox=outbox, language=language, open_vault=open_vault, actor="operator"
    )


def files_in(outbox):
    return {str(path.relative_to(outbox)): path.read_bytes() for path in outbox.rglob("*") if path.is_file()}


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content):
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_messages_and_work_lists_are_written_and_accounted_for(ledger, vault, tmp_path):
    run_id = decide(ledger, LEADS)
    outbox = tmp_path / "outbox"
    lists, messages = export(ledger, run_id, outbox, lambda: vault)
    made = files_in(outbox)
    sms, sales = f"sms/2026-06-01/{run_id}", f"mobile_sales/2026-06-01/{run_id}"
    assert set(made) == {
        f"{sms}/sms.csv", f"{sms}/manifest.json",
        f"{sales}/index.csv", f"{sales}/M%2F1.xlsx", f"{sales}/M2.xlsx", f"{sales}/manifest.json",
    }  # fmt: skip

    rows = read_csv(made[f"{sms}/sms.csv"])
    leads = {row["customer_id"]: row for row in read_leads(ledger).to_pylist()}
    assert {row["phone"]: row["lead_id"] for row in rows} == {PHONES[c]: leads[c]["lead_id"] for c in PHONES}
    assert {row["text"] for row in rows} == {"'=理财升级"}
    assert (messages.delivered, messages.failed) == (2, 1)

    worst, best = sorted(read_xlsx(made[f"{sales}/M%2F1.xlsx"]), key=lambda row: row["客户编号"])
    assert read_xlsx(made[f"{sales}/M%2F1.xlsx"])[0] == best
    assert worst["客户"] == "赵**" and best["客户"] == "钱**" and best["客户编号"] == "C5"
    assert best["沟通要点"] == "致电沟通理财" and best["推荐理由"] == "闲置：资产 600,000"
    assert (best["策略"], best["权益"], best["截止日期"]) == ("闲置资金", "30天理财", "2026-06-04")
    index = read_csv(made[f"{sales}/index.csv"])
    assert [(row["客户经理"], row["文件"], row["线索"]) for row in index] == [
        ("M/1", "M%2F1.xlsx", "2"), ("M2", "M2.xlsx", "1"),
    ]  # fmt: skip
    assert (lists.delivered, lists.failed) == (3, 0)
    everything = b"".join(made.values()).decode("latin-1")
    assert not any(name.encode().decode("latin-1") in everything for name in NAMES.values())

    for folder in (sms, sales):
        manifest = json.loads(made[f"{folder}/manifest.json"])
        assert manifest["leads"] == manifest["delivered"] + manifest["failed"]
        for file in manifest["files"]:
            assert file["sha256"] == hashlib.sha256(made[f"{folder}/{file['file']}"]).hexdigest()

    states = dict(ledger.read(sa.select(delivery.c.state, sa.func.count()).group_by(delivery.c.state)))
    assert states == {"delivered": 5, "failed": 1}
    assert ledger.read(sa.select(delivery.c.reason).where(delivery.c.state == "failed")) == [
        ("no_contact_data",)
    ]
    assert {c for (c,) in ledger.read(sa.select(contact.c.customer_id))} == {"C1", "C2", "C4", "C5", "C6"}
    assert [row["actor"] for row in read_audit(ledger).to_pylist()] == ["operator", "operator"]


def test_doing_it_again_changes_nothing_and_opens_nothing(ledger, vault, tmp_path):
    run_id = decide(ledger, LEADS)
    outbox = tmp_path / "outbox"
    first = export(ledger, run_id, outbox, lambda: vault)
    before = files_in(outbox)
    assert export(ledger, run_id, outbox, lambda: pytest.fail("opened the vault")) == first
    assert files_in(outbox) == before


def test_after_a_kill_before_the_manifest_the_same_bytes_come_again(ledger, vault, tmp_path):
    run_id = decide(ledger, LEADS)
    outbox = tmp_path / "outbox"
    export(ledger, run_id, outbox, lambda: vault)
    before = files_in(outbox)
    for manifest in outbox.rglob("manifest.json"):
        manifest.unlink()
    export(ledger, run_id, outbox, lambda: vault)
    assert files_in(outbox) == before


def test_a_second_run_of_the_day_has_files_of_its_own(ledger, vault, tmp_path):
    outbox = tmp_path / "outbox"
    export(ledger, decide(ledger, LEADS[:1]), outbox, lambda: vault)
    before = files_in(outbox)
    export(ledger, decide(ledger, LEADS[1:2], again=True), outbox, lambda: vault)
    after = files_in(outbox)
    assert before.items() <= after.items() and len(after) == 2 * len(before)


def test_without_contact_details_those_who_need_none_still_get_their_list(ledger, tmp_path):
    leads = [("C1", "counter", "x", None, "B1", "1.00"), ("C2", "sms", "send_sms", None, None, "1.00")]
    counter, sms = export(ledger, decide(ledger, leads), tmp_path / "outbox", lambda: None, "en")
    assert (counter.delivered, counter.files) == (1, ("index.csv", "B1.xlsx"))
    assert (sms.delivered, sms.failed, sms.files) == (0, 1, ())
    (row,) = read_xlsx((counter.folder / "B1.xlsx").read_bytes())
    assert not row["Customer"] and row["What to say"] == "Earn more"


def test_without_a_key_nothing_is_written_or_marked(ledger, vault, tmp_path):
    run_id = decide(ledger, LEADS)
    closed = Vault.open(tmp_path / "vault")
    with pytest.raises(VaultError):
        export(ledger, run_id, tmp_path / "outbox", lambda: closed)
    closed.close()
    assert not (tmp_path / "outbox").exists()
    assert ledger.read(sa.select(delivery.c.state).distinct()) == [("pending",)]


def test_a_dry_run_shows_pseudonyms(ledger):
    decide(ledger, LEADS)
    leads = read_leads(ledger).to_pylist()
    shown = preview(leads, "sms", PLAYBOOK, "en")
    assert len(shown.rows) == 3
    assert {row[shown.columns.index("phone")] for row in shown.rows} == {
        f"<phone of C{i}>" for i in (1, 2, 3)
    }
    lists = preview(leads, "mobile_sales", PLAYBOOK, "zh")
    assert "<name of C4>" in {row[0] for row in lists.rows}
    with pytest.raises(UnknownNameError, match="sms"):
        preview(leads, "smss", PLAYBOOK, "en")
