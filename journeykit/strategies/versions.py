"""A strategy's version: the hash of everything it decides with (design D15)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from journeykit.errors import unknown_name
from journeykit.expressions import Node, tag_names
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.tags.tag import Score, Tag

Closure = Mapping[str, Any]
"""The strategy, and by name the tags, models, offers and channels behind it, all as JSON values."""

PARTS = ("tags", "models", "offers", "channels")


def closure(strategy: Strategy, tags: Mapping[str, Any], playbook: Playbook) -> dict[str, Any]:
    """Everything a strategy decides with, as it is defined now.

    That are its tags, the definitions of the models that score them and the tags those learn from, its offers
    and its channels. Training a model anew, by the same definition, is no change.

    Parameters
    ----------
    tags : Catalogue
        Tag name to handle; each handle's ``.tag`` is the definition.
    playbook : Playbook
        The workspace's offers, channels and models.

    Raises
    ------
    UnknownNameError
        It names a tag, an offer or a channel that is not defined.
    """
    offers, channels, models = playbook.offers, playbook.channels, playbook.models
    for node in strategy.actions:
        for what, name, known in (("offer", node.offer, offers), ("channel", node.channel, channels)):
            if name not in known:
                next_step = f"Strategy '{strategy.name}' uses it at '{node.id}'. See scheduled/{what}s."
                raise unknown_name(what, name, known, next_step)
    behind = tags_behind(strategy.rules, tags, {name: model.tags for name, model in models.items()})
    scoring = {_model_of(tags[name].tag) for name in behind} & set(models)
    return {
        "strategy": strategy.model_dump(mode="json"),
        "tags": {name: tags[name].tag.model_dump(mode="json") for name in behind},
        "models": {name: models[name].model_dump(mode="json") for name in scoring},
        "offers": {node.offer: offers[node.offer].model_dump(mode="json") for node in strategy.actions},
        "channels": {
            node.channel: channels[node.channel].model_dump(mode="json") for node in strategy.actions
        },
    }


def version_of(strategy: Strategy, tags: Mapping[str, Any], playbook: Playbook) -> str:
    """Twelve hex digits that change when the strategy, or anything it decides with, changes."""
    return version_of_text(closure_text(closure(strategy, tags, playbook)))


def closure_text(content: Closure) -> str:
    """A closure as JSON in one fixed form: equal closures have equal texts."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def version_of_text(text: str) -> str:
    """The version whose closure is written so."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def changed_parts(old: Closure, new: Closure) -> tuple[tuple[str, str], ...]:
    """What a version decides with that is defined otherwise now: kind and name, without the strategy itself.

    Examples
    --------
    >>> changed_parts({"offers": {"W": {"value": "1"}}}, {"offers": {"W": {"value": "2"}}})
    (('offers', 'W'),)
    """
    return tuple(
        (part, name)
        for part in PARTS
        for name in sorted({*old.get(part, {}), *new.get(part, {})})
        if old.get(part, {}).get(name) != new.get(part, {}).get(name)
    )


def tags_behind(
    rules: tuple[Node, ...], tags: Mapping[str, Any], features: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """Every tag that the rules read, and the tags those are made from; sorted.

    `features` are the tags that each model reads; without them it is not known what a score is made from.
    """
    found: set[str] = set()
    waiting = [name for rule in rules for name in tag_names(rule)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            tag = tags[name].tag
            waiting += tag.uses
            waiting += [one for one in (features or {}).get(_model_of(tag), ()) if one in tags]
    return sorted(found)


def _model_of(tag: Tag) -> str:
    """The model that scores a tag; empty when none does."""
    return tag.compute.model if isinstance(tag.compute, Score) else ""
