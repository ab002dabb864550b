"""What values of a mapping's expressions become: readings that may fail, and what they turn into."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import SQL_TYPES, months_later, parse_time, round_to
from journeykit.errors import MappingError

Column = sa.ColumnElement[Any]

NUMBER = sa.Numeric(24, 6)
_SHORT = sa.Numeric(18, 6)
_FACTOR = sa.Numeric(19, 6)  # two of them multiply within the 38 digits an engine has
BLANKS = " \t\r\n\u00a0\u3000"
_ISO_DAY = "%Y-%m-%d"
_ISO_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    _ISO_DAY,
)


class Kind(StrEnum):
    """What an expression yields while it is being mapped."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Compiled:
    """A value, its kind, and which rows could not be read (None when none can fail).

    `clean` text is trimmed already, and missing rather than empty.
    """

    value: Column
    kind: Kind
    failed: Column | None = None
    clean: bool = False


def convert(given: Compiled, type_: Type) -> Compiled:
    """Turn a value into a contract type: text trimmed, money exact, what does not fit counted.

    Raises
    ------
    MappingError
        The kinds have nothing to do with each other, such as a truth value for a date.
    """
    converters: dict[Type, Callable[[Compiled], Compiled]] = {
        Type.TEXT: read_text,
        Type.INTEGER: _integer,
        Type.DECIMAL: lambda one: _fit(read_number(one), SQL_TYPES[Type.DECIMAL]),
        Type.RATE: lambda one: _fit(read_number(one), SQL_TYPES[Type.RATE]),
        Type.BOOLEAN: _boolean,
        Type.DATE: lambda one: read_date(one, None),
        Type.TIMESTAMP: lambda one: read_timestamp(one, None),
    }
    converted = converters[type_](given)
    return Compiled(sa.cast(converted.value, SQL_TYPES[type_]), converted.kind, converted.failed)


def same(left: Compiled, right: Compiled) -> Column:
    """Whether two values of one kind are equal, texts trimmed: how files are joined."""
    require_alike(left, right)
    return _trimmed(left).value == _trimmed(right).value


def _trimmed(given: Compiled) -> Compiled:
    return read_text(given) if given.kind == Kind.TEXT else given


def literal(value: Any) -> Compiled:
    """A constant, bound."""
    if value is None:
        return Compiled(sa.null(), Kind.NOTHING)
    if isinstance(value, bool):
        return Compiled(sa.true() if value else sa.false(), Kind.BOOLEAN)
    if isinstance(value, str):
        return Compiled(sa.literal(value, sa.String()), Kind.TEXT, clean=value == value.strip(BLANKS) != "")
    if isinstance(value, int) and abs(value) < 1 << 62:
        return Compiled(sa.literal(value, sa.BigInteger()), Kind.NUMBER)
    return Compiled(sa.cast(sa.literal(str(value), sa.String()), NUMBER), Kind.NUMBER)


def any_failed(*parts: Compiled) -> Column | None:
    """Which rows at least one part could not read; None when none can fail."""
    failed = [part.failed for part in parts if part.failed is not None]
    return sa.or_(*failed) if failed else None


def require_alike(left: Compiled, right: Compiled) -> None:
    """Refuse to compare different kinds of things."""
    kinds = {left.kind, right.kind} - {Kind.NOTHING}
    if len(kinds) > 1 and kinds != {Kind.DATE, Kind.TIMESTAMP}:
        raise MappingError(
            f"{_a(left.kind)} is compared with {_a(right.kind)}. "
            "Read texts with number(…) or date(…), or put the literal in quotes."
        )


def _a(kind: Kind) -> str:
    return f"a {kind.value}"


def _read(given: Compiled, value: Column, kind: Kind) -> Compiled:
    """A reading of `given` that may fail: missing though `given` is not."""
    lost = sa.and_(given.value.is_not(None), value.is_(None))
    return Compiled(value, kind, lost if given.failed is None else sa.or_(lost, given.failed))


def _mismatch(given: Compiled, wanted: str) -> MappingError:
    return MappingError(f"{_a(given.kind).capitalize()} cannot be read as {wanted}. Correct the expression.")


def read_text(given: Compiled) -> Compiled:
    """As trimmed text; empty is missing."""
    if given.kind == Kind.NOTHING:
        return Compiled(sa.cast(sa.null(), sa.String()), Kind.TEXT)
    if given.clean:
        return given
    plain = given.value if given.kind == Kind.TEXT else sa.cast(given.value, sa.String())
    trimmed = sa.func.nullif(sa.func.trim(plain, BLANKS), "", type_=sa.String())
    return Compiled(trimmed, Kind.TEXT, given.failed, clean=True)


