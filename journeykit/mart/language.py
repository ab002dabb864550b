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
from typing import Any

import sqlalchemy as sa

from journeykit.errors import MappingError
from journeykit.mart.readings import (
    FUNCTIONS,
    Column,
    Compiled,
    Kind,
    any_failed,
    calculate,
    condition,
    literal,
    read_date,
    read_number,
    read_text,
    read_timestamp,
    require_alike,
)  # fmt: skip

Codes = Mapping[str, Mapping[str, str]]
_MAX_LENGTH = 2_000
_FORMAT = re.compile(r"(?:[^%]|%[YymdHMSfjbBpI%])+")


class UnknownColumnError(MappingError):
    """The source has no column of that name."""


def parse(text: str) -> ast.expr:
    """Parse an expression and refuse whatever the language does not have.

    Raises
    ------
    MappingError
        Names what is refused and what is allowed.

    Examples
    --------
    >>> type(parse("number(amount) / 100")).__name__
    'BinOp'
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


def code_lists_of(tree: ast.expr) -> set[str]:
    """The code lists an expression names."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _function(node) == "code")
    return {node.args[1].id for node in calls if isinstance(node.args[1], ast.Name)}


def compile_expression(tree: ast.expr, columns: Mapping[str, Compiled], codes: Codes) -> Compiled:
    """Turn a parsed expression into SQL over `columns`, every literal bound."""
    return _Compiler(columns, codes).compile(tree)


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
                return literal(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = read_number(self.compile(operand))
                return Compiled(-inner.value, Kind.NUMBER, inner.failed)
            case ast.UnaryOp(operand=operand):
                inner = condition(self.compile(operand))
                return Compiled(sa.not_(inner.value), Kind.BOOLEAN, inner.failed)
            case ast.BoolOp(op=operator, values=values):
                parts = [condition(self.compile(value)) for value in values]
                join = sa.and_ if isinstance(operator, ast.And) else sa.or_
                return Compiled(join(*(part.value for part in parts)), Kind.BOOLEAN, any_failed(*parts))
            case ast.BinOp(left=left, op=operator, right=right):
                return calculate(operator, self.compile(left), self.compile(right))
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
                require_alike(left, other)
            found = left.value.in_([other.value for other in others])
            inside = sa.func.coalesce(found, sa.false(), type_=sa.Boolean())
            known = left.value.is_not(None)
            value = inside if isinstance(operator, ast.In) else sa.and_(known, sa.not_(inside))
            return Compiled(value, Kind.BOOLEAN, left.failed)
        other = self.compile(right)
        require_alike(left, other)
        held = _COMPARISONS[type(operator)](left.value, other.value)
        return Compiled(
            sa.func.coalesce(held, sa.false(), type_=sa.Boolean()), Kind.BOOLEAN, any_failed(left, other)
        )

    def _call(self, name: str, args: list[ast.expr]) -> Compiled:
        if name == "column":
            return self._column(_constant(args[0]))
        if name == "code":
            return self._code(args)
        if name in ("date", "timestamp"):
            read = read_date if name == "date" else read_timestamp
            return read(self.compile(args[0]), _constant(args[1]) if len(args) == 2 else None)
        return FUNCTIONS[name](*(self.compile(arg) for arg in args))

    def _code(self, args: list[ast.expr]) -> Compiled:
        name = args[1].id if isinstance(args[1], ast.Name) else ""
        if name not in self.codes:
            raise MappingError(
                f"There is no code list '{name}'. Declared under `codes`: {', '.join(self.codes)}."
            )
        given = read_text(self.compile(args[0]))
        rest = read_text(self.compile(args[2])).value if len(args) == 3 else given.value
        other = sa.case((given.value.is_(None), sa.null()), else_=rest) if len(args) == 3 else rest
        return Compiled(
            sa.case(dict(self.codes[name]), value=given.value, else_=other), Kind.TEXT, given.failed
        )
