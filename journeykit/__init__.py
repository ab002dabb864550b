"""Accompany a bank's customers through their journey, from Jupyter.

``import journeykit as jk`` loads nothing heavy: each name below is imported when first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Aggregate": "tags",
    "Attribute": "tags",
    "Channel": "routing.channel",
    "CustomerView": "widgets.customer_view",
    "Formula": "tags",
    "Goal": "strategies.graph",
    "JourneyCanvas": "widgets.journey_canvas",
    "MessageCentre": "widgets.message_centre",
    "Model": "models",
    "Offer": "strategies.offers",
    "Ranking": "tags",
    "SUBJECTS": "contract",
    "Score": "tags",
    "Segment": "segments",
    "SegmentBuilder": "widgets.segment_builder",
    "Strategy": "strategies.graph",
    "Tag": "tags",
    "TagExplorer": "widgets.tag_explorer",
    "approve": "workspace.approving",
    "as_of": "expressions",
    "backfill_tags": "workspace",
    "build_tags": "workspace",
    "case": "expressions",
    "changed_tags": "workspace",
    "check": "workspace",
    "check_lists": "segments",
    "check_models": "workspace",
    "column": "expressions",
    "connect": "workspace",
    "daily_report": "workspace",
    "data_used": "workspace.approving",
    "date_part": "expressions",
    "days": "expressions",
    "days_between": "expressions",
    "did": "expressions",
    "diff": "strategies.differences",
    "distribution": "tags.distribution",
    "end": "workspace.approving",
    "export": "workspace",
    "in_list": "segments",
    "leads": "workspace",
    "load_day": "workspace",
    "lookalike": "workspace",
    "membership": "workspace",
    "model_card": "workspace",
    "path": "strategies.building",
    "pause": "workspace.approving",
    "plan_tags": "workspace",
    "presets": "preset",
    "record_members": "workspace",
    "refuse": "workspace.approving",
    "resume": "workspace.approving",
    "run_strategies": "workspace",
    "sample": "expressions",
    "save_list": "segments",
    "segment_history": "segments",
    "sequence": "expressions",
    "simulate": "workspace.simulating",
    "start_of": "expressions",
    "step": "workspace.simulating",
    "strategy_history": "workspace.approving",
    "submit": "workspace.approving",
    "tag": "expressions",
    "tag_drift": "workspace",
    "tag_quality": "workspace",
    "tag_uses": "workspace",
    "top": "expressions",
    "train_models": "workspace",
    "withdraw": "workspace.approving",
}

__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'journeykit' has no attribute '{name}'; it offers {', '.join(__all__)}")
    return getattr(import_module(f"journeykit.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
