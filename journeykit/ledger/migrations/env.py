"""Alembic's entry: runs inside the transaction that :func:`journeykit.ledger.migrations.migrate` opened."""

from alembic import context

from journeykit.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
