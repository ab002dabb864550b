"""Segments: named audiences as values."""

from journeykit.segments.segment import Segment, load_segment

__all__ = ["Segment", "load_segment"]