def read_number(given: Compiled) -> Compiled:
    """As an exact number."""
    if given.kind == Kind.NOTHING:
        return Compiled(sa.cast(sa.null(), NUMBER), Kind.NUMBER)
    if given.kind == Kind.TEXT:
        given = read_text(given)
        # Reading text into more than 18 digits is a hundred times slower, and hardly ever needed.
        short = sa.cast(sa.try_cast(given.value, _SHORT), NUMBER)
        return _read(given, sa.func.coalesce(short, sa.try_cast(given.value, NUMBER)), Kind.NUMBER)
    if given.kind != Kind.NUMBER:
        raise _mismatch(given, "a number")
    if _is_exact(given.value.type):
        return given
    return _read(given, sa.try_cast(given.value, NUMBER), Kind.NUMBER)


def _is_exact(type_: sa.types.TypeEngine[Any]) -> bool:
    if isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float):
        return (type_.scale or 0) <= 6 and (type_.precision or 0) <= 24
    return isinstance(type_, sa.Integer)


def _integer(given: Compiled) -> Compiled:
    number = read_number(given)
    if isinstance(number.value.type, sa.Integer):
        return number
    whole = sa.try_cast(number.value, sa.BigInteger())
    return _read(number, sa.case((sa.cast(whole, NUMBER) == number.value, whole)), Kind.NUMBER)


def _fit(given: Compiled, type_: sa.types.TypeEngine[Any]) -> Compiled:
    """Exactly `type_`: a value that would have to be rounded does not fit."""
    have, want = given.value.type, type_
    if isinstance(have, sa.Numeric) and isinstance(want, sa.Numeric):  # noqa: SIM102
        if (have.precision, have.scale) == (want.precision, want.scale):
            return given
    fitted = sa.try_cast(given.value, type_)
    return _read(
        given, sa.case((sa.cast(fitted, NUMBER) == sa.try_cast(given.value, NUMBER), fitted)), Kind.NUMBER
    )


def _boolean(given: Compiled) -> Compiled:
    if given.kind == Kind.BOOLEAN:
        return given
    if given.kind not in (Kind.TEXT, Kind.NUMBER, Kind.NOTHING):
        raise _mismatch(given, "a truth value")
    word = sa.func.lower(read_text(given).value)
    meanings = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(
        ("false", "f", "no", "n", "0"), False
    )
    return _read(
        read_text(given), sa.case(meanings, value=word, else_=sa.cast(sa.null(), sa.Boolean())), Kind.BOOLEAN
    )


def condition(given: Compiled) -> Compiled:
    """A condition: missing counts as false."""
    if given.kind not in (Kind.BOOLEAN, Kind.NOTHING):
        raise MappingError(
            f"{_a(given.kind).capitalize()} stands where a condition is needed. Compare it with something."
        )
    return Compiled(sa.func.coalesce(given.value, sa.false(), type_=sa.Boolean()), Kind.BOOLEAN, given.failed)


def read_date(given: Compiled, shape: str | None) -> Compiled:
    """As a day; text in the given shape, or ISO."""
    if given.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.NOTHING):
        return Compiled(sa.cast(given.value, sa.Date()), Kind.DATE, given.failed)
    plain = _as_plain_text(given, "a day")
    read = parse_time(plain.value, shape or _ISO_DAY)
    return _read(plain, sa.cast(read, sa.Date()), Kind.DATE)


def read_timestamp(given: Compiled, shape: str | None) -> Compiled:
    """As a day and time; text in the given shape, or ISO."""
    if given.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.NOTHING):
        return Compiled(sa.cast(given.value, sa.DateTime()), Kind.TIMESTAMP, given.failed)
    plain = _as_plain_text(given, "a time")
    shapes = (shape,) if shape else _ISO_TIMES
    reads = [parse_time(plain.value, one) for one in shapes]
    return _read(plain, sa.func.coalesce(*reads, type_=sa.DateTime()), Kind.TIMESTAMP)


def _as_plain_text(given: Compiled, wanted: str) -> Compiled:
    """Text, or a whole number such as 930101 written without quotes in a typed file."""
    if given.kind == Kind.NUMBER and isinstance(given.value.type, sa.Integer):
        return read_text(given)
    if given.kind != Kind.TEXT:
        raise _mismatch(given, wanted)
    return read_text(given)


