"""What a strategy reads of its customers: the columns behind it, with their privacy classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from journeykit.contract import Privacy, subject
from journeykit.display import Table
from journeykit.expressions import Measure, Node, walk
from journeykit.expressions.behaviour import Selection
from journeykit.i18n import in_language, label
from journeykit.strategies.graph import Strategy
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.versions import tags_behind
from journeykit.tags.columns import columns_in
from journeykit.tags.planning import needs


@dataclass(frozen=True)
class DataUsed:
    """The columns a strategy reads, by privacy class and subject; prints as a table.

    Attributes
    ----------
    columns : mapping of (privacy class, subject) to tuple of str
        The most sensitive class first: C3 is identifying or sensitive, C2 personal, C1 public or internal.
    """

    columns: Mapping[tuple[Privacy, str], tuple[str, ...]]

    def rows(self) -> list[dict[str, Any]]:
        """The same as plain values."""
        return [
            {"privacy": privacy, "subject": name, "columns": list(columns)}
            for (privacy, name), columns in self.columns.items()
        ]

    def table(self, language: str = "en") -> Table:
        """One row for each privacy class and subject."""
        rows = tuple(
            (privacy, in_language(language, subject(name).title, subject(name).title_zh), ", ".join(columns))
            for (privacy, name), columns in self.columns.items()
        )
        heads = tuple(label(key, language) for key in ("privacy", "subject", "columns"))
        return Table(label("approval.data", language), heads, rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def data_used(strategy: Strategy, tags: Mapping[str, Any], playbook: Playbook) -> DataUsed:
    """The columns behind every rule of a strategy, and the contact details that its channels need.

    Whom a row belongs to is not among them: everything read is a customer's.
    """
    features = {name: model.tags for name, model in playbook.models.items()}
    pairs = {pair for name in tags_behind(strategy.rules, tags, features) for pair in needs(tags[name].tag)}
    pairs |= {pair for rule in strategy.rules for pair in _read_by(rule)}
    needed = {playbook.channels[node.channel].needs for node in strategy.actions}
    pairs |= {("contact_details", detail) for detail in needed if detail}
    found: dict[tuple[Privacy, str], tuple[str, ...]] = {}
    for name, column in sorted(pair for pair in pairs if pair[1] != subject(pair[0]).owner):
        key = (subject(name).column(column).privacy, name)
        found[key] = (*found.get(key, ()), column)
    return DataUsed(dict(sorted(found.items(), key=lambda item: (-int(item[0][0][1]), item[0][1]))))


def _read_by(rule: Node) -> Iterator[tuple[str, str]]:
    """The columns of events that a rule reads itself."""
    for part in walk(rule):
        if isinstance(part, Selection):
            home = part.subject.name
            read = ["action"] if part.action else []
            yield from ((home, column) for column in [*read, part.at])
            for ref in columns_in(part.where):
                yield (ref.of or home, ref.name)
        if isinstance(part, Measure) and part.of:
            yield (part.events.subject.name, part.of)
