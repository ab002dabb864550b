"""Bring a ledger's tables up to date with Alembic, from inside the package."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from journeykit import dialects
from journeykit.errors import LedgerError
from journeykit.files import fault_point

_FOLDER = Path(__file__).parent


def migrate(engine: sa.Engine) -> None:
    """Apply every migration that is missing, all in one transaction; safe when processes start together."""
    config = Config(attributes={})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with dialects.begin_writing(engine) as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        known = {step.revision for step in script.walk_revisions()}
        if revision is not None and revision not in known:
            raise LedgerError(
                f"This ledger is at version '{revision}', but this journeykit only knows up to "
                f"'{head}'. A newer journeykit made it: upgrade this one."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    fault_point("commit ledger tables")
