"""Where a tag comes from, and what is computed from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from journeykit.display import Table
from journeykit.tags.catalogue import Catalogue
from journeykit.tags.planning import needs
from journeykit.tags.tag import Score

Features = Mapping[str, Sequence[str]]
"""The tags that each trained model reads, by the model's name."""


@dataclass(frozen=True)
class Lineage:
    """What a tag reads and what reads it; prints as a table.

    Attributes
    ----------
    tag : str
        The tag.
    reads : mapping of str to tuple of str
        Every ``subject.column`` behind it, and the tags that read it: itself, or tags it uses.
    uses, used_by : tuple of str
        Tags it is computed from, and tags computed from it, without any in between.
    uses_in_all, used_by_in_all : tuple of str
        The same, also through others.
    """

    tag: str
    reads: Mapping[str, tuple[str, ...]]
    uses: tuple[str, ...]
    uses_in_all: tuple[str, ...]
    used_by: tuple[str, ...]
    used_by_in_all: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects it reads, also through other tags."""
        return tuple(dict.fromkeys(column.split(".")[0] for column in self.reads))

    def table(self) -> Table:
        """Columns, then tags used, then tags that use it."""
        rows = [
            ("reads", column, "" if self.tag in through else f"through {', '.join(through)}")
            for column, through in self.reads.items()
        ]
        for word, direct, in_all in (
            ("uses", self.uses, self.uses_in_all),
            ("used by", self.used_by, self.used_by_in_all),
        ):
            rows += [(word, name, "" if name in direct else "through others") for name in in_all]
        return Table(f"Lineage of {self.tag}", ("", "what", "how"), tuple(rows))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def lineage(catalogue: Catalogue, name: str, features: Features | None = None) -> Lineage:
    """What a tag reads, and which tags use it.

    Parameters
    ----------
    catalogue : Catalogue
        All tags.
    name : str
        The tag.
    features : mapping of str to sequence of str, optional
        The tags that each trained model reads; without it a score's inputs are not known.

    Examples
    --------
    >>> from journeykit.tags.library import LIBRARY
    >>> found = lineage(Catalogue(LIBRARY), "net_flow_30d")
    >>> found.uses, found.subjects
    (('inflow_30d', 'outflow_30d'), ('txn',))
    """
    return trace(catalogue, features, (catalogue[name].tag.name,))[name]


def trace(
    catalogue: Catalogue, features: Features | None = None, names: Iterable[str] | None = None
) -> dict[str, Lineage]:
    """The lineage of the tags called `names`; of all of them when left out."""
    inputs = inputs_of(catalogue, features)
    users: dict[str, tuple[str, ...]] = dict.fromkeys(inputs, ())
    for user, used in inputs.items():
        for one in used:
            users[one] += (user,)
    found = {}
    for name in inputs if names is None else names:
        behind = reach([name], inputs)[1:]
        found[name] = Lineage(
            tag=name,
            reads=_columns(catalogue, [name, *behind]),
            uses=inputs[name],
            uses_in_all=tuple(behind),
            used_by=users[name],
            used_by_in_all=tuple(reach([name], users)[1:]),
        )
    return found


def inputs_of(catalogue: Catalogue, features: Features | None = None) -> dict[str, tuple[str, ...]]:
    """The tags that each tag is computed from; of a score, those its model reads."""
    found = {}
    for name in catalogue:
        tag = catalogue[name].tag
        scored = (features or {}).get(tag.compute.model, ()) if isinstance(tag.compute, Score) else ()
        found[name] = tuple(one for one in (*tag.uses, *scored) if one in catalogue)
    return found


def reach(names: Iterable[str], links: Mapping[str, Sequence[str]]) -> list[str]:
    """`names` and everything that can be reached from them, nearest first."""
    found = dict.fromkeys(names)
    waiting = list(found)
    for name in waiting:  # grows while it is read
        fresh = [one for one in links.get(name, ()) if one not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(found)


def changed_tags(
    catalogue: Catalogue,
    now: Mapping[str, str],
    previous: Mapping[str, str],
    features: Features | None = None,
) -> dict[str, tuple[str, ...]]:
    """The tags that mean something else than before, and for each the changed definitions behind it.

    Parameters
    ----------
    catalogue : Catalogue
        The tags as they are now.
    now, previous : mapping of str to str
        A digest of each tag's definition, now and in the snapshot compared with. A tag that is in only
        one of them is not among the result.
    features : mapping of str to sequence of str, optional
        The tags that each trained model reads.

    Examples
    --------
    >>> from journeykit.tags.library import LIBRARY
    >>> tags = Catalogue(LIBRARY)
    >>> before = dict.fromkeys(tags, "same")
    >>> changed_tags(tags, {**before, "inflow_30d": "new"}, before)["net_flow_30d"]
    ('inflow_30d',)
    """
    redefined = {name for name in now.keys() & previous.keys() if now[name] != previous[name]}
    inputs = inputs_of(catalogue, features)
    causes = {
        name: tuple(one for one in reach([name], inputs) if one in redefined)
        for name in catalogue
        if name in previous
    }
    return {name: found for name, found in causes.items() if found}


def _columns(catalogue: Catalogue, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        for subject, column in needs(catalogue[name].tag):
            key = f"{subject}.{column}"
            found[key] = (*found.get(key, ()), name)
    return found
