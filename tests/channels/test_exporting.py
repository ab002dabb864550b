"""From decided leads to files, with a real ledger and a real vault."""

import csv
import hashlib
import io
import json
import stat
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
import sqlalchemy as sa

import journeykit as jk
from journeykit import workspace
from journeykit.channels import export_run, preview
from journeykit.errors import ChannelError, DefinitionError, UnknownNameError, VaultError
from journeykit.expressions import tag
from journeykit.i18n import label
from journeykit.ledger import (
    EnrolmentChanges,
    Ledger,
    enrolment_id,
    import_consent,
    record_decisions,
    start_run,
)
from journeykit.ledger.approvals import append_step, read_steps
from journeykit.ledger.audit import read_audit
from journeykit.ledger.enrolments import ENTERED
from journeykit.ledger.leads import read_leads
from journeykit.ledger.tables import consent, contact, delivery, lead
from journeykit.routing.channel import Channel
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.versions import closure, closure_text, version_of_text
from journeykit.tags import Catalogue
from journeykit.tags.library import LIBRARY as TAGS
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
LIBRARY = Catalogue(TAGS)
# customer, channel, node, manager, branch, expected value
LEADS = [
    ("C1", "sms", "send_sms", None, None, "1.00"),
    ("C2", "sms", "send_sms", None, None, "1.00"),
    ("C3", "sms", "send_sms", None, None, "1.00"),
    ("C4", "mobile_sales", "assign_manager", "M/1", None, "1.00"),
    ("C5", "mobile_sales", "assign_manager", "M/1", None, "9.00"),
    ("C6", "mobile_sales", "assign_manager", "M2", None, "1.00"),
]


HOURS = {"C1": 18, "C5": 9}
"""Before which hour some must not be contacted."""


