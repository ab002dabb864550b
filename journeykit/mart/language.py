"""The small language of a mapping: one expression for each column, and nothing that can do harm.

An expression is parsed, never run. It is made of

- source columns by name (``amount``), or ``column("any name")`` where the name is no identifier;
- literals: ``'text'``, ``12``, ``0.5``, ``True``, ``None`` (missing);
- ``+ - * /`` on numbers; ``== != < <= > >=`` on like things, false when either side is missing;
  ``x in ('a', 'b')``; ``and``, ``or``, ``not``;
- functions:

  ========================== =====================================================================
  ``text(x)``                as text
  ``number(x)``              an exact number with up to six places
  ``integer(x)``             a whole number
  ``date(x, '%y%m%d')``      a day; ISO without a format
  ``timestamp(x, format)``   a day and time; ISO without a format
  ``code(x, name)``          translated by the code list `name`; what the list lacks stays as it is
  ``code(x, name, 'other')`` the same, with a value for what the list lacks
  ``concat(a, b, …)``        texts put together; a missing one counts as empty
  ``substr(x, 3, 2)``        two characters from the third
  ``lower(x)``, ``upper(x)`` in small, in capital letters
  ``if_(condition, a, b)``   `a` where the condition holds, else `b`
  ``coalesce(a, b, …)``      the first that is not missing
  ``is_missing(x)``          whether there is no value
  ``round_(x, 2)``           rounded half up
  ``days_after(day, n)``     `n` days later
  ``months_after(day, n)``   `n` months later, at most the month's last day
  ========================== =====================================================================

A value that cannot be read (``number('abc')``) is missing and is counted: every such row is a finding.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import SQL_TYPES, months_later
from journeykit.errors import MappingError

Codes = Mapping[str, Mapping[str, str]]
Column = sa.ColumnElement[Any]

NUMBER = sa.Numeric(24, 6)
_FACTOR = sa.Numeric(19, 6)  # two of them multiply within the 38 digits an engine has
BLANKS = " \t\r\n\u00a0\u3000"
_MAX_LENGTH = 2_000
_ISO_DAY = "%Y-%m-%d"
_ISO_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    _ISO_DAY,
)
_FORMAT = re.compile(r"(?:[^%]|%[YymdHMSfjbBpI%])+")


class UnknownColumnError(MappingError):
    """The source has no column of that name."""


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
    """A value, its kind, and which rows could not be read (None when none can fail)."""

    value: Column
    kind: Kind
    failed: Column | None = None


def parse(text: str) -> ast.expr:
    """Parse an expression and refuse whatever the language does not have.

    Raises
    ------
    MappingError
        Names what is refused and what is allowed.

    Examples
    --------
    >>> sorted(columns_of(parse("number(amount) / rate")))
    ['amount', 'rate']
    >>> parse("__import__('os').system('ls')")
    Traceback (most recent call last):
    journeykit.errors.MappingError: ...
    """
    if len(text) > _MAX_LENGTH:
        raise MappingError(f"An expression has {len(text)} characters; at most {_MAX_LENGTH} are read.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _check(tree, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply or holds a NUL"
        raise MappingError(f"Cannot read the expression {text!r}: {reason}. {_allowed()}") from error
    return tree


def columns_of(tree: ast.expr) -> set[str]:
    """The source columns an expression reads."""
    if isinstance(tree, ast.Name):
        return {tree.id}
    if isinstance(tree, ast.Call):
        name = _function(tree)
        if name == "column":
            return {_constant(tree.args[0])}
        read = tree.args[:1] + tree.args[2:] if name == "code" else tree.args
        return set().union(*(columns_of(part) for part in read))
    children = (node for node in ast.iter_child_nodes(tree) if isinstance(node, ast.expr))
    return set().union(*(columns_of(node) for node in children))


def code_lists_of(tree: ast.expr) -> set[str]:
    """The code lists an expression names."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _function(node) == "code")
    return {node.args[1].id for node in calls if isinstance(node.args[1], ast.Name)}


def compile_expression(tree: ast.expr, columns: Mapping[str, Compiled], codes: Codes) -> Compiled:
    """Turn a parsed expression into SQL over `columns`, every literal bound."""
    return _Compiler(columns, codes).compile(tree)


