"""What changed between two strategies, or between all that two versions decide with, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from html import escape
from typing import Any

from journeykit.i18n import in_language
from journeykit.strategies.changes import Change, Changes, Kind, What, listed, place_of
from journeykit.strategies.expecting import expect_strategy
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Branch, GraphNode, Split, Start
from journeykit.strategies.telling import Teller, percent, tell
from journeykit.strategies.values import leaves

_CLOSURE: dict[str, What] = {"tags": "tag", "models": "model", "offers": "offer", "channels": "channel"}


@dataclass(frozen=True)
class Difference:
    """What changed, in reading order; empty, and false, when nothing did.

    Examples
    --------
    >>> old = Strategy("plan", stage="retain", priority=5)
    >>> diff(old, old.model_copy(update={"priority": 7}))
    Priority: 5 became 7.
    >>> diff(old, old)
    No difference.
    """

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def lines(self, language: str = "en") -> tuple[str, ...]:
        """One sentence per change, in English or Chinese."""
        return tuple(in_language(language, one.text, one.text_zh) for one in self.changes)

    def rows(self) -> list[dict[str, Any]]:
        """The changes as plain values: kind, what, name, text, text_zh."""
        return [asdict(one) for one in self.changes]

    def __str__(self) -> str:
        return "\n".join(self.lines()) or "No difference."

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines())
        return f"<ul>{items}</ul>" if items else "<p>No difference.</p>"


def diff(old: Strategy, new: Strategy, tags: Mapping[str, Any] | None = None) -> Difference:
    """What changed from one strategy to another.

    Parameters
    ----------
    tags : mapping of str to handle, optional
        The catalogue, as ``mart.tags``, for the titles of tags; the shipped library when left out.

    Returns
    -------
    Difference
        Prints one sentence per change.
    """
    expect_strategy(old, "jk.diff(plan, new)")
    expect_strategy(new, "jk.diff(old, plan)")
    return Difference(tuple(_compare_strategies(old, new, Changes.of(tags))))


def closure_difference(
    old: Mapping[str, Any] | None, new: Mapping[str, Any], tags: Mapping[str, Any] | None = None
) -> Difference:
    """What changed between all that two versions of a strategy decide with (design D15).

    Parameters
    ----------
    old, new : mapping
        ``strategy``, ``tags``, ``models``, ``offers`` and ``channels`` in their JSON form; `old` is None when
        there was no version before.
    """
    changes = Changes.of(tags, {**(old or {}).get("offers", {}), **new.get("offers", {})})
    strategy = Strategy.model_validate(new["strategy"])
    if old is None:
        return Difference((changes.make("added", "strategy", strategy.name, "first_version"),))
    found = [*_compare_strategies(Strategy.model_validate(old["strategy"]), strategy, changes)]
    for part, what in _CLOSURE.items():
        found += _compare_definitions(what, old.get(part, {}), new.get(part, {}), changes)
    return Difference(tuple(found))


def _compare_strategies(old: Strategy, new: Strategy, changes: Changes) -> Iterator[Change]:
    found = [*_compare_heads(old, new, changes), *_compare_graphs(old, new, changes)]
    yield from found
    if not found and old != new:
        yield changes.make("changed", "strategy", new.name, "order")


def _compare_heads(old: Strategy, new: Strategy, changes: Changes) -> Iterator[Change]:
    for field in ("name", "title", "title_zh", "stage", "owner", "priority"):
        yield from changes.value("strategy", new.name, field, getattr(old, field), getattr(new, field))
    before, after = old.goal, new.goal
    if before and after:
        yield from changes.value("strategy", new.name, "goal", before.expression, after.expression)
        yield from changes.value("strategy", new.name, "within_days", before.within_days, after.within_days)
    else:
        yield from changes.value("strategy", new.name, "goal", before, after)
    yield from changes.value("strategy", new.name, "exit_when", old.exit_when, new.exit_when)


def _compare_graphs(old: Strategy, new: Strategy, changes: Changes) -> Iterator[Change]:
    before, after = {node.id: node for node in old.nodes}, {node.id: node for node in new.nodes}
    for name, node in before.items():
        if name not in after:
            yield changes.make("removed", "node", name, "removed", id=name, sentence=partial(tell, node))
    for name, node in after.items():
        if name not in before:
            yield changes.make("added", "node", name, "added", id=name, sentence=partial(tell, node))
            yield from _lead(node, changes)
        elif node != before[name]:
            yield from _compare_nodes(before[name], node, changes)


def _lead(node: GraphNode, changes: Changes) -> Iterator[Change]:
    for label, target in node.ways:
        way = partial(_way, label)
        yield changes.make("added", "way", node.id, "leads", id=node.id, way=way, target=target)


def _compare_nodes(old: GraphNode, new: GraphNode, changes: Changes) -> Iterator[Change]:
    if old.kind != new.kind:
        sentences = {"old": partial(tell, old), "new": partial(tell, new)}
        yield changes.make("changed", "node", new.id, "other_kind", id=new.id, **sentences)
    else:
        yield from changes.fields("node", new.id, old, new)
        if isinstance(old, Start) and isinstance(new, Start):
            yield from changes.fields("node", new.id, old.segment, new.segment)
        if isinstance(old, Branch) and isinstance(new, Branch):
            yield from _compare_cases(old, new, changes)
        if isinstance(old, Split) and isinstance(new, Split):
            yield from _compare_variants(old, new, changes)
    before, after = dict(old.ways), dict(new.ways)
    for label in dict.fromkeys([*before, *after]):
        if before.get(label) == after.get(label):
            continue
        ends = {"old": before.get(label, ""), "new": after.get(label, "")}
        key = "leads_elsewhere" if all(ends.values()) else "leads" if ends["new"] else "leads_no_more"
        way = partial(_way, label)
        target = ends["new"] or ends["old"]
        yield changes.make("changed", "way", new.id, key, id=new.id, way=way, target=target, **ends)


def _compare_cases(old: Branch, new: Branch, changes: Changes) -> Iterator[Change]:
    before, after = ({case.name: case.when for case in node.cases} for node in (old, new))
    for name in dict.fromkeys([*before, *after]):
        if name in before and name in after:
            yield from changes.value("node", f"{new.id}, {name}", "when", before[name], after[name])
        else:
            key, rule = ("case_added", after[name]) if name in after else ("case_removed", before[name])
            told = partial(listed, [rule])
            yield changes.make("changed", "node", new.id, key, id=new.id, case=name, condition=told)
    kept = [[name for name in cases if name in before and name in after] for cases in (before, after)]
    if kept[0] != kept[1]:
        order = partial(_in_order, kept[1])
        yield changes.make("changed", "node", new.id, "case_order", id=new.id, names=order)


def _compare_variants(old: Split, new: Split, changes: Changes) -> Iterator[Change]:
    before, after = ({one.name: percent(one.weight) for one in node.variants} for node in (old, new))
    if list(before.items()) != list(after.items()):
        listed = {
            key: partial(_in_order, [f"{name} {share}" for name, share in shares.items()])
            for key, shares in (("old", before), ("new", after))
        }
        yield changes.make("changed", "node", new.id, "variants", id=new.id, **listed)


def _in_order(names: list[str], teller: Teller) -> str:
    return teller.say.listed(names)


def _way(label: str, teller: Teller) -> str:
    return teller("way", name=label) if label else ""


def _compare_definitions(
    what: What, old: Mapping[str, Any], new: Mapping[str, Any], changes: Changes
) -> Iterator[Change]:
    """Of tags, models, offers or channels: those that came, that are gone, and each value that changed."""
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            kind: Kind = "added" if name in new else "removed"
            yield changes.make(kind, what, name, f"used.{kind}", place=partial(place_of, what, name))
            continue
        before, after = leaves(old[name]), leaves(new[name])
        for path in dict.fromkeys([*before, *after]):
            yield from changes.value(what, name, path, before.get(path), after.get(path))