def decide(ledger, leads, as_of=AS_OF, contact_date=CONTACT_DATE, version="v1", **parameters):
    run = start_run(
        ledger, job="run_strategies", as_of=as_of, contact_date=contact_date, parameters=parameters,
        definitions_hash="d", build_id="b1",
    )  # fmt: skip
    ids = [enrolment_id("idle", customer, AS_OF) for customer, *_ in leads]
    entered = [
        dict(zip(ENTERED.names, (one, "idle", version, customer, "treatment", AS_OF, "start", AS_OF,
                                 None, None), strict=True))
        for one, (customer, *_) in zip(ids, leads, strict=True)
    ]  # fmt: skip
    reason = json.dumps({"summary": "Idle: AUM 600,000", "summary_zh": "闲置：资产 600,000"})
    empty = pa.array([], pa.string())
    record_decisions(
        ledger,
        run.run_id,
        changes=EnrolmentChanges(entered=pa.Table.from_pylist(entered, schema=ENTERED)),
        leads=pa.table(
            {
                "enrolment_id": ids,
                "strategy": ["idle"] * len(leads),
                "version": [version] * len(leads),
                "node": [lead[2] for lead in leads],
                "customer_id": [lead[0] for lead in leads],
                "channel": [lead[1] for lead in leads],
                "manager_id": pa.array([lead[3] for lead in leads], pa.string()),
                "branch_id": pa.array([lead[4] for lead in leads], pa.string()),
                "offer": ["W-30D"] * len(leads),
                "expected_value": pa.array([Decimal(lead[5]) for lead in leads], pa.decimal128(18, 2)),
                "not_before_hour": pa.array([HOURS.get(lead[0]) for lead in leads], pa.int64()),
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
        ),
        AS_OF,
    )
    yield opened
    opened.close()


def export(ledger, run_id, outbox, open_vault, language="zh", **options):
    return export_run(
        ledger, run_id, PLAYBOOK, outbox=outbox, language=language, open_vault=open_vault, actor="operator",
        **options,
    )  # fmt: skip


def say(ledger, *words):
    """Words on consent after the day was decided: customer, channel, purpose, granted, at which minute."""
    rows = [
        {
            "consent_id": f"K{ledger.read(sa.select(sa.func.count()).select_from(consent))[0][0]}-{number}",
            "customer_id": customer, "channel": channel, "purpose": purpose, "granted": granted,
            "recorded_at": datetime(2026, 5, 30, 10, minute),
        }
        for number, (customer, channel, purpose, granted, minute) in enumerate(words)
    ]  # fmt: skip
    import_consent(ledger, pa.Table.from_pylist(rows))


def reasons(ledger):
    statement = sa.select(lead.c.customer_id, delivery.c.reason).join(
        delivery, delivery.c.lead_id == lead.c.lead_id
    )
    return {customer: reason for customer, reason in ledger.read(statement) if reason}


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
    assert {row["phone"]: row["not_before"] for row in rows} == {PHONES["C1"]: "18:00", PHONES["C2"]: ""}
    assert (messages.delivered, messages.failed) == (2, 1)

    worst, best = sorted(read_xlsx(made[f"{sales}/M%2F1.xlsx"]), key=lambda row: row["客户编号"])
    assert read_xlsx(made[f"{sales}/M%2F1.xlsx"])[0] == best
    assert worst["客户"] == "赵**" and best["客户"] == "钱**" and best["客户编号"] == "C5"
    assert best["沟通要点"] == "致电沟通理财" and best["推荐理由"] == "闲置：资产 600,000"
    assert (best["策略"], best["权益"], best["截止日期"]) == ("闲置资金", "30天理财", "2026-06-04")
    assert (best["不早于"], worst["不早于"]) == ("09:00", "")
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


def test_who_refuses_after_the_decision_is_not_contacted(ledger, vault, tmp_path):
    run_id = decide(ledger, LEADS)
    say(
        ledger,
        ("C1", "sms", "marketing", False, 0),
        ("C1", "all", "marketing", True, 5),  # a no to either wins, whichever came later
        ("C2", "counter", "marketing", False, 0),  # another channel
        ("C4", "all", "automated_marketing", False, 0),
        ("C5", "mobile_sales", "marketing", False, 0),
        ("C5", "mobile_sales", "marketing", True, 5),  # a later yes to the same
        ("C6", "all", "marketing", False, 0),
        ("C6", "all", "automated_marketing", False, 0),
    )
    lists, messages = export(ledger, run_id, tmp_path / "outbox", lambda: vault)
    assert reasons(ledger) == {
        "C1": "no_consent", "C3": "no_contact_data", "C4": "refused_automated", "C6": "no_consent",
    }  # fmt: skip
    assert (messages.delivered, messages.failed, lists.delivered, lists.failed) == (1, 2, 1, 2)
    assert lists.files == ("index.csv", "M%2F1.xlsx")
    assert [row["phone"] for row in read_csv((messages.folder / "sms.csv").read_bytes())] == [PHONES["C2"]]
    assert {c for (c,) in ledger.read(sa.select(contact.c.customer_id))} == {"C2", "C5"}
    opened = [json.loads(row["detail"])["customers"] for row in read_audit(ledger).to_pylist()]
    assert sorted(opened) == [1, 2]  # C5; C2 and C3: nobody who refused was looked up


def test_when_all_refused_the_vault_stays_shut(ledger, tmp_path):
    run_id = decide(ledger, LEADS[:1])
    say(ledger, ("C1", "all", "marketing", False, 0))
    (made,) = export(ledger, run_id, tmp_path / "outbox", lambda: pytest.fail("opened the vault"))
    assert (made.delivered, made.failed, made.files) == (0, 1, ())


def test_a_refusal_takes_back_what_a_killed_export_left(ledger, vault, tmp_path, monkeypatch):
    run_id, outbox = decide(ledger, LEADS), tmp_path / "outbox"

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("journeykit.channels.exporting.mark_delivered", die)
        export(ledger, run_id, outbox, lambda: vault, channel="mobile_sales")
    assert list(outbox.rglob("M2.xlsx"))
    say(ledger, ("C6", "all", "marketing", False, 0))
    (lists,) = export(ledger, run_id, outbox, lambda: vault, channel="mobile_sales")
    assert lists.files == ("index.csv", "M%2F1.xlsx")
    assert not list(outbox.rglob("M2.xlsx"))


def test_a_lead_of_a_day_that_is_over_is_too_late(ledger, vault, tmp_path):
    run_id = decide(ledger, LEADS[:1])
    later = decide(ledger, LEADS[1:2], as_of=CONTACT_DATE, contact_date=date(2026, 6, 2))
    (late,) = export(ledger, run_id, tmp_path / "outbox", lambda: pytest.fail("opened the vault"))
    assert (late.delivered, late.failed) == (0, 1)
    assert reasons(ledger) == {"C1": "too_late"}
    (made,) = export(ledger, later, tmp_path / "outbox", lambda: vault)
    assert (made.delivered, made.failed) == (1, 0)


@pytest.fixture
def submitted(ledger):
    """The version of the strategy as it was submitted, and what takes its next steps."""
    text = closure_text(closure(STRATEGY, LIBRARY, PLAYBOOK))
    version = version_of_text(text)

    def step(action, in_flight="finish"):
        append_step(
            ledger, read_steps(ledger).get("idle", ()), strategy="idle", version=version, action=action,
            actor="bob", detail={"in_flight": in_flight, "as_of": "2026-05-29"}, closure=text,
        )  # fmt: skip

    for action in ("submitted", "approved", "live"):
        step(action)
    return version, step


def test_words_are_those_that_were_approved(ledger, vault, submitted, tmp_path):
    version, _ = submitted
    run_id = decide(ledger, LEADS, version=version)
    louder = OFFER.model_copy(update={"template": "BUY NOW", "template_zh": "立即购买"})
    calls = [
        node.model_copy(update={"script": "Insist", "script_zh": "务必成交"})
        if node.kind == "assign"
        else node
        for node in STRATEGY.nodes
    ]
    edited = STRATEGY.model_copy(update={"nodes": tuple(calls), "title_zh": "限时抢购"})
    book = replace(PLAYBOOK, strategies={"idle": edited}, offers={"W-30D": louder})
    outbox = tmp_path / "outbox"
    export_run(ledger, run_id, book, outbox=outbox, language="zh", open_vault=lambda: vault, actor="operator")
    as_approved = tmp_path / "approved"
    again = Ledger.open(f"sqlite:///{tmp_path / 'again.sqlite'}")
    export(again, decide(again, LEADS, version=version), as_approved, lambda: vault)
    again.close()
    said, approved = (read_csv(next(one.rglob("sms.csv")).read_bytes()) for one in (outbox, as_approved))
    assert said == approved
    assert {row["text"] for row in said} == {"'=理财升级"}
    told, wanted = (read_xlsx(next(one.rglob("M2.xlsx")).read_bytes()) for one in (outbox, as_approved))
    assert told == wanted
    assert "致电沟通理财" in str(told)


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ([("paused", "")], "paused"),
        ([("ended", "exit")], "ended"),
        ([("ended", "finish")], None),
        ([("paused", ""), ("resumed", "")], None),
    ],
)
def test_leads_of_a_strategy_that_was_stopped_do_not_leave(ledger, vault, submitted, tmp_path, stop, reason):  # noqa: PLR0917
    version, step = submitted
    run_id = decide(ledger, LEADS[:1], version=version)
    for action, in_flight in stop:
        step(action, in_flight)
    (made,) = export(ledger, run_id, tmp_path / "outbox", lambda: vault)
    assert (made.delivered, made.failed) == ((0, 1) if reason else (1, 0))
    assert reasons(ledger) == ({"C1": reason} if reason else {})
    assert reason is None or label(f"reason.{reason}", "zh")


