"""A strategy under the mouse: its graph, forms for its parts, and today's numbers on it."""

from journeykit.widgets.journey_canvas.canvas import JourneyCanvas

__all__ = ["JourneyCanvas"]
