"""The ledger's tables. Keys and checks make the promises impossible to break, whoever writes.

A column marked ``info=VOLATILE`` tells how or when something was computed, never what was decided; replays of
the same days agree in every other column.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from journeykit.dialects import index_where

VOLATILE = {"volatile": True}

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Fen(sa.types.TypeDecorator[Decimal]):
    """Yuan with two places as a Decimal in Python, whole fen in the ledger: exact in every database.

    Examples
    --------
    >>> Fen().process_bind_param(Decimal("12.30"), None), Fen().process_result_value(1230, None)
    (1230, Decimal('12.30'))
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        """Yuan to fen."""
        return None if value is None else int(value.scaleb(2))

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        """Fen to yuan."""
        return None if value is None else Decimal(value).scaleb(-2)


def _text(name: str, *rest: Any, null: bool = False, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, *rest, nullable=null, **options)


def _one_of(name: str, column: str, *values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=name)


run = sa.Table(
    "run",
    metadata,
    _text("run_id", primary_key=True),
    _text("job"),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("contact_date", sa.Date, nullable=False),
    _text("build_id", null=True),
    _text("parameters"),
    _text("definitions_hash"),
    _text("state"),
    sa.Column("attempt", sa.Integer, nullable=False, info=VOLATILE),
    sa.Column("started_at", sa.DateTime, nullable=False, info=VOLATILE),
    sa.Column("finished_at", sa.DateTime, info=VOLATILE),
    _text("error", null=True, info=VOLATILE),
    sa.Column("candidates", sa.BigInteger),
    sa.Column("leads", sa.BigInteger),
    sa.Column("drops", sa.BigInteger),
    _text("decisions_sha256", null=True),
    _one_of("state", "state", "running", "succeeded", "failed"),
    sa.CheckConstraint("candidates = leads + drops", name="accounted"),
    sa.CheckConstraint(
        "(decisions_sha256 IS NULL) = (candidates IS NULL) AND (candidates IS NULL) = (leads IS NULL) "
        "AND (leads IS NULL) = (drops IS NULL)",
        name="decided_whole",
    ),
    sa.CheckConstraint("attempt >= 1", name="attempt"),
    sa.CheckConstraint("contact_date > as_of", name="contact_later"),
)

enrolment = sa.Table(
    "enrolment",
    metadata,
    _text("enrolment_id", primary_key=True),
    _text("strategy"),
    _text("version"),
    _text("customer_id"),
    _text("arm"),
    sa.Column("entered_on", sa.Date, nullable=False),
    _text("node"),
    sa.Column("node_since", sa.Date, nullable=False),
    _text("state"),
    _text("exit_reason", null=True),
    sa.Column("exited_on", sa.Date),
    _text("run_id", sa.ForeignKey("run.run_id")),
    sa.UniqueConstraint("strategy", "customer_id", "entered_on"),
    sa.Index(
        "uq_enrolment_active", "strategy", "customer_id", unique=True, **index_where("state = 'active'")
    ),
    _one_of("arm", "arm", "treatment", "control"),
    _one_of("state", "state", "active", "exited"),
    sa.CheckConstraint(
        "(state = 'exited') = (exited_on IS NOT NULL) AND (exited_on IS NULL) = (exit_reason IS NULL)",
        name="exited_whole",
    ),
    sa.CheckConstraint("exited_on >= entered_on AND node_since >= entered_on", name="forward_in_time"),
)

lead = sa.Table(
    "lead",
    metadata,
    _text("lead_id", primary_key=True),
    _text("enrolment_id", sa.ForeignKey("enrolment.enrolment_id"), index=True),
    _text("strategy"),
    _text("version"),
    _text("node"),
    _text("customer_id"),
    _text("channel"),
    _text("manager_id", null=True),
    _text("branch_id", null=True),
    _text("offer"),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("contact_date", sa.Date, nullable=False, index=True),
    _text("build_id"),
    _text("run_id", sa.ForeignKey("run.run_id"), index=True),
    sa.Column("expected_value", Fen, nullable=False),
    sa.Column("not_before_hour", sa.Integer),
    _text("reason"),
    sa.UniqueConstraint("customer_id", "contact_date"),
    sa.CheckConstraint("contact_date > as_of", name="contact_later"),
    sa.CheckConstraint("not_before_hour BETWEEN 0 AND 23", name="hour"),
)