def convert(given: Compiled, type_: Type) -> Compiled:
    """Turn a value into a contract type: text trimmed, money exact, what does not fit counted.

    Raises
    ------
    MappingError
        The kinds have nothing to do with each other, such as a truth value for a date.
    """
    converters: dict[Type, Callable[[Compiled], Compiled]] = {
        Type.TEXT: _text,
        Type.INTEGER: _integer,
        Type.DECIMAL: lambda one: _fit(_number(one), SQL_TYPES[Type.DECIMAL]),
        Type.RATE: lambda one: _fit(_number(one), SQL_TYPES[Type.RATE]),
        Type.BOOLEAN: _boolean,
        Type.DATE: lambda one: _date(one, None),
        Type.TIMESTAMP: lambda one: _timestamp(one, None),
    }
    converted = converters[type_](given)
    return Compiled(sa.cast(converted.value, SQL_TYPES[type_]), converted.kind, converted.failed)


def condition(given: Compiled) -> Compiled:
    """A value used as a condition: missing counts as false."""
    return _truth(given)


def same(left: Compiled, right: Compiled) -> Column:
    """Whether two values of one kind are equal, texts trimmed: how files are joined."""
    _alike(left, right)
    return _trimmed(left).value == _trimmed(right).value


def _trimmed(given: Compiled) -> Compiled:
    return _text(given) if given.kind == Kind.TEXT else given


