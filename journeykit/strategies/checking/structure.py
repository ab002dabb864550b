"""A strategy checked by itself, without any customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from journeykit.routing.channel import Channel
from journeykit.strategies.checking.conditions import check_conditions
from journeykit.strategies.checking.findings import Finding, find, find_unknown
from journeykit.strategies.checking.measuring import check_measuring
from journeykit.strategies.checking.paths import check_paths
from journeykit.strategies.checking.waits import check_waits
from journeykit.strategies.graph import MAX_NODES, Strategy
from journeykit.strategies.nodes import CONTROL, END, OTHERWISE, Action, Assign, Branch, Send, Split, Start
from journeykit.strategies.offers import Offer

MAX_WAYS = 20_000
"""Of all nodes of a strategy; a file has room for hardly more."""
_MOST = 300  # findings at once; nobody reads so many

_SEE_OFFERS = "See scheduled/offers.", "参见 scheduled/offers。"
_SEE_CHANNELS = "See scheduled/channels.", "参见 scheduled/channels。"


def check_strategy(
    strategy: Strategy, tags: Mapping[str, Any], offers: Mapping[str, Offer], channels: Mapping[str, Channel]
) -> tuple[Finding, ...]:
    """Everything that is wrong with a strategy.

    Parameters
    ----------
    strategy : Strategy
        The one to check.
    tags : Catalogue
        Tag name to handle.
    offers, channels : mapping
        By name.

    Returns
    -------
    tuple of Finding
        Errors first; empty when all is well.
    """
    if count := _too_many_ways(strategy):
        english = f"Its nodes have {count:,} ways on, more than {MAX_WAYS:,}. Make several strategies of it."
        chinese = f"各节点共有 {count:,} 条路径，超过上限 {MAX_WAYS:,} 条。请拆分为几个策略。"
        return (find(strategy.name, "nodes", "told", text=(english, chinese)),)
    every = chain(
        _check_whole(strategy),
        _check_starts(strategy),
        _check_ids(strategy),
        _check_forks(strategy),
        check_conditions(strategy, tags),
        check_paths(strategy),
        check_waits(strategy),
        check_measuring(strategy),
        _check_actions(strategy, offers, channels),
    )
    found = list(islice(every, _MOST))
    if len(found) == _MOST:
        text = "There may be more. Correct these first.", "可能还有更多问题，请先更正以上各项。"
        found.append(find(strategy.name, "nodes", "told", text=text))
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _too_many_ways(strategy: Strategy) -> int:
    """How many ways lead from its nodes; 0 where they are not too many to look at one by one."""
    count = sum(len(node.ways) for node in strategy.nodes)
    return count if count > MAX_WAYS else 0


def _check_whole(strategy: Strategy) -> Iterator[Finding]:
    if strategy.goal is None:
        yield find(strategy.name, "goal", "no_goal")
    if len(strategy.starts) != 1:
        yield find(strategy.name, "start", "starts", count=len(strategy.starts))
    if len(strategy.nodes) > MAX_NODES:
        count, limit = f"{len(strategy.nodes):,}", f"{MAX_NODES:,}"
        yield find(strategy.name, "nodes", "too_many", count=count, limit=limit)
    if not strategy.actions and all(start.next != END for start in strategy.starts):
        yield find(strategy.name, "nodes", "nobody_contacted")


def _check_starts(strategy: Strategy) -> Iterator[Finding]:
    for start in strategy.starts:
        if start.next == END:
            yield find(strategy.name, start.id, "leads_nowhere")
        if start.control == 0:
            yield find(strategy.name, start.id, "no_control")
        if start.control == 1:
            yield find(strategy.name, start.id, "all_control")
        if start.valid_from and start.valid_to and start.valid_to < start.valid_from:
            yield find(strategy.name, start.id, "over_before", first=start.valid_from, last=start.valid_to)


def _check_ids(strategy: Strategy) -> Iterator[Finding]:
    for name, count in Counter(node.id for node in strategy.nodes).items():
        if count > 1:
            yield find(strategy.name, name, "same_id", count=count)
        if name in (END, CONTROL):
            yield find(strategy.name, name, "reserved_id", id=name)


def _check_forks(strategy: Strategy) -> Iterator[Finding]:
    """Names of ways that stand twice, and shares that do not add up."""
    for node in strategy.nodes:
        if isinstance(node, Branch):
            names = [case.name for case in node.cases]
            if OTHERWISE in names:
                yield find(strategy.name, node.id, "otherwise")
        elif isinstance(node, Split):
            names = [variant.name for variant in node.variants]
            yield from _check_weights(strategy, node)
        else:
            continue
        for name, count in Counter(names).items():
            if count > 1:
                yield find(strategy.name, node.id, "same_name", count=count, name=name)


def _check_weights(strategy: Strategy, split: Split) -> Iterator[Finding]:
    total = sum(variant.weight for variant in split.variants)
    if total != 1:
        last = split.variants[-1]
        rest = last.weight + 1 - total
        remedy = (
            (f"Give '{last.name}' {rest}.", f"请将“{last.name}”设为 {rest}。")
            if rest > 0
            else ("Lower some of them.", "请降低其中几个。")
        )
        yield find(strategy.name, split.id, "weights", total=total, remedy=remedy)


def _check_actions(
    strategy: Strategy, offers: Mapping[str, Offer], channels: Mapping[str, Channel]
) -> Iterator[Finding]:
    starts = strategy.starts
    for node in strategy.actions:
        yield from _check_action(strategy.name, node, starts, offers, channels)


def _check_action(
    strategy: str,
    node: Action,
    starts: Iterable[Start],
    offers: Mapping[str, Offer],
    channels: Mapping[str, Channel],
) -> Iterator[Finding]:
    if node.offer not in offers:
        yield find_unknown(strategy, node.id, node.offer, offers, what=("offer", "权益"), see=_SEE_OFFERS)
    else:
        yield from _check_dates(strategy, node, starts, offers[node.offer])
    if node.channel not in channels:
        known, what = channels, ("channel", "渠道")
        yield find_unknown(strategy, node.id, node.channel, known, what=what, see=_SEE_CHANNELS)
        return
    to_manager = channels[node.channel].addressed_to == "manager"
    if isinstance(node, Send) and to_manager:
        yield find(strategy, node.id, "to_manager", channel=node.channel)
    if isinstance(node, Assign) and not to_manager:
        yield find(strategy, node.id, "not_to_manager", channel=node.channel)


def _check_dates(strategy: str, node: Action, starts: Iterable[Start], offer: Offer) -> Iterator[Finding]:
    for start in starts:
        if start.valid_from and offer.valid_to < start.valid_from:
            last, first = offer.valid_to, start.valid_from
            yield find(strategy, node.id, "offer_over", offer=offer.name, last=last, first=first)
