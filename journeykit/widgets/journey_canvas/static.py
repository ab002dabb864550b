"""The canvas without scripts: the drawing, today's people along each way, and what is wrong."""

from __future__ import annotations

from journeykit.mart.mart import Mart
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.reaching import Reach
from journeykit.workspace.checking import findings_table


def static_form(
    strategy: Strategy, mart: Mart, playbook: Playbook, language: str, reached: Reach | None
) -> str:
    """The strategy as HTML that needs nothing; with today's people where they are counted."""
    found = check_strategy(strategy, mart.tags, playbook.offers, playbook.channels)
    parts = [strategy.html(language, mart.tags, playbook.offers)]
    if reached:
        parts.append(reached.table(language)._repr_html_())
    if found:
        parts.append(findings_table(strategy, found, language)._repr_html_())
    return "".join(parts)
