"""Segments: named audiences as values."""

from journeykit.segments.segment import Segment

__all__ = ["Segment"]
