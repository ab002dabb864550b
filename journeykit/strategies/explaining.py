"""A strategy in plain words, as one would write it in a letter, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from journeykit.i18n import label
from journeykit.segments import explaining as conditions
from journeykit.segments.explaining import Explanation, Line
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import (
    END,
    Action,
    Branch,
    GraphNode,
    Join,
    Split,
    Start,
    WaitHour,
    WaitUntil,
    targets,
)
from journeykit.strategies.offers import Offer
from journeykit.strategies.outlining import Item, outline
from journeykit.strategies.telling import Teller, percent, tell, tell_start


def explain(
    strategy: Strategy, language: str = "en", tags: Mapping[str, Any] | None = None,
    offers: Mapping[str, Offer] | None = None,
) -> Explanation:  # fmt: skip
    """Say in plain words who enters, what happens step by step, what counts as success, and who leaves.

    Parameters
    ----------
    language : str
        ``en`` or ``zh``.
    tags : mapping of str to handle, optional
        The catalogue, as ``mart.tags``, for the titles of tags; the shipped library when left out.
    offers : mapping of str to Offer, optional
        For the titles of offers; those left out are called by their names.
    """
    teller = Teller.of(language, tags, offers)
    return Explanation(tuple(_letter(strategy, teller)))


def _letter(strategy: Strategy, teller: Teller) -> Iterator[Line]:
    title = teller.either(strategy.title, strategy.title_zh) or strategy.name
    yield Line(0, teller("titled", title=title, stage=label(f"stage.{strategy.stage}", teller.language)))
    yield Line(1, teller("who"))
    yield from _who(strategy, teller)
    yield Line(1, teller("steps"))
    for start in strategy.starts[:1]:
        yield from _steps(strategy, start, teller)
    yield Line(1, teller("success"))
    if strategy.goal is None:
        yield Line(2, teller("no_goal"))
    else:
        goal, days = strategy.goal, teller.days(strategy.goal.within_days)
        yield Line(2, teller("goal", days=days, condition=teller.condition(goal.expression)), goal.expression)
    if strategy.exit_when or strategy.goal:
        yield Line(1, teller("leaving"))
    if strategy.exit_when:
        told = teller("exit_rule", condition=teller.condition(strategy.exit_when))
        yield Line(2, told, strategy.exit_when)
    if strategy.goal:
        yield Line(2, teller("expired", days=teller.days(strategy.goal.within_days)))


def _who(strategy: Strategy, teller: Teller) -> Iterator[Line]:
    if not strategy.starts:
        yield Line(2, teller("no_start"))
    for start in strategy.starts:
        segment = start.segment
        title = teller.either(segment.title, segment.title_zh) or segment.name
        yield Line(2, teller("everybody", title=title))
        yield from conditions.outline(segment.where, teller.say, 3)
        yield from (Line(2, told) for told in tell_start(start, teller))


def _steps(strategy: Strategy, start: Start, teller: Teller) -> Iterator[Line]:
    nodes = {node.id: node for node in strategy.nodes}
    hours = strategy.hours_before
    following = {name: tuple(targets(node)) for name, node in nodes.items()}
    for item in outline(start.next, following, END):
        told = _tell_item(item, nodes, hours, teller)
        if told:
            yield Line(2 + item.depth, told)


def _tell_item(item: Item, nodes: Mapping[str, GraphNode], hours: Mapping[str, int], teller: Teller) -> str:
    if not item.node:
        return teller(item.kind)
    if item.node not in nodes:
        return teller("gone", id=item.node)
    node = nodes[item.node]
    if item.kind == "way":
        return tell_way(node, item.place, teller)
    told = tell(node, teller, hours.get(node.id))
    if item.kind != "step":
        return teller(item.kind, id=node.id, sentence=told)
    forks = len(set(targets(node))) > 1
    if isinstance(node, Split) and forks:
        return teller("drawn")
    speaks_behind = (isinstance(node, Branch) and forks) or (
        isinstance(node, WaitHour) and isinstance(nodes.get(node.next), Action)
    )
    return "" if speaks_behind or isinstance(node, Join) else told


def tell_way(node: GraphNode, place: int, teller: Teller) -> str:
    """How the ways out of a fork are told apart."""
    match node:
        case Branch() if place < len(node.cases):
            case = node.cases[place]
            key = "next_case" if place else "case"
            plain = case.name == "yes" and len(node.cases) == 1
            return teller(
                key if plain else f"{key}.named", name=case.name, condition=teller.condition(case.when)
            )
        case Split():
            variant = node.variants[place]
            return teller("variant", name=variant.name, share=percent(variant.weight))
        case WaitUntil():
            return teller("late", days=teller.days(node.at_most_days)) if place else teller("in_time")
    return teller("otherwise")
