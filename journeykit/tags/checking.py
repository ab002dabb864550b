"""What is wrong with a tag is said when it is defined, before any data are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from pydantic import BaseModel

from journeykit.contract import Subject, Type, subject
from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions import (
    ColumnRef,
    Did,
    Fill,
    InList,
    Measure,
    Node,
    Past,
    Sample,
    Sequence,
    Top,
    infer,
)
from journeykit.expressions.base import walk
from journeykit.expressions.nodes import Case, Value
from journeykit.expressions.values import Values, check_values
from journeykit.tags.columns import column_of, columns_in, owner_of

if TYPE_CHECKING:
    from journeykit.tags.tag import Aggregate, Attribute, Ranking

NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.RATE)
DAYS = (Type.DATE, Type.TIMESTAMP)
NO_OPERAND = ("count", "exists")
MAY_COUNT = ("days_since", "slope", "volatility")
OVER_TIME = ("slope", "volatility")
FEWEST_PERIODS, MOST_PERIODS = 3, 60
ROWS = Did | Measure | Sequence | Past | InList | Sample | Top
"""What only a segment can ask: it is read from rows, lists or earlier snapshots once the tags are there."""
OWNERS = ("customer", "manager", "branch")
# No complement of a tag may ever reach someone who never answered, so consent is none (design D4).
BARRED = {
    "consent": "Consent is read by routing from the ledger, where refusal wins, and is never a tag.",
    "contact_details": "Contact details live in the vault and are never a tag.",
    "receipt": "Receipts are about leads; what customers answered is in contact.outcome.",
}


def check_given(kind: type[BaseModel], parts: Mapping[str, Any]) -> None:
    """Refuse a part that a way of computing does not have, and a function that there is not."""
    name = kind.__name__
    for part in parts:
        if part not in kind.model_fields:
            if name == "Attribute" and part in ("within_days", "window", "days", "where"):
                raise DefinitionError(
                    f"An attribute is one value of the customer, so it has no {part}. Use Aggregate for rows "
                    "of a window, or a formula for a condition."
                )
            if part in ("window", "days") and "within_days" in kind.model_fields:
                raise DefinitionError(f"{name} has no {part}. Write within_days={parts[part]!r}.")
            others = kind.model_fields.keys() - {"kind"}
            raise unknown_name(f"part of {name}", part, others, f"See help(jk.{name}).")
    functions = get_args(get_type_hints(kind).get("function"))
    given = parts.get("function")
    if given is not None and given not in functions:
        raise unknown_name(f"function of {name}", str(given), functions, f"All: {', '.join(functions)}.")


def check_declared(name: str, values: tuple[str, ...], texts: Iterable[str]) -> None:
    """Refuse a tag that may give a text which its declared values lack."""
    for given in texts if values else ():
        if given not in values:
            raise DefinitionError(
                f"Tag '{name}' may give '{given}', which is not among its values: {', '.join(values)}. "
                "Add it there, or correct what the tag is computed from."
            )


def texts_of(part: Node | None) -> Iterator[str]:
    """The constants among what an expression may give."""
    match part:
        case Value(value=value):
            yield str(value)
        case Case(arms=arms, otherwise=otherwise):
            for one in (*(arm.then for arm in arms), otherwise):
                yield from texts_of(one)
        case Fill(operand=operand, default=default):
            yield from (*texts_of(operand), *texts_of(default))


def check_attribute(name: str, type_: Type, compute: Attribute, values: tuple[str, ...]) -> None:
    """Refuse an attribute that is not one value per customer, or is of another type."""
    home = subject("customer")
    elsewhere = None if compute.subject == home.name else compute.subject
    column = column_of(home, ColumnRef(name=compute.column, of=elsewhere))
    where = f"{compute.subject}.{compute.column}"
    if compute.function != "value" and column.type not in DAYS:
        raise DefinitionError(
            f"Tag '{name}': {compute.function} {where}, which is {column.type}. Use a date."
        )
    found = column.type if compute.function == "value" else Type.INTEGER
    if found is not type_:
        raise DefinitionError(
            f"Tag '{name}': {where} gives {found}, the tag says {type_}. Set type to {found}."
        )
    check_declared(name, values, column.values)


def check_aggregate(name: str, type_: Type, compute: Aggregate) -> None:
    """Refuse an aggregate over unknown columns, of the wrong types or without an owner."""
    if compute.subject in BARRED:
        raise DefinitionError(f"Tag '{name}' reads {compute.subject}. {BARRED[compute.subject]}")
    home = subject(compute.subject)
    if owner_of(home, compute.by)[1] not in OWNERS:
        raise DefinitionError(
            f"Tag '{name}': rows of {home.name} belong to no customer, manager or branch"
            + (f" by {compute.by}. " if compute.by else ". ")
            + f"Aggregate a subject that references {home.name}, with column(..., of='{home.name}')."
        )
    if compute.within_days is not None and home.at is None:
        raise DefinitionError(f"Tag '{name}': {home.name} has no time, so no window. Leave within_days out.")
    for ref in columns_in(compute.of, compute.where):
        column_of(home, ref)
    found = infer_for(name, compute.where, {}, home.name)
    if found not in (None, Type.BOOLEAN):
        raise DefinitionError(f"Tag '{name}': `where` is {found}. It must be a condition, true or false.")
    _check_operand(name, compute)
    operand = infer_for(name, compute.of, {}, home.name)
    result = _result_type(name, compute, operand)
    if type_ not in result:
        raise DefinitionError(
            f"Tag '{name}': {compute.function} gives {' or '.join(result)}, the tag says {type_}. "
            f"Set type to {result[0]}."
        )
    _check_periods(name, compute)
    _check_each(name, compute, home, operand)


def _check_operand(name: str, compute: Aggregate) -> None:
    function = compute.function
    if function in NO_OPERAND and compute.of is not None:
        raise DefinitionError(f"Tag '{name}': {function} is of rows. Leave `of` out, or filter with `where`.")
    if function not in (*NO_OPERAND, *MAY_COUNT) and compute.of is None:
        raise DefinitionError(f"Tag '{name}': {function} of what? Give a column, as in of=column('amount').")
    if (
        function in ("first", "last", "days_since", "daily_mean", *OVER_TIME)
        and subject(compute.subject).at is None
    ):
        raise DefinitionError(f"Tag '{name}': {compute.subject} has no time, so there is no {function}.")


def _result_type(name: str, compute: Aggregate, operand: Type | None) -> tuple[Type, ...]:
    """The types that a function's result may have."""
    function = compute.function
    if function in ("count", "distinct"):
        return (Type.INTEGER,)
    if function == "exists":
        return (Type.BOOLEAN,)
    if function == "days_since":
        if operand is not None and operand not in DAYS:
            raise DefinitionError(f"Tag '{name}': days since {operand}? Use a date or timestamp column.")
        return (Type.INTEGER,)
    if function == "share":
        if operand is not Type.BOOLEAN:
            raise DefinitionError(f"Tag '{name}': share of {operand}. Give a condition, true or false.")
        return (Type.RATE,)
    if operand is None:
        return (Type.RATE, Type.DECIMAL)
    if function in ("sum", "mean", "daily_mean", *OVER_TIME) and operand not in NUMBERS:
        raise DefinitionError(f"Tag '{name}': {function} of {operand}. Use a number, or count its rows.")
    if function in ("mean", "daily_mean", *OVER_TIME):
        return (operand,) if operand is not Type.INTEGER else (Type.RATE, Type.DECIMAL)
    if operand is Type.BOOLEAN:
        raise DefinitionError(f"Tag '{name}': {function} of boolean. Use exists with it as `where`.")
    return (operand,)


