"""Segments: named audiences as values."""

from journeykit.segments.history import History, segment_history
from journeykit.segments.lists import CustomerList, Lists, check_lists, in_list, save_list
from journeykit.segments.segment import Segment

__all__ = [
    "CustomerList",
    "History",
    "Lists",
    "Segment",
    "check_lists",
    "in_list",
    "save_list",
    "segment_history",
]