# --- what is allowed ---

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARISONS: dict[type[ast.cmpop], Callable[[Column, Column], Any]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
_ARITIES = {
    "column": (1, 1), "text": (1, 1), "number": (1, 1), "integer": (1, 1), "date": (1, 2),
    "timestamp": (1, 2), "code": (2, 3), "concat": (1, 20), "substr": (2, 3), "lower": (1, 1),
    "upper": (1, 1), "if_": (3, 3), "coalesce": (1, 20), "is_missing": (1, 1), "round_": (2, 2),
    "days_after": (2, 2), "months_after": (2, 2),
}  # fmt: skip


def _allowed() -> str:
    return (
        "Allowed: column names, literals, + - * /, == != < <= > >=, in, and, or, not, "
        f"and the functions {', '.join(sorted(_ARITIES))}."
    )


def _refuse(what: str, text: str) -> MappingError:
    return MappingError(f"The expression {text!r} uses {what}, which a mapping may not. {_allowed()}")


def _check(tree: ast.expr, text: str) -> None:
    if isinstance(tree, ast.Call):
        _check_call(tree, text)
        return
    if isinstance(tree, ast.Name) and tree.id.startswith("__"):
        raise _refuse(f"the name {tree.id}", text)
    if not _is_allowed(tree):
        raise _refuse(_name_of(tree), text)
    for part in ast.iter_child_nodes(tree):
        if isinstance(part, ast.expr):
            _check(part, text)


def _is_allowed(tree: ast.expr) -> bool:
    match tree:
        case ast.Constant(value=value):
            return isinstance(value, str | bool | int | float | None)
        case ast.BinOp(op=operator):
            return isinstance(operator, _OPERATORS)
        case ast.UnaryOp(op=operator):
            return isinstance(operator, ast.Not | ast.USub)
        case ast.Compare(ops=[operator], comparators=[right]):
            return type(operator) in _COMPARISONS or _is_membership(operator, right)
        case _:
            return isinstance(tree, ast.Name | ast.BoolOp | ast.Tuple)


def _check_call(tree: ast.Call, text: str) -> None:
    name = _function(tree)
    if name not in _ARITIES:
        raise _refuse(f"the function {name}" if name else "a call of something that is no function", text)
    least, most = _ARITIES[name]
    if tree.keywords or not least <= len(tree.args) <= most:
        count = str(least) if least == most else f"{least} to {most}"
        raise MappingError(f"In {text!r}, {name}(…) takes {count} values, without keywords.")
    if name in ("date", "timestamp") and len(tree.args) == 2:
        given = _constant(tree.args[1])
        if not _FORMAT.fullmatch(given):
            raise MappingError(
                f"In {text!r}, {given!r} is no date format. Write one such as '%Y-%m-%d' or '%y%m%d'."
            )
    if name == "column":
        _constant(tree.args[0])
    if name == "code" and not isinstance(tree.args[1], ast.Name):
        raise MappingError(f"In {text!r}, the second value of code(…) is the name of a list under `codes`.")
    for part in tree.args:
        _check(part, text)


def _is_membership(operator: ast.cmpop, right: ast.expr) -> bool:
    return (
        isinstance(operator, ast.In | ast.NotIn)
        and isinstance(right, ast.Tuple)
        and all(isinstance(item, ast.Constant) for item in right.elts)
    )


def _name_of(tree: ast.expr) -> str:
    names = {
        ast.Attribute: "an attribute (a.b)", ast.Subscript: "an index (a[b])", ast.JoinedStr: "an f-string",
        ast.Lambda: "a lambda", ast.Compare: "a chained or unknown comparison", ast.IfExp: "a if b else c",
    }  # fmt: skip
    return names.get(type(tree), f"a {type(tree).__name__}")


def _function(tree: ast.Call) -> str:
    return tree.func.id if isinstance(tree.func, ast.Name) else ""


def _constant(tree: ast.expr) -> str:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return tree.value
    raise MappingError(f"{ast.unparse(tree)!r} should be a text in quotes, such as '%Y-%m-%d'.")


# --- from the tree to SQL ---


@dataclass(frozen=True)
class _Compiler:
    columns: Mapping[str, Compiled]
    codes: Codes

    def compile(self, tree: ast.expr) -> Compiled:
        match tree:
            case ast.Name(id=name):
                return self._column(name)
            case ast.Constant(value=value):
                return _literal(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = _number(self.compile(operand))
                return Compiled(-inner.value, Kind.NUMBER, inner.failed)
            case ast.UnaryOp(operand=operand):
                inner = _truth(self.compile(operand))
                return Compiled(sa.not_(inner.value), Kind.BOOLEAN, inner.failed)
            case ast.BoolOp(op=operator, values=values):
                parts = [_truth(self.compile(value)) for value in values]
                join = sa.and_ if isinstance(operator, ast.And) else sa.or_
                return Compiled(join(*(part.value for part in parts)), Kind.BOOLEAN, _any_failed(*parts))
            case ast.BinOp(left=left, op=operator, right=right):
                return _arithmetic(operator, self.compile(left), self.compile(right))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compare(operator, self.compile(left), right)
            case ast.Call(args=args):
                return self._call(_function(tree), args)
        raise _refuse(_name_of(tree), ast.unparse(tree))

    def _column(self, name: str) -> Compiled:
        if name not in self.columns:
            known = ", ".join(sorted(self.columns))
            raise UnknownColumnError(f"There is no source column '{name}'. The source has: {known}.")
        return self.columns[name]

    def _compare(self, operator: ast.cmpop, left: Compiled, right: ast.expr) -> Compiled:
        if isinstance(right, ast.Tuple):
            others = [self.compile(item) for item in right.elts]
            for other in others:
                _alike(left, other)
            found = left.value.in_([other.value for other in others])
            inside = sa.func.coalesce(found, sa.false(), type_=sa.Boolean())
            known = left.value.is_not(None)
            value = inside if isinstance(operator, ast.In) else sa.and_(known, sa.not_(inside))
            return Compiled(value, Kind.BOOLEAN, left.failed)
        other = self.compile(right)
        _alike(left, other)
        held = _COMPARISONS[type(operator)](left.value, other.value)
        return Compiled(
            sa.func.coalesce(held, sa.false(), type_=sa.Boolean()), Kind.BOOLEAN, _any_failed(left, other)
        )

    def _call(self, name: str, args: list[ast.expr]) -> Compiled:
        if name == "column":
            return self._column(_constant(args[0]))
        if name == "code":
            return self._code(args)
        if name in ("date", "timestamp"):
            read = _date if name == "date" else _timestamp
            return read(self.compile(args[0]), _constant(args[1]) if len(args) == 2 else None)
        return _FUNCTIONS[name](*(self.compile(arg) for arg in args))

    def _code(self, args: list[ast.expr]) -> Compiled:
        name = args[1].id if isinstance(args[1], ast.Name) else ""
        if name not in self.codes:
            raise MappingError(
                f"There is no code list '{name}'. Declared under `codes`: {', '.join(self.codes)}."
            )
        given = _text(self.compile(args[0]))
        rest = _text(self.compile(args[2])).value if len(args) == 3 else given.value
        other = sa.case((given.value.is_(None), sa.null()), else_=rest) if len(args) == 3 else rest
        return Compiled(
            sa.case(dict(self.codes[name]), value=given.value, else_=other), Kind.TEXT, given.failed
        )


def _literal(value: Any) -> Compiled:
    if value is None:
        return Compiled(sa.null(), Kind.NOTHING)
    if isinstance(value, bool):
        return Compiled(sa.true() if value else sa.false(), Kind.BOOLEAN)
    if isinstance(value, str):
        return Compiled(sa.literal(value, sa.String()), Kind.TEXT)
    return Compiled(sa.cast(sa.literal(str(value), sa.String()), NUMBER), Kind.NUMBER)


def _any_failed(*parts: Compiled) -> Column | None:
    failed = [part.failed for part in parts if part.failed is not None]
    return sa.or_(*failed) if failed else None


def _alike(left: Compiled, right: Compiled) -> None:
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


def _text(given: Compiled) -> Compiled:
    if given.kind == Kind.NOTHING:
        return Compiled(sa.cast(sa.null(), sa.String()), Kind.TEXT)
    plain = given.value if given.kind == Kind.TEXT else sa.cast(given.value, sa.String())
    return Compiled(
        sa.func.nullif(sa.func.trim(plain, BLANKS), "", type_=sa.String()), Kind.TEXT, given.failed
    )


def _number(given: Compiled) -> Compiled:
    if given.kind == Kind.NOTHING:
        return Compiled(sa.cast(sa.null(), NUMBER), Kind.NUMBER)
    if given.kind == Kind.TEXT:
        given = _text(given)
    elif given.kind != Kind.NUMBER:
        raise _mismatch(given, "a number")
    if _is_exact(given.value.type):
        return given
    return _read(given, sa.try_cast(given.value, NUMBER), Kind.NUMBER)


def _is_exact(type_: sa.types.TypeEngine[Any]) -> bool:
    if isinstance(type_, sa.Numeric) and not isinstance(type_, sa.Float):
        return (type_.scale or 0) <= 6 and (type_.precision or 0) <= 24
    return isinstance(type_, sa.Integer)


def _integer(given: Compiled) -> Compiled:
    number = _number(given)
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
    word = sa.func.lower(_text(given).value)
    meanings = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(
        ("false", "f", "no", "n", "0"), False
    )
    return _read(
        _text(given), sa.case(meanings, value=word, else_=sa.cast(sa.null(), sa.Boolean())), Kind.BOOLEAN
    )


def _truth(given: Compiled) -> Compiled:
    """A condition: missing counts as false."""
    if given.kind not in (Kind.BOOLEAN, Kind.NOTHING):
        raise MappingError(
            f"{_a(given.kind).capitalize()} stands where a condition is needed. Compare it with something."
        )
    return Compiled(sa.func.coalesce(given.value, sa.false(), type_=sa.Boolean()), Kind.BOOLEAN, given.failed)


def _date(given: Compiled, shape: str | None) -> Compiled:
    if given.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.NOTHING):
        return Compiled(sa.cast(given.value, sa.Date()), Kind.DATE, given.failed)
    plain = _as_plain_text(given, "a day")
    read = sa.func.try_strptime(plain.value, sa.literal(shape or _ISO_DAY), type_=sa.DateTime())
    return _read(plain, sa.cast(read, sa.Date()), Kind.DATE)


def _timestamp(given: Compiled, shape: str | None) -> Compiled:
    if given.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.NOTHING):
        return Compiled(sa.cast(given.value, sa.DateTime()), Kind.TIMESTAMP, given.failed)
    plain = _as_plain_text(given, "a time")
    shapes = (shape,) if shape else _ISO_TIMES
    reads = [sa.func.try_strptime(plain.value, sa.literal(one), type_=sa.DateTime()) for one in shapes]
    return _read(plain, sa.func.coalesce(*reads, type_=sa.DateTime()), Kind.TIMESTAMP)


