"""Constants in expressions: read from JSON, YAML or Python, and checked against their declared type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import MAX_PREC, Context, Decimal, InvalidOperation
from typing import Any

from journeykit.contract import Type

_PLACES = 18  # a decimal's digits before and after the point: what every engine holds exactly

_EXACT = Context(prec=MAX_PREC)
"""The context that Python calculates in by itself keeps 28 digits, and drops the others without a word."""

_PYTHON_TYPES: dict[Type, type] = {
    Type.TEXT: str,
    Type.INTEGER: int,
    Type.DECIMAL: Decimal,
    Type.RATE: Decimal,
    Type.BOOLEAN: bool,
    Type.DATE: date,
    Type.TIMESTAMP: datetime,
}


def read_constant(type_name: str, value: Any) -> Any:
    """A constant as JSON, YAML or Python hold it, in the one form a node keeps."""
    try:
        if type_name in ("decimal", "rate") and type(value) in (str, int, float):
            value = Decimal(str(value))
        elif type_name == "date" and isinstance(value, str):
            return date.fromisoformat(value)
        elif type_name == "timestamp" and isinstance(value, str):
            return datetime.fromisoformat(value)
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"{value!r} is not of the type {type_name}") from error
    return _plain(value) if isinstance(value, Decimal) and value.is_finite() else value


def _plain(number: Decimal) -> Decimal:
    """A number written out; not one such as 1e-999999999, whose digits would fill the memory."""
    if not -100 < number.adjusted() < 100:
        raise ValueError(_decimal_problem(number))
    return _EXACT.add(Decimal(format(_EXACT.normalize(number), "f")), 0)


def _decimal_problem(value: Decimal) -> str | None:
    if not value.is_finite():
        return f"{value} is not a finite number"
    exponent = value.as_tuple().exponent
    if value.adjusted() >= _PLACES or (isinstance(exponent, int) and -exponent > _PLACES):
        return f"{value} has more than {_PLACES} digits before or after the point; round it"
    return None


def _integer_problem(value: int) -> str | None:
    return None if abs(value) < 2**63 else f"{value} does not fit 64 bits"


def _text_problem(value: str) -> str | None:
    if value != value.strip() or not value:
        return f"{value!r}: text is stored trimmed, and empty text is missing; use .is_missing()"
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        return f"{value!r} is not valid text"
    return None


def _timestamp_problem(value: datetime) -> str | None:
    return "times are naive local; leave the zone out" if value.tzinfo else None


_PROBLEMS: dict[type, Any] = {
    Decimal: _decimal_problem,
    int: _integer_problem,
    str: _text_problem,
    datetime: _timestamp_problem,
}


def check_constant(declared: Type, value: Any) -> None:
    """Raise ValueError when a value is not of its declared type, or no engine can hold it."""
    expected = _PYTHON_TYPES[declared]
    if type(value) is not expected:
        raise ValueError(f"{value!r} is not of the type {declared}")
    problem = _PROBLEMS[expected](value) if expected in _PROBLEMS else None
    if problem:
        raise ValueError(problem)
