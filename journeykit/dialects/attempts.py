"""Readings that may fail: missing where a value cannot be read, also where an engine would raise."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from journeykit.errors import MappingError

_NUMBER = "'^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'"
_WHOLE = "9200000000000000000"  # what surely fits into 64 bits


@compiles(sa.TryCast, "postgresql")
def _compile_try_cast(element: sa.TryCast[Any], compiler: Any, **kw: Any) -> str:
    """Text is looked at before it is read, and a number before it is cut to fewer digits."""
    given, type_ = element.clause, element.type
    value = compiler.process(given.self_group(), **kw)
    if isinstance(given.type, sa.String):
        read = f"CAST({value} AS NUMERIC)"
        return f"CASE WHEN {value} ~ {_NUMBER} THEN {_cut(read, type_, compiler)} END"
    return _cut(value, type_, compiler)


def _cut(number: str, type_: Any, compiler: Any) -> str:
    written = compiler.dialect.type_compiler_instance.process(type_)
    most = _WHOLE if isinstance(type_, sa.Integer) else _largest(type_.precision, type_.scale)
    return f"CASE WHEN abs({number}) <= {most} THEN CAST({number} AS {written}) END"


def _largest(precision: int, scale: int) -> str:
    """The largest number of so many digits."""
    return f"{'9' * (precision - scale)}.{'9' * scale}"


class parse_time(FunctionElement[Any]):  # noqa: N801
    """A text read as day and time in a ``strptime`` shape; missing when it has another one."""

    inherit_cache = True
    name, type = "parse_time", sa.DateTime()

    def __init__(self, text: sa.ColumnElement[Any], shape: str) -> None:
        super().__init__(text, sa.literal(shape, sa.String()))


@compiles(parse_time)
def _compile_parse_time(element: parse_time, compiler: Any, **kw: Any) -> str:
    text, shape = (compiler.process(one, **kw) for one in element.clauses)
    # The engine takes these words for dates, whatever the shape.
    return (
        f"CASE WHEN lower({text}) NOT IN ('infinity', '-infinity', 'epoch') "
        f"THEN try_strptime({text}, {shape}) END"
    )


@compiles(parse_time, "postgresql")
def _refuse_parse_time(_element: parse_time, _compiler: Any, **_kw: Any) -> str:
    raise MappingError(
        "a day or time is kept as text, which is not read inside a warehouse. Give the mapping a view whose "
        "column is a date or a timestamp."
    )


class months_later(FunctionElement[Any]):  # noqa: N801
    """The same day of the month so many months after a day, at most that month's last day."""

    inherit_cache = True
    name, type = "months_later", sa.DateTime()

    def __init__(self, day: sa.ColumnElement[Any], count: sa.ColumnElement[Any]) -> None:
        super().__init__(day, count)


@compiles(months_later)
def _compile_months(element: months_later, compiler: Any, **kw: Any) -> str:
    day, count = (compiler.process(one.self_group(), **kw) for one in element.clauses)
    return f"({day} + to_months({count}))"


@compiles(months_later, "postgresql")
def _compile_months_as_interval(element: months_later, compiler: Any, **kw: Any) -> str:
    day, count = (compiler.process(one.self_group(), **kw) for one in element.clauses)
    return f"({day} + make_interval(months => {count}))"


class round_to(FunctionElement[Any]):  # noqa: N801
    """A number in double precision rounded to so many decimal places."""

    inherit_cache = True
    name, type = "round_to", sa.Double()

    def __init__(self, number: sa.ColumnElement[Any], places: int) -> None:
        super().__init__(number, sa.literal_column(str(places), sa.Integer()))


@compiles(round_to)
def _compile_round_to(element: round_to, compiler: Any, **kw: Any) -> str:
    return f"round({compiler.process(element.clauses, **kw)})"


@compiles(round_to, "postgresql")
def _compile_round_exactly(element: round_to, compiler: Any, **kw: Any) -> str:
    number, places = (compiler.process(one, **kw) for one in element.clauses)
    return f"round(CAST({number} AS NUMERIC), {places})"
