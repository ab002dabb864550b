"""Which strategies and segments use a tag, and which of them a changed tag touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from journeykit.display import Table
from journeykit.errors import DefinitionError
from journeykit.expressions import tag_names
from journeykit.segments import Segment
from journeykit.strategies.graph import Strategy
from journeykit.strategies.versions import tags_behind
from journeykit.tags.lineage import Features


@dataclass(frozen=True)
class User:
    """A strategy or a segment that uses a tag: named in one of its rules, or behind one that is."""

    kind: str
    name: str
    title: str
    title_zh: str
    directly: bool


def find_users(
    tags: Mapping[str, Any],
    strategies: Iterable[Strategy],
    segments: Iterable[Segment] = (),
    features: Features | None = None,
) -> dict[str, tuple[User, ...]]:
    """The users of each tag that has any.

    Parameters
    ----------
    tags : Catalogue
        Tag name to handle.
    strategies, segments : iterables
        Those that are live: what lies in the workspace's ``scheduled`` folder.
    features : mapping of str to sequence of str, optional
        The tags that each trained model reads.
    """
    found: dict[str, tuple[User, ...]] = {}
    rules = [("strategy", one, one.rules) for one in strategies]
    rules += [("segment", one, (one.where,)) for one in segments]
    for kind, one, read in rules:
        named = {name for rule in read for name in tag_names(rule)}
        try:
            behind = tags_behind(read, tags, features)
        except DefinitionError as error:
            raise type(error)(f"The {kind} '{one.name}': {error}") from error
        for name in behind:
            user = User(kind, one.name, one.title, one.title_zh, name in named)
            found[name] = (*found.get(name, ()), user)
    return found


@dataclass(frozen=True)
class TouchedUsers:
    """Changed tags that strategies or segments use; prints one line per tag.

    Attributes
    ----------
    causes : mapping of str to tuple of str
        Each changed tag in use, and the changed definitions behind it.
    users : mapping of str to tuple of User
        Who uses it.
    """

    causes: Mapping[str, tuple[str, ...]]
    users: Mapping[str, tuple[User, ...]]

    def __bool__(self) -> bool:
        return bool(self.users)

    def table(self) -> Table:
        """One row per changed tag: what changed, and the titles of those who use it."""
        rows = tuple(
            (name, ", ".join(one for one in self.causes[name] if one != name) or "its definition",
             *(", ".join(user.title or user.name for user in users if user.kind == kind)
               for kind in ("strategy", "segment")))
            for name, users in self.users.items()
        )  # fmt: skip
        title = (
            f"{len(rows)} changed tags are used by live strategies or segments"
            if rows
            else ("No live strategy or segment uses a changed tag")
        )
        return Table(title, ("tag", "changed by", "strategies", "segments"), rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def touched_users(
    changed: Mapping[str, tuple[str, ...]], users: Mapping[str, tuple[User, ...]]
) -> TouchedUsers:
    """The users of changed tags.

    Parameters
    ----------
    changed : mapping of str to tuple of str
        What :func:`journeykit.tags.lineage.changed_tags` gave.
    users : mapping of str to tuple of User
        What :func:`find_users` gave.
    """
    return TouchedUsers(changed, {name: users[name] for name in changed if name in users})
