"""Handles of what customers did: how often, how much, and in which order."""

from __future__ import annotations

from typing import Any

from journeykit.errors import DefinitionError
from journeykit.expressions import nodes
from journeykit.expressions.handles import Expression, as_node, column, make_node


class DidExpression(Expression):
    """How often a customer did something; at least once unless said otherwise.

    It is also where values over the same events begin: ``did("txn").within(days=30).sum("amount") > 5000``.
    """

    node: nodes.Did

    def at_least(self, times: int) -> DidExpression:
        """`times` or more."""
        return self._replace(op="at_least", times=times)

    def at_most(self, times: int) -> DidExpression:
        """`times` or fewer, never included."""
        return self._replace(op="at_most", times=times)

    def exactly(self, times: int) -> DidExpression:
        """Neither more nor fewer; 0 means never."""
        return self._replace(op="exactly", times=times)

    def in_each(self, *, days: int) -> DidExpression:
        """So often in each period of `days` days of the window, as in ``.in_each(days=7).within(days=28)``.

        A window of whole periods must follow.
        """
        return self._replace(every_days=days)

    def within(self, *, days: int) -> DidExpression:
        """Count only the last `days` days, as_of included."""
        return self._replace(events=self._narrow(within_days=days))

    def since_entry(self) -> DidExpression:
        """Count only the days after the one on which the customer came to the node of a journey."""
        return self._replace(events=self._narrow(since_entry=True))

    def count(self) -> Expression:
        """How often, as a number."""
        return self._measure("count")

    def sum(self, of: str) -> Expression:
        """The sum of a column; 0 over no rows."""
        return self._measure("sum", of)

    def mean(self, of: str) -> Expression:
        """The mean of a column; missing without any."""
        return self._measure("mean", of)

    def min(self, of: str) -> Expression:
        """The least value of a column."""
        return self._measure("min", of)

    def max(self, of: str) -> Expression:
        """The greatest value of a column."""
        return self._measure("max", of)

    def first_time(self) -> Expression:
        """When it happened first."""
        return self._measure("first_time")

    def last_time(self) -> Expression:
        """When it happened last."""
        return self._measure("last_time")

    def _measure(self, function: str, of: str | None = None) -> Expression:
        if (self.node.op, self.node.times, self.node.every_days) != ("at_least", 1, None):
            raise DefinitionError(
                f"{function}() is a value over all of the events, and {self!r} already counts them. "
                "Leave at_least(), at_most(), exactly() and in_each() out."
            )
        return Expression(make_node(nodes.Measure, events=self.node.events, function=function, of=of))

    def _narrow(self, **changes: Any) -> nodes.Events:
        return make_node(nodes.Events, **{**_parts(self.node.events), **changes})

    def _replace(self, **changes: Any) -> DidExpression:
        return DidExpression(make_node(nodes.Did, **{**_parts(self.node), **changes}))


class SequenceExpression(Expression):
    """Steps one after the other; see :func:`sequence`."""

    node: nodes.Sequence

    def without(self, event: DidExpression, *, days: int | None = None) -> SequenceExpression:
        """And this did not follow: ever, or in the `days` days from the last step's day on.

        As long as those days are not over, it is not yet true.
        """
        selected = _selected(event, "without()")
        if event.node != nodes.Did(events=nodes.Events(**selected)):
            raise DefinitionError(f"without() takes an event by itself, as in did('apply'), not {event!r}.")
        return self._replace(without=make_node(nodes.Without, **selected, within_days=days))

    def within(self, *, days: int) -> SequenceExpression:
        """Look only at the last `days` days, as_of included."""
        return self._replace(within_days=days)

    def since_entry(self) -> SequenceExpression:
        """Look only at the days after the one on which the customer came to the node of a journey."""
        return self._replace(since_entry=True)

    def _replace(self, **changes: Any) -> SequenceExpression:
        return SequenceExpression(make_node(nodes.Sequence, **{**_parts(self.node), **changes}))


def did(event: str, *conditions: Any, **filters: Any) -> DidExpression:
    """Whether the customer did something, at least once in all history unless said otherwise.

    Parameters
    ----------
    event : str
        An action such as ``view``, or a subject of events such as ``txn`` or ``contact``.
    *conditions : Expression
        Conditions over the subject's columns, as in ``column("amount") >= 5000``.
    **filters
        Columns and the value, or list of values, that they must have.

    Examples
    --------
    >>> did("view", object="wealth").at_least(2).within(days=14)
    did("view", object="wealth").at_least(2).within(days=14)
    >>> did("txn", column("amount") >= 100, kind="purchase").within(days=30).sum("amount") > 5000
    did("txn", column("amount") >= 100, kind="purchase").within(days=30).sum("amount") > 5000
    """
    parts = [as_node(condition) for condition in conditions]
    for name, value in filters.items():
        handle = column(name)
        many = isinstance(value, list | tuple | set | frozenset)
        parts.append((handle.isin(value) if many else handle == value).node)
    where = parts[0] if len(parts) == 1 else make_node(nodes.And, operands=tuple(parts)) if parts else None
    return DidExpression(make_node(nodes.Did, events=make_node(nodes.Events, event=event, where=where)))


def sequence(*steps: DidExpression) -> SequenceExpression:
    """Whether the customer did one thing after the other; one match suffices.

    Parameters
    ----------
    *steps : expression of did()
        Each with ``at_least(n)`` when it must happen more than once, and from the second on with
        ``within(days=n)`` when it must happen in the n days that begin with the day of the step before.

    Examples
    --------
    >>> sequence(did("view", object="wealth"), did("login").at_least(2)).without(did("apply"), days=7)
    sequence(did("view", object="wealth"), did("login").at_least(2)).without(did("apply"), days=7)
    """
    if len(steps) < 2:
        raise DefinitionError("A sequence has two steps or more: sequence(did('view'), did('login')).")
    made = []
    for step in steps:
        selected = _selected(step, "sequence()")
        if step.node.op != "at_least" or not step.node.times or step.node.every_days is not None:
            raise DefinitionError(f"A step happens so often or more: did(...).at_least(n), not {step!r}.")
        made.append(
            make_node(nodes.Step, **selected, times=step.node.times, within_days=step.node.events.within_days)
        )
    return SequenceExpression(make_node(nodes.Sequence, steps=tuple(made)))


def _parts(node: nodes.Node) -> dict[str, Any]:
    return {name: getattr(node, name) for name in type(node).model_fields}


def _selected(step: Any, where: str) -> dict[str, Any]:
    """The rows that an expression of did() selects."""
    if not isinstance(step, DidExpression):
        raise DefinitionError(f"{where} takes events such as did('view'), not {step!r}.")
    if step.node.events.since_entry:
        raise DefinitionError(f"Put since_entry() on the whole sequence, not on {step!r}.")
    return {"event": step.node.events.event, "where": step.node.events.where}
