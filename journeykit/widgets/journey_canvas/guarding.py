"""What a message may put on the canvas: names that this workspace has, places that a screen has."""

from __future__ import annotations

import math
from collections.abc import Mapping

from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions import tag_names
from journeykit.mart.mart import Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook

_FARTHEST = 1_000_000


def check_names(drawn: Strategy, before: Strategy, mart: Mart, playbook: Playbook) -> None:
    """Refuse tags, offers and channels that are not there; of those named before the findings tell.

    Raises
    ------
    UnknownNameError
        The message names the nearest that is.
    """
    known = {"tag": mart.tags, "offer": playbook.offers, "channel": playbook.channels}
    earlier = _named(before)
    for what, names in _named(drawn).items():
        for name in sorted(names - earlier[what] - set(known[what])):
            raise unknown_name(what, name, known[what], "Choose one of the palette.")


def _named(strategy: Strategy) -> dict[str, set[str]]:
    return {
        "tag": {name for rule in strategy.rules for name in tag_names(rule)},
        "offer": {node.offer for node in strategy.actions},
        "channel": {node.channel for node in strategy.actions},
    }


def checked_places(places: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Places as pairs of numbers that are not beyond any screen."""
    for name, place in places.items():
        if len(place) != 2 or not all(math.isfinite(one) and abs(one) <= _FARTHEST for one in place):
            raise DefinitionError(f"The place of '{name}' is no place: two numbers are expected.")
    return {name: [round(one) for one in place] for name, place in places.items()}
