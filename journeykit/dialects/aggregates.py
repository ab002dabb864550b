"""What the tag build sums up and rounds with, one construct each, compiled per dialect.

Without a dialect of its own a construct is the embedded engine's. PostgreSQL rounds a half of a double to
the even number and keeps 15 digits of a double that becomes a decimal, so both are spelled out there.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_Column = sa.ColumnElement[Any]

# The largest double below a half: added to 0.49999999999999994 or to an odd number beyond 2^52, a half itself
# would carry it to the next whole number.
_ALMOST_HALF = "0.49999999999999994"


class _Chosen(FunctionElement[Any]):
    """The first of the clauses in the row that is the first, or last, by the other clauses."""

    inherit_cache = True
    aggregate, direction = "", ""

    def __init__(self, value: _Column, *order: _Column) -> None:
        self.type = value.type
        super().__init__(value, *order)


class first_by(_Chosen):  # noqa: N801
    """An aggregate: the value in the first row by some columns; rows where it is missing do not count."""

    inherit_cache = True
    name, aggregate, direction = "first_by", "arg_min", "ASC"


class last_by(_Chosen):  # noqa: N801
    """An aggregate: the value in the last row by some columns; rows where it is missing do not count."""

    inherit_cache = True
    name, aggregate, direction = "last_by", "arg_max", "DESC"


@compiles(first_by)
@compiles(last_by)
def _compile_chosen(element: _Chosen, compiler: Any, **kw: Any) -> str:
    value, *order = (compiler.process(one, **kw) for one in element.clauses)
    key = order[0] if len(order) == 1 else f"row({', '.join(order)})"
    return f"{element.aggregate}({value}, {key})"


@compiles(first_by, "postgresql", "gaussdb")
@compiles(last_by, "postgresql", "gaussdb")
def _compile_chosen_by_array(element: _Chosen, compiler: Any, **kw: Any) -> str:
    """Rows without a value come last, and so are chosen only where there are no others."""
    value, *order = (compiler.process(one.self_group(), **kw) for one in element.clauses)
    by = ", ".join([f"({value} IS NULL)", *(f"{one} {element.direction}" for one in order)])
    return f"(array_agg({value} ORDER BY {by}))[1]"


class count_bits(FunctionElement[int]):  # noqa: N801
    """How many bits of a whole number are set."""

    inherit_cache = True
    name, type = "count_bits", sa.BigInteger()


@compiles(count_bits)
def _compile_bits(element: count_bits, compiler: Any, **kw: Any) -> str:
    return f"bit_count({compiler.process(element.clauses, **kw)})"


@compiles(count_bits, "postgresql", "gaussdb")
def _compile_bits_as_text(element: count_bits, compiler: Any, **kw: Any) -> str:
    value = compiler.process(element.clauses, **kw)
    return f"length(replace(CAST(CAST({value} AS BIT(64)) AS TEXT), '0', ''))"


class round_half_up(FunctionElement[float]):  # noqa: N801
    """A number in double precision rounded to a whole one, halves away from zero."""

    inherit_cache = True
    name, type = "round_half_up", sa.Double()


@compiles(round_half_up)
def _compile_round(element: round_half_up, compiler: Any, **kw: Any) -> str:
    return f"round({compiler.process(element.clauses, **kw)})"


@compiles(round_half_up, "postgresql", "gaussdb")
def _compile_round_by_trunc(element: round_half_up, compiler: Any, **kw: Any) -> str:
    (value,) = (compiler.process(one.self_group(), **kw) for one in element.clauses)
    return f"trunc({value} + sign({value}) * {_ALMOST_HALF})"


class from_units(FunctionElement[Any]):  # noqa: N801
    """A whole number in double precision, counted in units of a type's last place, as that type."""

    name = "from_units"
    inherit_cache = False  # the type is written into the statement

    def __init__(self, units: _Column, type_: sa.types.TypeEngine[Any]) -> None:
        self.type = type_
        super().__init__(units)

    @property
    def scale(self) -> int:
        """Decimal places of the type."""
        return getattr(self.type, "scale", None) or 0


@compiles(from_units)
def _compile_units(element: from_units, compiler: Any, **kw: Any) -> str:
    (units,) = (compiler.process(one.self_group(), **kw) for one in element.clauses)
    type_ = compiler.dialect.type_compiler_instance.process(element.type)
    return f"CAST({units} / {10**element.scale} AS {type_})"


@compiles(from_units, "postgresql", "gaussdb")
def _compile_units_exactly(element: from_units, compiler: Any, **kw: Any) -> str:
    (units,) = (compiler.process(one, **kw) for one in element.clauses)
    whole = f"CAST({units} AS BIGINT)"
    place = f"0.{'0' * (element.scale - 1)}1"
    type_ = compiler.dialect.type_compiler_instance.process(element.type)
    return f"CAST({whole} * {place} AS {type_})" if element.scale else whole


class row_number_of(FunctionElement[int]):  # noqa: N801
    """A number of a snapshot's row, to take every so-many-th: its place, or a hash of its customer."""

    inherit_cache = True
    name, type = "row_number_of", sa.BigInteger()

    def __init__(self, key: str) -> None:
        super().__init__(sa.column(key))


@compiles(row_number_of)
def _compile_row_number(_element: row_number_of, _compiler: Any, **_kw: Any) -> str:
    return "rowid"


@compiles(row_number_of, "postgresql", "gaussdb")
def _compile_row_hash(element: row_number_of, compiler: Any, **kw: Any) -> str:
    return f"abs(CAST(hashtext({compiler.process(element.clauses, **kw)}) AS BIGINT))"


class storage_block(FunctionElement[int]):  # noqa: N801
    """Which block of 2,048 rows a row of a table lies in: rows of other blocks need not be unpacked.

    Where rows lie cannot be told, it is a hash of their customer.
    """

    inherit_cache = False
    name, type = "storage_block", sa.BigInteger()

    def __init__(self, relation: Any, key: str) -> None:
        super().__init__(relation.c[key])
        self.relation = relation.name


@compiles(storage_block)
def _compile_block(element: storage_block, compiler: Any, **_kw: Any) -> str:
    return f"({compiler.preparer.quote(element.relation)}.rowid >> 11)"


@compiles(storage_block, "postgresql", "gaussdb")
def _compile_block_hash(element: storage_block, compiler: Any, **kw: Any) -> str:
    return f"(abs(CAST(hashtext({compiler.process(element.clauses, **kw)}) AS BIGINT)) >> 11)"