def _check_periods(name: str, compute: Aggregate) -> None:
    if compute.function not in OVER_TIME:
        if compute.per_days is not None:
            raise DefinitionError(f"Tag '{name}': `per_days` is for {' and '.join(OVER_TIME)}. Leave it out.")
        return
    if compute.per_days is None or compute.within_days is None:
        raise DefinitionError(
            f"Tag '{name}': {compute.function} goes over periods. Give within_days and per_days, as in "
            "within_days=180, per_days=30."
        )
    if compute.within_days % compute.per_days or not FEWEST_PERIODS <= compute.periods <= MOST_PERIODS:
        raise DefinitionError(
            f"Tag '{name}': {compute.within_days} days are not {FEWEST_PERIODS} to {MOST_PERIODS} whole "
            f"periods of {compute.per_days}. Make within_days that many times per_days."
        )


def _check_each(name: str, compute: Aggregate, home: Subject, operand: Type | None) -> None:
    if compute.each is not None:
        home.column(compute.each)
    if compute.carry_days is not None or compute.function == "daily_mean":
        if compute.function not in ("daily_mean", *OVER_TIME) or operand is None:
            raise DefinitionError(
                f"Tag '{name}': `carry_days` is for daily_mean, slope and volatility. Leave it out."
            )
        if home.at is None or home.column(home.at).type is not Type.DATE:
            raise DefinitionError(
                f"Tag '{name}': rows of {home.name} are not of days, so nothing is carried."
            )
        if None in (compute.each, compute.within_days, compute.carry_days):
            raise DefinitionError(
                f"Tag '{name}': a balance holds until the next of its account. Give each, within_days "
                "and carry_days, as in each='holding_id', within_days=30, carry_days=45."
            )
    elif compute.each is not None and (compute.function not in ("first", "last") or operand not in NUMBERS):
        raise DefinitionError(
            f"Tag '{name}': `each` is for first and last of numbers, and for balances with carry_days. "
            "Leave it out."
        )


def check_ranking(name: str, type_: Type, compute: Ranking) -> None:
    """Refuse a ranking of another type than it gives, or among rows instead of customers."""
    gives = Type.RATE if compute.function == "quantile" else Type.INTEGER
    if type_ is not gives:
        raise DefinitionError(
            f"Tag '{name}': {compute.function} gives {gives}, the tag says {type_}. Set type to {gives}."
        )
    if compute.where is not None:
        check_expression(name, compute.where)


def check_score(name: str, type_: Type) -> None:
    """Refuse a score that is not a rate."""
    if type_ is not Type.RATE:
        raise DefinitionError(f"Tag '{name}': a score is a probability. Set type to {Type.RATE}.")


def check_expression(name: str, expression: Node) -> None:
    """Refuse an expression over tags that reads rows; its types are checked with the tags it uses."""
    for part in walk(expression):
        if isinstance(part, ColumnRef | ROWS):
            what = f"column '{part.name}'" if isinstance(part, ColumnRef) else repr(part)
            raise DefinitionError(
                f"Tag '{name}': an expression over tags cannot read {what}. Make an aggregate or attribute "
                "tag of it."
            )


def infer_for(
    name: str,
    node: Node | None,
    types: Mapping[str, Type],
    subject_name: str | None = None,
    values: Values | None = None,
) -> Type | None:
    """The type of an expression; what does not fit is told with the tag's name."""
    if node is None:
        return None
    try:
        found = infer(node, types, subject_name)
        check_values(node, values or {}, subject_name)
        return found
    except DefinitionError as error:
        raise type(error)(f"Tag '{name}': {error}") from error