def test_one_channel_alone(ledger, vault, tmp_path):
    run_id, outbox = decide(ledger, LEADS), tmp_path / "outbox"
    (made,) = export(ledger, run_id, outbox, lambda: vault, channel="sms")
    assert made.channel == "sms"
    assert [path.name for path in outbox.iterdir()] == ["sms"]
    states = sa.select(delivery.c.state).join(lead, lead.c.lead_id == delivery.c.lead_id)
    assert ledger.read(states.where(lead.c.channel == "mobile_sales").distinct()) == [("pending",)]
    assert export(ledger, run_id, outbox, lambda: vault, channel="counter") == ()
    with pytest.raises(UnknownNameError, match="sms"):
        export(ledger, run_id, outbox, lambda: vault, channel="smss")


def test_files_are_for_our_own_user(ledger, vault, tmp_path):
    outbox = tmp_path / "outbox"
    outbox.mkdir(mode=0o755)
    export(ledger, decide(ledger, LEADS), outbox, lambda: vault)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [outbox, *outbox.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_ids_and_tokens_arrive_as_they_are(ledger, vault, tmp_path):
    numbers = {"C1": "-Ab=", "C2": "1380\n0000", "C3": "=7+1"}
    vault.load(pa.table({"customer_id": list(numbers), "phone": list(numbers.values())}), AS_OF)
    (made,) = export(ledger, decide(ledger, LEADS[:3]), tmp_path / "outbox", lambda: vault)
    rows = read_csv((made.folder / "sms.csv").read_bytes())
    assert {row["phone"] for row in rows} == {"-Ab=", "=7+1"}
    assert {row["text"] for row in rows} == {"'=理财升级"}
    assert reasons(ledger) == {"C2": "no_contact_data"}


def test_what_was_delivered_is_not_written_again_without_its_details(ledger, vault, tmp_path):
    run_id, outbox = decide(ledger, LEADS), tmp_path / "outbox"
    export(ledger, run_id, outbox, lambda: vault)
    before = files_in(outbox)
    for manifest in outbox.rglob("manifest.json"):
        manifest.unlink()
    vault.load(pa.table({"customer_id": pa.array([], pa.string())}), AS_OF)
    export(ledger, run_id, outbox, lambda: pytest.fail("opened the vault"))
    assert files_in(outbox) == before

    for path in outbox.rglob("*.*"):
        path.unlink()
    with pytest.raises(ChannelError, match=r"not in .* any more"):
        export(ledger, run_id, outbox, lambda: vault)
    assert files_in(outbox) == {}


def test_a_frame_is_exported_for_its_channel_alone_and_whole_only(tmp_path, monkeypatch):
    root = workspace.init_workspace(tmp_path / "bank")
    monkeypatch.chdir(root)
    ledger = workspace.open_ledger()
    decide(ledger, [LEADS[0], *LEADS[3:5]])
    frame = jk.leads(AS_OF)
    sales = frame[frame["channel"] == "mobile_sales"]
    shown = jk.export(sales, "mobile_sales")  # a frame has its hours as 9.0 and NaN
    assert {row[shown.columns.index("Not before")] for row in shown.rows} == {"09:00", ""}
    for wrong in (sales[:1], sales.assign(lead_id=["x", "y"]), sales.assign(run_id="other")):
        with pytest.raises(DefinitionError, match="all of a run's leads or none"):
            jk.export(wrong, "mobile_sales", dry_run=False)
    with pytest.raises(UnknownNameError, match="sms"):
        jk.export(frame, "smss", dry_run=False)
    assert not (root / "var" / "outbox").exists()
    assert len(jk.export(frame, "mobile_sales", dry_run=False).rows) == 1
    assert [path.name for path in (root / "var" / "outbox").iterdir()] == ["mobile_sales"]
    states = dict(ledger.read(sa.select(delivery.c.state, sa.func.count()).group_by(delivery.c.state)))
    assert states == {"delivered": 2, "pending": 1}
    ledger.close()
