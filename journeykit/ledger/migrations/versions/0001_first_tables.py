"""The first tables: runs, enrolments, leads, deliveries, contacts, consent, receipts, approvals and audit."""

import sqlalchemy as sa
from alembic import op

from journeykit.dialects import index_where

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit"),
    )
    op.create_table(
        "consent",
        sa.Column("consent_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("purpose IN ('marketing', 'automated_marketing')", name="ck_consent_purpose"),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consent"),
    )
    op.create_index("ix_consent_customer_id", "consent", ["customer_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_receipt"),
    )
    op.create_index("ix_receipt_lead_id", "receipt", ["lead_id"], unique=False)
    op.create_table(
        "run",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("contact_date", sa.Date(), nullable=False),
        sa.Column("build_id", sa.Text(), nullable=True),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("definitions_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("candidates", sa.BigInteger(), nullable=True),
        sa.Column("leads", sa.BigInteger(), nullable=True),
        sa.Column("drops", sa.BigInteger(), nullable=True),
        sa.Column("decisions_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'succeeded', 'failed')", name="ck_run_state"),
        sa.CheckConstraint(
            "(decisions_sha256 IS NULL) = (candidates IS NULL) AND (candidates IS NULL) = (leads IS NULL) "
            "AND (leads IS NULL) = (drops IS NULL)",
            name="ck_run_decided_whole",
        ),
        sa.CheckConstraint("attempt >= 1", name="ck_run_attempt"),
        sa.CheckConstraint("candidates = leads + drops", name="ck_run_accounted"),
        sa.CheckConstraint("contact_date > as_of", name="ck_run_contact_later"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run"),
    )
    op.create_table(
        "drop_count",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count > 0", name="ck_drop_count_positive"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_drop_count_run_id"),
        sa.PrimaryKeyConstraint("run_id", "strategy", "node", "reason", name="pk_drop_count"),
    )
    op.create_table(
        "enrolment",
        sa.Column("enrolment_id", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("node_since", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("exit_reason", sa.Text(), nullable=True),
        sa.Column("exited_on", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'exited') = (exited_on IS NOT NULL) AND (exited_on IS NULL) = (exit_reason IS NULL)",
            name="ck_enrolment_exited_whole",
        ),
        sa.CheckConstraint("arm IN ('treatment', 'control')", name="ck_enrolment_arm"),
        sa.CheckConstraint("state IN ('active', 'exited')", name="ck_enrolment_state"),
        sa.CheckConstraint(
            "exited_on >= entered_on AND node_since >= entered_on", name="ck_enrolment_forward_in_time"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_enrolment_run_id"),
        sa.PrimaryKeyConstraint("enrolment_id", name="pk_enrolment"),
        sa.UniqueConstraint(
            "strategy", "customer_id", "entered_on", name="uq_enrolment_strategy_customer_id_entered_on"
        ),
    )
    op.create_index(
        "uq_enrolment_active",
        "enrolment",
        ["strategy", "customer_id"],
        unique=True,
        **index_where("state = 'active'"),
    )
    op.create_table(
        "lead",
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("enrolment_id", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("manager_id", sa.Text(), nullable=True),
        sa.Column("branch_id", sa.Text(), nullable=True),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("contact_date", sa.Date(), nullable=False),
        sa.Column("build_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("expected_value", sa.BigInteger(), nullable=False),
        sa.Column("not_before_hour", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("contact_date > as_of", name="ck_lead_contact_later"),
        sa.CheckConstraint("not_before_hour BETWEEN 0 AND 23", name="ck_lead_hour"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_lead_run_id"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.enrolment_id"], name="fk_lead_enrolment_id"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_lead"),
        sa.UniqueConstraint("customer_id", "contact_date", name="uq_lead_customer_id_contact_date"),
    )
    op.create_index("ix_lead_contact_date", "lead", ["contact_date"], unique=False)
    op.create_index("ix_lead_run_id", "lead", ["run_id"], unique=False)
    op.create_index("ix_lead_enrolment_id", "lead", ["enrolment_id"], unique=False)
    op.create_table(
        "mark",
        sa.Column("mark_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("enrolment_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.enrolment_id"], name="fk_mark_enrolment_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_mark_run_id"),
        sa.PrimaryKeyConstraint("mark_id", name="pk_mark"),
    )
    op.create_index("ix_mark_marked_on", "mark", ["marked_on"], unique=False)
    op.create_table(
        "strategy_version",
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("closure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("strategy", "version", name="pk_strategy_version"),
    )
    op.create_table(
        "approval",
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "action IN ('submitted', 'withdrawn', 'refused', 'approved', 'live', 'paused', 'resumed', "
            "'ended')",
            name="ck_approval_action",
        ),
        sa.ForeignKeyConstraint(
            ["strategy", "version"],
            ["strategy_version.strategy", "strategy_version.version"],
            name="fk_approval_strategy_version",
        ),
        sa.PrimaryKeyConstraint("strategy", "step", name="pk_approval"),
    )
    op.create_table(
        "contact",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("(origin = 'journeykit') = (lead_id IS NOT NULL)", name="ck_contact_own_has_lead"),
        sa.CheckConstraint("origin IN ('bank', 'journeykit')", name="ck_contact_origin"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_contact_lead_id"),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contact"),
        sa.UniqueConstraint("lead_id", name="uq_contact_lead_id"),
    )
    op.create_index("ix_contact_contacted_on", "contact", ["contacted_on"], unique=False)
    op.create_index(
        "uq_contact_own_day",
        "contact",
        ["customer_id", "contacted_on"],
        unique=True,
        **index_where("origin = 'journeykit'"),
    )
    op.create_table(
        "delivery",
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_on IS NOT NULL) AND (delivered_on IS NULL) = (file IS NULL) "
            "AND (state = 'failed') = (reason IS NOT NULL)",
            name="ck_delivery_state_whole",
        ),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'failed')", name="ck_delivery_state"),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.lead_id"], name="fk_delivery_lead_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_delivery_run_id"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_delivery"),
    )
    op.create_index("ix_delivery_run_id", "delivery", ["run_id"], unique=False)
