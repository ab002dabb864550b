"""How a tag's definition reaches the columns of the contract."""

from __future__ import annotations

from journeykit.contract import Column, Subject, subject
from journeykit.errors import unknown_name
from journeykit.expressions import ColumnRef, Node
from journeykit.expressions.base import walk


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
