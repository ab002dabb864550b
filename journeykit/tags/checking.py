"""What is wrong with a tag is said when it is defined, before any data are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from journeykit.contract import Column, Subject, Type, subject
from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions import (
    Arithmetic,
    ColumnRef,
    Compare,
    DaysBetween,
    Did,
    Fill,
    Node,
    TagRef,
    infer,
)
from journeykit.expressions.nodes import walk

if TYPE_CHECKING:
    from journeykit.tags.tag import Aggregate, Attribute

NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.RATE)
DAYS = (Type.DATE, Type.TIMESTAMP)
OWNERS = ("customer", "manager", "branch")
# No complement of a tag may ever reach someone who never answered, so consent is none (design D4).
BARRED = {
    "consent": "Consent is read by routing from the ledger, where refusal wins, and is never a tag.",
    "contact_details": "Contact details live in the vault and are never a tag.",
    "receipt": "Receipts are about leads; what customers answered is in contact.outcome.",
}


def columns_in(*nodes: Node | None) -> list[ColumnRef]:
    """Every column that the nodes read."""
    return [part for node in nodes if node for part in walk(node) if isinstance(part, ColumnRef)]


def reference(home: Subject, target: str) -> Column:
    """The column of `home` through which one row of the subject `target` is reached.

    Raises
    ------
    UnknownNameError
        `home` references no such subject, or one row of it may match several.
    """
    choices = {name: column for column in home.columns if (name := referenced(column)) is not None}
    if target not in choices:
        raise unknown_name(
            f"subject referenced by {home.name}",
            target,
            choices,
            "Use a column of one of them, or of its own.",
        )
    return choices[target]


def referenced(column: Column) -> str | None:
    """The subject that `column` names one row of; None when it names none or may name several."""
    if column.references is None:
        return None
    name, key = column.references.split(".")
    return name if subject(name).key == (key,) else None


def column_of(home: Subject, ref: ColumnRef) -> Column:
    """The declared column that `ref` means beside a row of `home`."""
    if ref.of is None:
        return home.column(ref.name)
    reference(home, ref.of)
    return subject(ref.of).column(ref.name)


def owner_of(home: Subject, by: str | None) -> tuple[str, str]:
    """The column that says whom a row belongs to, and whether that is a customer, manager or branch."""
    name = by or home.owner
    if name is None:
        return "", ""
    column = home.column(name)
    target = home.name if home.key == (name,) else referenced(column)
    return name, target or ""


def check_attribute(name: str, type_: Type, compute: Attribute) -> None:
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
    found = _infer(name, compute.where, {}, home.name)
    if found not in (None, Type.BOOLEAN):
        raise DefinitionError(f"Tag '{name}': `where` is {found}. It must be a condition, true or false.")
    _check_operand(name, compute)
    operand = _infer(name, compute.of, {}, home.name)
    result = _result_type(name, compute, operand)
    if type_ not in result:
        raise DefinitionError(
            f"Tag '{name}': {compute.function} gives {' or '.join(result)}, the tag says {type_}. "
            f"Set type to {result[0]}."
        )
    if compute.each is not None:
        _check_each(name, compute, home, operand)


def _check_operand(name: str, compute: Aggregate) -> None:
    function = compute.function
    if function in ("count", "exists") and compute.of is not None:
        raise DefinitionError(f"Tag '{name}': {function} is of rows. Leave `of` out, or filter with `where`.")
    if function not in ("count", "exists", "days_since") and compute.of is None:
        raise DefinitionError(f"Tag '{name}': {function} of what? Give a column, as in of=column('amount').")
    if function in ("first", "last", "days_since") and subject(compute.subject).at is None:
        raise DefinitionError(f"Tag '{name}': {compute.subject} has no time, so nothing is {function}.")


def _result_type(name: str, compute: Aggregate, operand: Type | None) -> tuple[Type, ...]:
    function = compute.function
    if function in ("count", "distinct"):
        return (Type.INTEGER,)
    if function == "exists":
        return (Type.BOOLEAN,)
    if function == "days_since":
        if operand is not None and operand not in DAYS:
            raise DefinitionError(f"Tag '{name}': days since {operand}? Use a date or timestamp column.")
        return (Type.INTEGER,)
    assert operand is not None  # noqa: S101  (checked by _check_operand)
    if function in ("sum", "mean") and operand not in NUMBERS:
        raise DefinitionError(f"Tag '{name}': {function} of {operand}. Use a number, or count its rows.")
    if function == "mean":
        return (operand,) if operand is not Type.INTEGER else (Type.RATE, Type.DECIMAL)
    if operand is Type.BOOLEAN:
        raise DefinitionError(f"Tag '{name}': {function} of boolean. Use exists with it as `where`.")
    return (operand,)


def _check_each(name: str, compute: Aggregate, home: Subject, operand: Type | None) -> None:
    home.column(compute.each or "")
    if compute.function not in ("first", "last") or operand not in NUMBERS:
        raise DefinitionError(f"Tag '{name}': `each` is for first and last of numbers. Leave it out.")


def check_formula(name: str, expression: Node) -> None:
    """Refuse a formula that reads rows; its types are checked with the tags it uses."""
    for part in walk(expression):
        if isinstance(part, ColumnRef | Did):
            what = f"column '{part.name}'" if isinstance(part, ColumnRef) else f"did('{part.action}')"
            raise DefinitionError(
                f"Tag '{name}': a formula reads tags, not {what}. Make an aggregate or attribute tag of it."
            )


def check_formula_types(
    name: str, type_: Type, expression: Node, types: Mapping[str, Type], units: Mapping[str, str]
) -> None:
    """Refuse a formula whose parts do not fit each other, or whose value is not of the tag's type."""
    found = _infer(name, expression, types)
    if found is not type_ and not (found in NUMBERS and type_ in NUMBERS):
        raise DefinitionError(f"Tag '{name}': its formula gives {found}, the tag says {type_}.")
    for part in walk(expression):
        if (isinstance(part, Arithmetic) and part.op in "+-") or isinstance(part, Compare):
            left, right = _unit(part.left, units), _unit(part.right, units)
            if left and right and left != right:
                verb = "compares" if isinstance(part, Compare) else "adds or subtracts"
                raise DefinitionError(
                    f"Tag '{name}' {verb} {left} and {right}. Bring both to one unit first."
                )


def _unit(node: Node, units: Mapping[str, str]) -> str:
    if isinstance(node, TagRef):
        return units.get(node.name, "")
    if isinstance(node, DaysBetween):
        return "days"
    if isinstance(node, Fill):
        return _unit(node.operand, units)
    if isinstance(node, Arithmetic) and node.op in "+-":
        return _unit(node.left, units) or _unit(node.right, units)
    return ""


def _infer(
    name: str, node: Node | None, types: Mapping[str, Type], subject_name: str | None = None
) -> Type | None:
    """The type of an expression; what does not fit is told with the tag's name."""
    try:
        return None if node is None else infer(node, types, subject_name)
    except DefinitionError as error:
        raise type(error)(f"Tag '{name}': {error}") from error