def _as_plain_text(given: Compiled, wanted: str) -> Compiled:
    """Text, or a whole number such as 930101 written without quotes in a typed file."""
    if given.kind == Kind.NUMBER and isinstance(given.value.type, sa.Integer):
        return _text(given)
    if given.kind != Kind.TEXT:
        raise _mismatch(given, wanted)
    return _text(given)


def _arithmetic(operator: ast.operator, left: Compiled, right: Compiled) -> Compiled:
    for side in (left, right):
        if side.kind not in (Kind.NUMBER, Kind.NOTHING):
            raise MappingError(
                f"{_a(side.kind).capitalize()} stands where a number is needed. Read it with number(…)."
            )
    a, b = (sa.cast(_number(side).value, NUMBER) for side in (left, right))
    failed = _any_failed(_number(left), _number(right))
    match operator:
        case ast.Add():
            value: Column = a + b
        case ast.Sub():
            value = a - b
        case ast.Mult():
            value = sa.try_cast(a, _FACTOR) * sa.try_cast(b, _FACTOR)
        case _:
            quotient = sa.cast(a, sa.Double()) / sa.func.nullif(sa.cast(b, sa.Double()), 0.0)
            value = sa.func.round(quotient, 6)
    return Compiled(sa.try_cast(value, NUMBER), Kind.NUMBER, failed)


