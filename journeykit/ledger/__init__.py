"""The ledger: what was decided, delivered, allowed and reported back; transactional, many writers."""

from journeykit.ledger.accounts import Accounts, read_accounts
from journeykit.ledger.audit import read_audit, record_audit
from journeykit.ledger.consent import import_consent, latest_consent
from journeykit.ledger.contacts import contacts_on, import_contacts, read_contacts
from journeykit.ledger.deliveries import mark_delivered, mark_failed, pending_leads
from journeykit.ledger.enrolments import EnrolmentChanges, read_enrolments
from journeykit.ledger.keys import enrolment_id, lead_id
from journeykit.ledger.leads import Recorded, read_drops, read_leads, record_decisions
from journeykit.ledger.ledger import Ledger, content
from journeykit.ledger.marks import read_marks
from journeykit.ledger.receipts import ImportedReceipts, import_receipts, read_receipts
from journeykit.ledger.runs import (
    Run,
    fail_run,
    find_run,
    finish_run,
    pin_build,
    read_runs,
    run_id,
    start_run,
)
from journeykit.ledger.staging import Imported

__all__ = [
    "Accounts",
    "EnrolmentChanges",
    "Imported",
    "ImportedReceipts",
    "Ledger",
    "Recorded",
    "Run",
    "contacts_on",
    "content",
    "enrolment_id",
    "fail_run",
    "find_run",
    "finish_run",
    "import_consent",
    "import_contacts",
    "import_receipts",
    "latest_consent",
    "lead_id",
    "mark_delivered",
    "mark_failed",
    "pending_leads",
    "pin_build",
    "read_accounts",
    "read_audit",
    "read_contacts",
    "read_drops",
    "read_enrolments",
    "read_leads",
    "read_marks",
    "read_receipts",
    "read_runs",
    "record_audit",
    "record_decisions",
    "run_id",
    "start_run",
]
