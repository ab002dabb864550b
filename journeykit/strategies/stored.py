"""A version as it was submitted, read back from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from journeykit.errors import DefinitionError
from journeykit.ledger.approvals import read_closures
from journeykit.ledger.ledger import Ledger
from journeykit.strategies.approval import Life, read_lives
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.versions import Closure, version_of_text


@dataclass(frozen=True)
class Stored:
    """A version's strategy, and everything it decides with."""

    strategy: Strategy
    closure: Closure

    def among(self, playbook: Playbook, latest: Mapping[str, Any]) -> Playbook:
        """The playbook with this version's strategy and offers, or later ones, in place of those of today."""
        written = {**self.closure["offers"], **latest}
        offers = {name: Offer.model_validate(offer) for name, offer in written.items()}
        return replace(
            playbook,
            strategies={**playbook.strategies, self.strategy.name: self.strategy},
            offers={**playbook.offers, **offers},
        )


def read_stored(strategy: str, version: str, text: str) -> Stored:
    """The version whose closure is written so.

    Raises
    ------
    DefinitionError
        It cannot be read, or is not that of this version.
    """
    try:
        content = json.loads(text)
        found = Stored(Strategy.model_validate(content["strategy"]), content)
    except (ValueError, KeyError, TypeError, DefinitionError) as error:
        raise DefinitionError(
            f"What version {version} of '{strategy}' decides with is not on record, or cannot be read."
        ) from error
    if version_of_text(text) != version or found.strategy.name != strategy:
        raise DefinitionError(
            f"What is on record for version {version} of '{strategy}' is not what was submitted."
        )
    return found


def approved_words(
    ledger: Ledger, playbook: Playbook, versions: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Playbook]:
    """By strategy and version the playbook with the words that were approved, whatever files say now.

    Whoever finishes on an earlier version gets what that version says at its nodes, and of offers what was
    approved with the live one, where that has them.
    """
    closures, lives = read_closures(ledger), read_lives(ledger)
    found: dict[tuple[str, str], Playbook] = {}
    for name, version in set(versions) & set(closures):
        stored = read_stored(name, version, closures[name, version])
        life = lives.get(name, Life(name))
        live = life.live or life.finishing
        latest = read_stored(name, live, closures[name, live]) if live else stored
        shared = {offer: latest.closure["offers"][offer] for offer in stored.closure["offers"]
                  if offer in latest.closure["offers"]}  # fmt: skip
        found[name, version] = stored.among(playbook, shared)
    return found
