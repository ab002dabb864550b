"""What the canvas says of a strategy: each node and way in the reader's words, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from journeykit.display import Table, show_value
from journeykit.i18n import in_language
from journeykit.mart.mart import Mart
from journeykit.strategies.checking import Finding, check_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.labelling import detail, head, way_condition, way_name
from journeykit.strategies.nodes import Action, GraphNode
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.telling import Teller, tell
from journeykit.widgets.asking import Json


def told(strategy: Strategy, teller: Teller) -> Json:
    """By id, what is written in each node's box and on its ways."""
    hours = strategy.hours_before
    return {node.id: _told_node(node, hours.get(node.id), teller) for node in strategy.nodes}


def _told_node(node: GraphNode, hour: int | None, teller: Teller) -> Json:
    return {
        "head": head(node, teller),
        "detail": detail(node, teller),
        "sentence": tell(node, teller, hour if isinstance(node, Action) else None),
        "ways": [
            {"name": way_name(node, place, teller), "condition": way_condition(node, place, teller)}
            for place in range(len(node.ways))
        ],
    }


def told_rules(strategy: Strategy, teller: Teller) -> Json:
    """What counts as success and who leaves, in a sentence each; empty where nothing is said of it."""
    goal, leaving = strategy.goal, strategy.exit_when
    return {
        "title": in_language(teller.language, strategy.title, strategy.title_zh) or strategy.name,
        "goal": f"{teller.condition(goal.expression)} · {teller.days(goal.within_days)}" if goal else "",
        "exit_when": teller.condition(leaving) if leaving else "",
    }


def structure(strategy: Strategy, mart: Mart, playbook: Playbook, language: str) -> list[Json]:
    """What is wrong with a strategy by itself."""
    return findings_json(check_strategy(strategy, mart.tags, playbook.offers, playbook.channels), language)


def findings_json(found: Iterable[Finding], language: str) -> list[Json]:
    """Findings as the browser shows them: to people who draw."""
    return [
        {"severity": one.severity, "node": one.node, "text": one.text(language, drawn=True)} for one in found
    ]


def table_json(table: Table) -> Json:
    """A table of plain values; what only a page can draw is left out."""
    drawn = {place for row in table.rows for place, value in enumerate(row) if hasattr(value, "_repr_html_")}
    return {
        "title": table.title,
        "columns": [name for place, name in enumerate(table.columns) if place not in drawn],
        "rows": [
            [_cell(value) for place, value in enumerate(row) if place not in drawn] for row in table.rows
        ],
    }


def _cell(value: Any) -> str:
    return "" if value is None else show_value(value)