# --- the functions ---


def _concat(*parts: Compiled) -> Compiled:
    texts = [sa.func.coalesce(_text(part).value, "") for part in parts]
    joined = reduce(lambda a, b: a + b, texts)
    return _text(Compiled(sa.type_coerce(joined, sa.String()), Kind.TEXT, _any_failed(*parts)))


def _substr(given: Compiled, start: Compiled, length: Compiled | None = None) -> Compiled:
    places = [
        sa.cast(_integer(place).value, sa.BigInteger()) for place in (start, length) if place is not None
    ]
    return _text(
        Compiled(sa.func.substr(_text(given).value, *places, type_=sa.String()), Kind.TEXT, given.failed)
    )


def _cased(change: Callable[[Column], Column]) -> Callable[[Compiled], Compiled]:
    return lambda given: Compiled(change(_text(given).value), Kind.TEXT, given.failed)


def _one_kind(parts: tuple[Compiled, ...]) -> tuple[Kind, tuple[Compiled, ...]]:
    kinds = {part.kind for part in parts} - {Kind.NOTHING}
    if len(kinds) > 1:
        raise MappingError(
            f"{' and '.join(sorted(map(_a, kinds)))} cannot stand for one value. Convert one of them."
        )
    kind = kinds.pop() if kinds else Kind.NOTHING
    if kind == Kind.NUMBER:
        parts = tuple(Compiled(sa.cast(p.value, NUMBER), kind, p.failed) for p in map(_number, parts))
    return kind, parts


def _if(condition: Compiled, then: Compiled, otherwise: Compiled) -> Compiled:
    kind, (then, otherwise) = _one_kind((then, otherwise))
    test = _truth(condition)
    value = sa.case((test.value, then.value), else_=otherwise.value)
    arms = [arm.failed if arm.failed is not None else sa.false() for arm in (then, otherwise)]
    failed = (
        None
        if then.failed is None and otherwise.failed is None
        else sa.case((test.value, arms[0]), else_=arms[1])
    )
    return Compiled(value, kind, _any_failed(test, Compiled(value, kind, failed)))


def _coalesce(*given: Compiled) -> Compiled:
    kind, parts = _one_kind(given)
    value = sa.func.coalesce(*(part.value for part in parts))
    failed = _any_failed(*parts)
    return Compiled(value, kind, None if failed is None else sa.and_(failed, value.is_(None)))


def _is_missing(given: Compiled) -> Compiled:
    return Compiled(_trimmed(given).value.is_(None), Kind.BOOLEAN, given.failed)


def _round(given: Compiled, places: Compiled) -> Compiled:
    number = _number(given)
    count = sa.cast(_integer(places).value, sa.Integer())
    return Compiled(
        sa.cast(sa.func.round(sa.cast(number.value, NUMBER), count), NUMBER), Kind.NUMBER, number.failed
    )


def _later(add: Callable[[Column, Column], Column]) -> Callable[[Compiled, Compiled], Compiled]:
    def shift(day: Compiled, count: Compiled) -> Compiled:
        start, number = _date(day, None), _integer(count)
        value = sa.cast(add(start.value, sa.cast(number.value, sa.Integer())), sa.Date())
        return Compiled(value, Kind.DATE, _any_failed(start, number))

    return shift


_FUNCTIONS: dict[str, Callable[..., Compiled]] = {
    "text": _text,
    "number": _number,
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