mark = sa.Table(
    "mark",
    metadata,
    _text("mark_id", primary_key=True),
    _text("customer_id"),
    _text("name"),
    sa.Column("marked_on", sa.Date, nullable=False, index=True),
    _text("strategy"),
    _text("enrolment_id", sa.ForeignKey("enrolment.enrolment_id")),
    _text("run_id", sa.ForeignKey("run.run_id")),
)

strategy_version = sa.Table(
    "strategy_version",
    metadata,
    _text("strategy", primary_key=True),
    _text("version", primary_key=True),
    # Everything the version decides with, as JSON: who was approved to do what stays readable for years.
    _text("closure"),
)

approval = sa.Table(
    "approval",
    metadata,
    _text("strategy", primary_key=True),
    # Counts a strategy's steps from 1, so that of two people who act at once one is told.
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    _text("version"),
    _text("action"),
    _text("actor"),
    _text("detail"),
    sa.Column("at", sa.DateTime, nullable=False, info=VOLATILE),
    sa.ForeignKeyConstraint(
        ["strategy", "version"], ["strategy_version.strategy", "strategy_version.version"]
    ),
    _one_of(
        "action", "action",
        "submitted", "withdrawn", "refused", "approved", "live", "paused", "resumed", "ended",
    ),
)  # fmt: skip

drop_count = sa.Table(
    "drop_count",
    metadata,
    _text("run_id", sa.ForeignKey("run.run_id"), primary_key=True),
    _text("strategy", primary_key=True),
    _text("node", primary_key=True),
    _text("reason", primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.CheckConstraint("count > 0", name="positive"),
)

delivery = sa.Table(
    "delivery",
    metadata,
    _text("lead_id", sa.ForeignKey("lead.lead_id"), primary_key=True),
    _text("state"),
    _text("reason", null=True),
    _text("file", null=True),
    sa.Column("delivered_on", sa.Date),
    _text("run_id", sa.ForeignKey("run.run_id"), index=True),
    _one_of("state", "state", "pending", "delivered", "failed"),
    sa.CheckConstraint(
        "(state = 'delivered') = (delivered_on IS NOT NULL) AND (delivered_on IS NULL) = (file IS NULL) "
        "AND (state = 'failed') = (reason IS NOT NULL)",
        name="state_whole",
    ),
)

contact = sa.Table(
    "contact",
    metadata,
    _text("contact_id", primary_key=True),
    _text("customer_id"),
    _text("channel"),
    sa.Column("contacted_on", sa.Date, nullable=False, index=True),
    _text("strategy", null=True),
    _text("lead_id", sa.ForeignKey("lead.lead_id"), null=True, unique=True),
    _text("outcome", null=True),
    _text("origin"),
    _one_of("origin", "origin", "bank", "journeykit"),
    sa.CheckConstraint("(origin = 'journeykit') = (lead_id IS NOT NULL)", name="own_has_lead"),
    sa.Index(
        "uq_contact_own_day",
        "customer_id",
        "contacted_on",
        unique=True,
        **index_where("origin = 'journeykit'"),
    ),
)

consent = sa.Table(
    "consent",
    metadata,
    _text("consent_id", primary_key=True),
    _text("customer_id", index=True),
    _text("channel"),
    _text("purpose"),
    sa.Column("granted", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("recorded_at", sa.DateTime, nullable=False),
    _one_of("purpose", "purpose", "marketing", "automated_marketing"),
)

receipt = sa.Table(
    "receipt",
    metadata,
    _text("receipt_id", primary_key=True),
    # No foreign key: a receipt for a lead we do not know is a finding, and is kept.
    _text("lead_id", index=True),
    _text("outcome"),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    _text("audit_id", primary_key=True, info=VOLATILE),
    sa.Column("at", sa.DateTime, nullable=False, info=VOLATILE),
    _text("actor"),
    _text("action"),
    _text("subject"),
    _text("detail"),
)
