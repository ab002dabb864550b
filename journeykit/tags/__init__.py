"""Tags: one fact about each customer as of a day, defined once and built in one pass per subject."""

from journeykit.tags.catalogue import Catalogue, TagHandle, load_catalogue
from journeykit.tags.library import LIBRARY
from journeykit.tags.tag import Aggregate, Attribute, Formula, Tag

__all__ = ["LIBRARY", "Aggregate", "Attribute", "Catalogue", "Formula", "Tag", "TagHandle", "load_catalogue"]
