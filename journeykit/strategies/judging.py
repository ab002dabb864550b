"""What a strategy's graph asks about its people, answered by the mart in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlalchemy as sa

from journeykit.compiler import compile_rows
from journeykit.experiments.assignment import variant_column
from journeykit.expressions import AnyNode
from journeykit.mart.mart import Mart
from journeykit.mart.sources import subject_table
from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import Split, Start, WaitDate

Booleans = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int32]
"""Days since 1970-01-01."""

NEVER = np.iinfo(np.int32).max
"""The day of those who have none."""

Label = tuple[str, int]
_PEOPLE = sa.table(
    "people",
    sa.column("place", sa.Integer),
    sa.column("customer_id", sa.Text),
    sa.column("entered_on", sa.Date),
)
# No node's id begins with a dot.
_GOAL, _EXIT_RULE, _PRESENT = (".goal", 0), (".exit_rule", 0), (".present", 0)


@dataclass(frozen=True)
class Judged:
    """The answers as of a day, one for each of the people, in their order.

    Attributes
    ----------
    goal, exit_rule : array of bool
        Whether it holds.
    present : array of bool
        Whether somebody is among the day's customers; judged where people move.
    answers : mapping of (str, int) to array
        By node id and the place of the expression in the node's rules: whether a condition holds, or the
        day that a date is (:data:`NEVER` where it is missing). Of a split, at place 0, the variant's place.
    """

    goal: Booleans
    exit_rule: Booleans
    present: Booleans
    answers: Mapping[Label, npt.NDArray[Any]]

    def only(self, kept: Booleans) -> Judged:
        """The answers about some of the people."""
        answers = {label: found[kept] for label, found in self.answers.items()}
        return Judged(self.goal[kept], self.exit_rule[kept], self.present[kept], answers)


def judge(mart: Mart, strategy: Strategy, people: pa.Table, *, moving: bool) -> Judged:
    """Judge goal and exit rule for everybody and, where people move, all that the nodes ask.

    Parameters
    ----------
    people : Table
        ``customer_id`` and ``entered_on``, from which `since_entry` counts. Of whom the mart does not know,
        no condition holds and every date is missing.
    """
    answers = _ask(mart, strategy, people, moving=moving)
    nobody = np.zeros(people.num_rows, dtype=np.bool_)
    goal, exit_rule, present = (answers.pop(one, nobody) for one in (_GOAL, _EXIT_RULE, _PRESENT))
    return Judged(goal, exit_rule, present, answers)


def check_questions(mart: Mart, strategy: Strategy, *, moving: bool) -> None:
    """Raise DefinitionError or DataError when the mart cannot answer what the graph asks."""
    _answer_columns(mart, strategy, _rules(strategy, moving=moving))


def _rules(strategy: Strategy, *, moving: bool) -> dict[Label, AnyNode]:
    rules: dict[Label, AnyNode] = {}
    if strategy.goal:
        rules[_GOAL] = strategy.goal.expression
    if strategy.exit_when:
        rules[_EXIT_RULE] = strategy.exit_when
    nodes = [node for node in strategy.nodes if moving and not isinstance(node, Start)]
    return rules | {(node.id, place): rule for node in nodes for place, rule in enumerate(node.rules)}


def _ask(mart: Mart, strategy: Strategy, people: pa.Table, *, moving: bool) -> dict[Label, npt.NDArray[Any]]:
    rules = _rules(strategy, moving=moving)
    source, columns = _answer_columns(mart, strategy, rules)
    columns |= {**_variant_columns(strategy), _PRESENT: _present()} if moving else {}
    if not (columns and people.num_rows):
        return {}
    labelled = (column.label(f"answer_{n}") for n, column in enumerate(columns.values()))
    statement = sa.select(_PEOPLE.c.place, *labelled).select_from(source)
    place = pa.array(np.arange(people.num_rows, dtype=np.int32))
    asked = people.select(["customer_id", "entered_on"]).append_column("place", place)
    found = mart.run(statement, {"people": asked})
    order = np.argsort(found["place"].to_numpy())
    return {label: _values(found[f"answer_{n}"])[order] for n, label in enumerate(columns)}


def _answer_columns(
    mart: Mart, strategy: Strategy, rules: Mapping[Label, AnyNode]
) -> tuple[sa.FromClause, dict[Label, sa.ColumnElement[Any]]]:
    """What to select from, and the answer to each rule."""
    if not rules:
        return _PEOPLE, {}
    scope = replace(mart.scope, entries=_PEOPLE.alias("entries"))
    known = compile_rows({f"rule_{n}": rule for n, rule in enumerate(rules.values())}, scope).subquery()
    dates = {(node.id, 0) for node in strategy.nodes if isinstance(node, WaitDate)}
    answers = {label: known.c[f"rule_{n}"] for n, label in enumerate(rules)}
    return _PEOPLE.outerjoin(known, known.c.customer_id == _PEOPLE.c.customer_id), {
        label: answer if label in dates else sa.func.coalesce(answer, sa.false())
        for label, answer in answers.items()
    }


def _present() -> sa.ColumnElement[bool]:
    customer = subject_table("customer")
    return sa.exists().where(customer.c.customer_id == _PEOPLE.c.customer_id)


def _variant_columns(strategy: Strategy) -> dict[Label, sa.ColumnElement[Any]]:
    return {
        (node.id, 0): variant_column(
            f"{strategy.name}:{node.id}", _PEOPLE.c.customer_id, [one.weight for one in node.variants]
        )
        for node in strategy.nodes
        if isinstance(node, Split)
    }


def _values(answers: pa.ChunkedArray) -> npt.NDArray[Any]:
    if pa.types.is_boolean(answers.type):
        return answers.to_numpy()
    if pa.types.is_integer(answers.type):
        return answers.cast(pa.int8()).to_numpy()
    return answers.cast(pa.date32()).cast(pa.int32()).fill_null(NEVER).to_numpy()
