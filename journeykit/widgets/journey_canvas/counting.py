"""Today's people along a strategy, and how much of the channels' and the managers' day they would fill."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from journeykit.errors import JourneykitError
from journeykit.i18n import in_language
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.routing.channel import Channel
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Assign
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.reaching import Reach
from journeykit.strategies.telling import Teller
from journeykit.widgets.asking import Json


def numbers(
    strategy: Strategy, found: Reach, playbook: Playbook, managers: int | None, teller: Teller
) -> Json:
    """How many people there would be today at each node, on each way and in each channel.

    Parameters
    ----------
    managers : int or None
        How many tasks all managers on duty can take in a day; None without a limit.
    """
    return {
        "as_of": found.as_of.isoformat(),
        "members": found.members,
        "looked_at": found.looked_at,
        "goal_met": found.goal_met,
        "exit_met": found.exit_met,
        "control": found.control,
        "nodes": dict(found.nodes),
        "ways": {node.id: [found.ways[node.id, way] for way, _ in node.ways] for node in strategy.nodes},
        "loads": _loads(strategy, found, playbook, managers, teller),
    }


def _loads(
    strategy: Strategy, found: Reach, playbook: Playbook, managers: int | None, teller: Teller
) -> list[Json]:
    """Contacts of each channel, and tasks of the managers, beside what a day has room for."""
    people: Counter[str] = Counter()
    for node in strategy.actions:
        people[node.channel] += found.nodes.get(node.id, 0)
    loads = [
        {
            "name": name,
            "title": channel_title(playbook.channels.get(name), name, teller),
            "people": count,
            "capacity": getattr(playbook.channels.get(name), "daily_capacity", None),
        }
        for name, count in sorted(people.items())
    ]
    tasks = sum(found.nodes.get(node.id, 0) for node in strategy.actions if isinstance(node, Assign))
    if tasks or any(isinstance(node, Assign) for node in strategy.actions):
        title = in_language(teller.language, "Managers on duty", "在岗客户经理")
        loads.append({"name": "", "title": title, "people": tasks, "capacity": managers})
    return loads


def channel_title(channel: Channel | None, name: str, teller: Teller) -> str:
    """What a channel is called at the beginning of a line."""
    title = teller.either(channel.title, channel.title_zh) if channel else ""
    known = title or teller.named(name)
    return known[:1].upper() + known[1:]


def managers_room(mart: Mart) -> int | None:
    """How many tasks all managers on duty can take in a day; None where that is not known of each of them."""
    manager = subject_table("manager")
    try:
        rows = mart.run(sa.select(manager.c.daily_capacity, manager.c.on_duty)).to_pylist()
    except JourneykitError:
        return None  # a bank that has landed no managers
    present = [row["daily_capacity"] for row in rows if row["on_duty"] is not False]
    return None if not present or None in present else sum(present)