def calculate(operator: ast.operator, left: Compiled, right: Compiled) -> Compiled:
    """One of ``+ - * /`` on two numbers, exact to six places; divided by zero is missing."""
    for side in (left, right):
        if side.kind not in (Kind.NUMBER, Kind.NOTHING):
            raise MappingError(
                f"{_a(side.kind).capitalize()} stands where a number is needed. Read it with number(…)."
            )
    a, b = (sa.cast(read_number(side).value, NUMBER) for side in (left, right))
    failed = any_failed(read_number(left), read_number(right))
    match operator:
        case ast.Add():
            value: Column = a + b
        case ast.Sub():
            value = a - b
        case ast.Mult():
            value = sa.try_cast(a, _FACTOR) * sa.try_cast(b, _FACTOR)
        case _:
            quotient = sa.cast(a, sa.Double()) / sa.func.nullif(sa.cast(b, sa.Double()), 0.0)
            value = round_to(quotient, 6)
    return Compiled(sa.try_cast(value, NUMBER), Kind.NUMBER, failed)


def _concat(*parts: Compiled) -> Compiled:
    texts = [sa.func.coalesce(read_text(part).value, "") for part in parts]
    joined = reduce(lambda a, b: a + b, texts)
    return read_text(Compiled(sa.type_coerce(joined, sa.String()), Kind.TEXT, any_failed(*parts)))


def _substr(given: Compiled, start: Compiled, length: Compiled | None = None) -> Compiled:
    places = [sa.cast(_integer(place).value, sa.Integer()) for place in (start, length) if place is not None]
    return read_text(
        Compiled(sa.func.substr(read_text(given).value, *places, type_=sa.String()), Kind.TEXT, given.failed)
    )


def _cased(change: Callable[[Column], Column]) -> Callable[[Compiled], Compiled]:
    return lambda given: Compiled(change(read_text(given).value), Kind.TEXT, given.failed)


def _one_kind(parts: tuple[Compiled, ...]) -> tuple[Kind, tuple[Compiled, ...]]:
    kinds = {part.kind for part in parts} - {Kind.NOTHING}
    if len(kinds) > 1:
        raise MappingError(
            f"{' and '.join(sorted(map(_a, kinds)))} cannot stand for one value. Convert one of them."
        )
    kind = kinds.pop() if kinds else Kind.NOTHING
    if kind == Kind.NUMBER:
        parts = tuple(Compiled(sa.cast(p.value, NUMBER), kind, p.failed) for p in map(read_number, parts))
    return kind, parts


def _if(given: Compiled, then: Compiled, otherwise: Compiled) -> Compiled:
    kind, (then, otherwise) = _one_kind((then, otherwise))
    test = condition(given)
    value = sa.case((test.value, then.value), else_=otherwise.value)
    arms = [arm.failed if arm.failed is not None else sa.false() for arm in (then, otherwise)]
    failed = (
        None
        if then.failed is None and otherwise.failed is None
        else sa.case((test.value, arms[0]), else_=arms[1])
    )
    return Compiled(value, kind, any_failed(test, Compiled(value, kind, failed)))


def _coalesce(*given: Compiled) -> Compiled:
    kind, parts = _one_kind(given)
    value = sa.func.coalesce(*(part.value for part in parts))
    failed = any_failed(*parts)
    return Compiled(value, kind, None if failed is None else sa.and_(failed, value.is_(None)))


def _is_missing(given: Compiled) -> Compiled:
    return Compiled(_trimmed(given).value.is_(None), Kind.BOOLEAN, given.failed)


def _round(given: Compiled, places: Compiled) -> Compiled:
    number = read_number(given)
    count = sa.cast(_integer(places).value, sa.Integer())
    return Compiled(
        sa.cast(sa.func.round(sa.cast(number.value, NUMBER), count), NUMBER), Kind.NUMBER, number.failed
    )


def _later(add: Callable[[Column, Column], Column]) -> Callable[[Compiled, Compiled], Compiled]:
    def shift(day: Compiled, count: Compiled) -> Compiled:
        start, number = read_date(day, None), _integer(count)
        value = sa.cast(add(start.value, sa.cast(number.value, sa.Integer())), sa.Date())
        return Compiled(value, Kind.DATE, any_failed(start, number))

    return shift


FUNCTIONS: dict[str, Callable[..., Compiled]] = {
    "text": read_text,
    "number": read_number,
    "integer": _integer,
    "concat": _concat,
    "substr": _substr,
    "lower": _cased(sa.func.lower),
    "upper": _cased(sa.func.upper),
    "if_": _if,
    "coalesce": _coalesce,
    "is_missing": _is_missing,
    "round_": _round,
    "days_after": _later(lambda day, count: day + count),
    "months_after": _later(months_later),
}
