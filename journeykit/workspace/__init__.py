"""The workspace as one thing: what analysts and commands call, put together from every layer."""

from journeykit.workspace.checking import check
from journeykit.workspace.deciding import daily_report, run_rows, run_strategies
from journeykit.workspace.delivering import export, lead_rows, leads
from journeykit.workspace.describing import changed_tags, tag_uses, tags_page
from journeykit.workspace.loading import LoadedDay, check_day, load_day
from journeykit.workspace.making import EXAMPLES, create_vault_key, init_workspace
from journeykit.workspace.modelling import model_card, model_rows
from journeykit.workspace.opening import as_day, catalogue, connect, mart_store, open_ledger
from journeykit.workspace.segmenting import lookalike, membership, record_members, segment_rows
from journeykit.workspace.strategies import strategy_rows
from journeykit.workspace.tagging import backfill_tags, build_tags, plan_tags, tag_drift, tag_quality
from journeykit.workspace.training import check_models, train_models

__all__ = [
    "EXAMPLES",
    "LoadedDay",
    "as_day",
    "backfill_tags",
    "build_tags",
    "catalogue",
    "changed_tags",
    "check",
    "check_day",
    "check_models",
    "connect",
    "create_vault_key",
    "daily_report",
    "export",
    "init_workspace",
    "lead_rows",
    "leads",
    "load_day",
    "lookalike",
    "mart_store",
    "membership",
    "model_card",
    "model_rows",
    "open_ledger",
    "plan_tags",
    "record_members",
    "run_rows",
    "run_strategies",
    "segment_rows",
    "strategy_rows",
    "tag_drift",
    "tag_quality",
    "tag_uses",
    "tags_page",
    "train_models",
]
