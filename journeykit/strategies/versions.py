"""A strategy's version: the hash of everything it decides with (design D15)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from journeykit.errors import unknown_name
from journeykit.expressions import Node, tag_names
from journeykit.routing.channel import Channel
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer


def version_of(
    strategy: Strategy, tags: Mapping[str, Any], offers: Mapping[str, Offer], channels: Mapping[str, Channel]
) -> str:
    """Twelve hex digits that change when the strategy, or a tag, offer or channel it uses, changes.

    Parameters
    ----------
    tags : Catalogue
        Tag name to handle; each handle's ``.tag`` is the definition.

    Raises
    ------
    UnknownNameError
        An action names an offer or a channel that is not defined.
    """
    for node in strategy.actions:
        for what, name, known in (("offer", node.offer, offers), ("channel", node.channel, channels)):
            if name not in known:
                next_step = f"Strategy '{strategy.name}' uses it at '{node.id}'. See scheduled/{what}s."
                raise unknown_name(what, name, known, next_step)
    closure = {
        "strategy": strategy.model_dump(mode="json"),
        "tags": {name: tags[name].tag.model_dump(mode="json") for name in tags_behind(strategy.rules, tags)},
        "offers": {node.offer: offers[node.offer].model_dump(mode="json") for node in strategy.actions},
        "channels": {
            node.channel: channels[node.channel].model_dump(mode="json") for node in strategy.actions
        },
    }
    text = json.dumps(closure, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def tags_behind(rules: tuple[Node, ...], tags: Mapping[str, Any]) -> list[str]:
    """Every tag that the rules read, and the tags those are made from; sorted."""
    found: set[str] = set()
    waiting = [name for rule in rules for name in tag_names(rule)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += tags[name].tag.uses
    return sorted(found)
