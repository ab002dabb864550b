"""What is wrong with a strategy, said before anything runs: each finding names the node and the remedy."""

from journeykit.strategies.checking.findings import Finding, require_sound
from journeykit.strategies.checking.structure import check_strategy

__all__ = ["Finding", "check_strategy", "require_sound"]
