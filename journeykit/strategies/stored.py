"""A version as it was submitted, read back from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from journeykit.errors import DefinitionError
from journeykit.ledger.approvals import read_closures
from journeykit.ledger.ledger import Ledger
from journeykit.strategies.graph import Strategy
from journeykit.strategies.offers import Offer
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.versions import Closure, version_of_text


@dataclass(frozen=True)
class Stored:
    """A version's strategy, and everything it decides with."""

    strategy: Strategy
    closure: Closure

    def among(self, playbook: Playbook) -> Playbook:
        """The playbook with this version's strategy and offers in place of those of today."""
        offers = {name: Offer.model_validate(offer) for name, offer in self.closure["offers"].items()}
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
    """By strategy and version the playbook with the words that were approved, whatever files say now."""
    closures = read_closures(ledger)
    return {key: read_stored(*key, closures[key]).among(playbook) for key in set(versions) if key in closures}
