"""Whether a strategy fits the customers that there are today: who would enter, and who could be contacted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from journeykit.errors import DataError, DefinitionError
from journeykit.expressions import AnyNode
from journeykit.i18n import label
from journeykit.ledger.ledger import Ledger
from journeykit.mart.mart import CUSTOMER_ID, Mart
from journeykit.routing.eligibility import Facts, find_obstacles
from journeykit.routing.facts import gather_facts
from journeykit.strategies.checking.findings import Both, Finding, find
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Action, WaitDate
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.reaching import CONTROL_ARM, EXIT_MET, GOAL_MET, Reach, followed, reach
from journeykit.strategies.walking import Rows, walk

if TYPE_CHECKING:
    from journeykit.vault import Vault

MOST = 0.5
"""What more than this share of customers lack or have already is told."""


def check_audience(
    strategy: Strategy, mart: Mart, ledger: Ledger, vault: Vault, playbook: Playbook
) -> tuple[Finding, ...]:
    """What is wrong with a strategy for today's customers; it must be sound by itself.

    Everybody is judged where the ways lead today, as :func:`journeykit.strategies.reaching.reach` does, and
    whom an action cannot reach is asked of the routing itself.

    Parameters
    ----------
    mart : Mart
        The day, with its tags built.
    ledger, vault
        The vault is only asked who left a contact detail; nothing in it is opened.

    Returns
    -------
    tuple of Finding
        Errors first; empty when all is well.
    """
    try:
        reached = reach(strategy, mart)
        found = [*_check_entry(strategy, reached)]
        if reached.members:
            people = _People.of(strategy, mart, reached)
            found += _check_days(strategy, people)
            facts = gather_facts(mart, ledger, vault, playbook, people.rows.select([CUSTOMER_ID]))
            found += _check_contacts(strategy, people, facts)
    except (DefinitionError, DataError) as error:  # a tag that this bank lacks, a day without a snapshot
        found = [find(strategy.name, "nodes", "expression", problem=str(error))]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _check_entry(strategy: Strategy, reached: Reach) -> Iterator[Finding]:
    (start,) = strategy.starts
    if start.valid_to and start.valid_to < reached.as_of:
        yield find(strategy.name, start.id, "over", last=start.valid_to)
    if not reached.members:
        yield find(strategy.name, start.id, "nobody", day=reached.as_of)
    for place, key, count in (
        ("goal", "goal_met", reached.goal_met),
        ("exit_when", "exit_met", reached.exit_met),
    ):
        if count > MOST * reached.members:
            yield find(strategy.name, place, key, **_figures(count, reached.members))


@dataclass(frozen=True)
class _People:
    """Members one by one, as many as are looked at, and where those go who enter and are not control."""

    rows: pa.Table
    arrived: dict[str, Rows]
    reached: Reach

    @classmethod
    def of(cls, strategy: Strategy, mart: Mart, reached: Reach) -> _People:
        days: dict[str, AnyNode] = {
            _day_of(node): node.date for node in strategy.nodes if isinstance(node, WaitDate)
        }
        rows = mart.run(sa.select(followed(strategy, mart, reached.members, days)))
        stays = (rows[name].to_numpy() for name in (GOAL_MET, EXIT_MET, CONTROL_ARM))
        arrived, _ = walk(strategy, rows, np.flatnonzero(~np.logical_or.reduce([*stays])))
        return cls(rows, arrived, reached)

    def ids(self, node: str) -> pa.ChunkedArray:
        """Whoever comes to a node."""
        return self.rows[CUSTOMER_ID].take(pa.array(self.arrived[node]))

    def of_all(self, node: str, count: int) -> int:
        """What a count among those who were looked at is among all who come to a node."""
        looked_at = len(self.arrived[node])
        return round(count * self.reached.nodes[node] / looked_at) if looked_at else 0


def _day_of(node: WaitDate) -> str:
    return f"{node.id}.day"


def _check_days(strategy: Strategy, people: _People) -> Iterator[Finding]:
    for node in strategy.nodes:
        if isinstance(node, WaitDate):
            days = people.rows[_day_of(node)].take(pa.array(people.arrived[node.id]))
            if days.null_count > MOST * len(days):
                figures = _figures(people.of_all(node.id, days.null_count), people.reached.nodes[node.id])
                yield find(strategy.name, node.id, "no_day_known", **figures)


def _check_contacts(strategy: Strategy, people: _People, facts: Facts) -> Iterator[Finding]:
    for action in strategy.actions:
        ids = people.ids(action.id)
        if not len(ids):
            continue
        who = pd.DataFrame({CUSTOMER_ID: ids, "channel": action.channel, "offer": action.offer})
        who = who.merge(facts.customers, on=CUSTOMER_ID, how="left")
        obstacles = find_obstacles(who, facts)
        blocked = obstacles.notna()
        if blocked.sum() > MOST * len(who):
            size = people.reached.nodes[action.id]
            figures = _figures(people.of_all(action.id, int(blocked.sum())), size)
            yield find(strategy.name, action.id, "blocked", reasons=_reasons(obstacles, len(who)), **figures)
        yield from _check_volume(strategy.name, action, who[~blocked], people, facts)


def _reasons(obstacles: pd.Series, size: int) -> Both:
    counts = obstacles.value_counts()
    english, chinese = (
        [f"{label(f'reason.{reason}', language)} {count / size:.0%}" for reason, count in counts.items()]
        for language in ("en", "zh")
    )
    return ", ".join(english), "、".join(chinese)


def _check_volume(
    strategy: str, action: Action, who: pd.DataFrame, people: _People, facts: Facts
) -> Iterator[Finding]:
    """More contacts than fit in a day, if everybody who can be contacted came on one."""
    channel = facts.channels[action.channel]
    count, size = people.of_all(action.id, len(who)), f"{people.reached.nodes[action.id]:,}"
    if channel.daily_capacity and count > channel.daily_capacity:
        days = math.ceil(count / channel.daily_capacity)
        title = channel.title or channel.name
        yield find(
            strategy, action.id, "channel_volume", channel=(title, channel.title_zh or title), size=size,
            count=f"{count:,}", capacity=f"{channel.daily_capacity:,}", days=f"{days:,}",
        )  # fmt: skip
    if channel.addressed_to == "manager":
        managers = facts.managers.dropna(subset="daily_capacity").set_index("manager_id")["daily_capacity"]
        managers = managers[managers > 0]
        tasks = who["manager_id"].value_counts().reindex(managers.index).dropna()
        scale = count / len(who) if len(who) else 0
        days = math.ceil((tasks * scale / managers[tasks.index]).max()) if len(tasks) else 0
        if days > 1:
            yield find(
                strategy, action.id, "manager_volume", size=size, count=f"{count:,}",
                managers=f"{len(tasks):,}", capacity=f"{int(managers[tasks.index].sum()):,}",
                days=f"{days:,}",
            )  # fmt: skip


def _figures(count: int, size: int) -> dict[str, str]:
    return {"count": f"{count:,}", "size": f"{size:,}", "share": f"{count / size:.0%}"}
