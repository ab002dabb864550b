"""Values as the Python that makes them, as an analyst would type it."""

from journeykit.widgets.coding.definitions import expression_code, segment_code, strategy_code

__all__ = ["expression_code", "segment_code", "strategy_code"]
