"""What names mean in one computation; the compiler reads nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.errors import DefinitionError, unknown_name

CUSTOMER_ID = "customer_id"
LACKING = "lacking"
"""The key in the `info` of an earlier snapshot under which stand the tags that it could not have, and why."""


def _no_snapshots(days: int) -> sa.FromClause:
    raise DefinitionError(f"No snapshot of {days} days ago can be looked up here. Ask a mart: jk.connect().")


def _no_lists(name: str, digest: str) -> sa.FromClause:
    raise DefinitionError(f"The list '{name}' cannot be looked up here. Ask a mart: jk.connect().")


@dataclass(frozen=True)
class Scope:
    """The relation a statement selects from, and the columns its names stand for.

    Attributes
    ----------
    as_of : date
        The last day that may be seen.
    tags : mapping of str to ColumnElement
        Tag name to the column that holds it.
    types : mapping of str to Type
        Tag name to its type, so that mistakes are found before any SQL runs.
    relation : FromClause
        What a statement selects from; it has a ``customer_id``.
    subjects : callable
        Subject name to its table: :func:`journeykit.mart.sources.subject_table`.
    row : FromClause or None
        The subject in hand, for a column reference.
    references : mapping of str to FromClause
        Subjects joined to it, for a column reference with ``of=``.
    unavailable : mapping of str to str
        Tags that could not be built, and the ``subject.column`` that the bank does not have.
    values : mapping of str to tuple of str
        Every value a text tag may have; tags without an entry may have any.
    entries : FromClause or None
        ``customer_id`` and ``entered_on`` of those who stand at a node of a journey.
    past : callable
        Days to the relation of the snapshot that many days ago.
    lists : callable
        Name and digest of a list to a relation with its ``customer_id``.
    bound : mapping of Node to ColumnElement
        What has been joined to `relation` for nodes that its own columns do not tell.
    """

    as_of: date
    tags: Mapping[str, sa.ColumnElement]
    types: Mapping[str, Type]
    relation: sa.FromClause
    subjects: Callable[[str], sa.Table]
    row: sa.FromClause | None = None
    references: Mapping[str, sa.FromClause] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entries: sa.FromClause | None = None
    past: Callable[[int], sa.FromClause] = _no_snapshots
    lists: Callable[[str, str], sa.FromClause] = _no_lists
    bound: Mapping[Any, sa.ColumnElement] = field(default_factory=dict)

    def column(self, name: str) -> sa.ColumnElement:
        """The column of a tag.

        Raises
        ------
        DefinitionError
            The tag could not be built, or there is none of that name; the message tells which.
        """
        self.check_available(name)
        if name not in self.tags:
            raise unknown_name("tag", name, self.tags, "List them with list(mart.tags).")
        return self.tags[name]

    def check_available(self, name: str) -> None:
        """Tell a tag that exists but could not be built from one that does not exist."""
        if name in self.unavailable:
            raise DefinitionError(
                f"Tag '{name}' is not built as of {self.as_of}: the bank has no {self.unavailable[name]}. "
                "Use another tag, or map it in the mapping for the days to come."
            )
