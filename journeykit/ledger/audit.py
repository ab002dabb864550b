"""The audit: who did something that must be answered for, and why. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import pyarrow as pa
import sqlalchemy as sa

from journeykit.ledger.ledger import Ledger
from journeykit.ledger.tables import audit


def record_audit(ledger: Ledger, *, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Add one row and commit it before returning. `detail` must hold no personal data."""
    with ledger.transaction("audit") as connection:
        add_audit(connection, actor=actor, action=action, subject=subject, detail=detail)


def add_audit(
    connection: sa.Connection, *, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    """Add one row as part of the transaction that does what it tells of; see :func:`record_audit`."""
    row = {
        "audit_id": uuid4().hex,
        "at": datetime.now(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
    }
    connection.execute(sa.insert(audit).values(row))


def read_audit(ledger: Ledger) -> pa.Table:
    """Every row of the audit, oldest first."""
    return ledger.read_arrow(sa.select(audit).order_by(audit.c.at, audit.c.audit_id))
