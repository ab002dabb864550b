"""Tags: one fact about each customer as of a day, defined once and built in one pass per subject."""

from journeykit.tags.building import Build, build_tags
from journeykit.tags.catalogue import Catalogue, TagHandle, load_catalogue
from journeykit.tags.computing import read_tags
from journeykit.tags.library import LIBRARY
from journeykit.tags.plan import BuildPlan
from journeykit.tags.planning import plan_build
from journeykit.tags.tag import Aggregate, Attribute, Formula, Ranking, Score, Tag

__all__ = [
    "LIBRARY",
    "Aggregate",
    "Attribute",
    "Build",
    "BuildPlan",
    "Catalogue",
    "Formula",
    "Ranking",
    "Score",
    "Tag",
    "TagHandle",
    "build_tags",
    "load_catalogue",
    "plan_build",
    "read_tags",
]
