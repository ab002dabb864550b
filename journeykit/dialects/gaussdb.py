"""GaussDB(DWS), a descendant of PostgreSQL 9.2: statements are written for it and checked, never run here.

Its manuals tell what it has: differences from PostgreSQL (dws_06_0002), text (dws_06_0030), dates and times
(dws_06_0309), Oracle, Teradata and MySQL modes (dws_04_0042). The difference of two dates is a number in
one mode and an interval in another, and an Oracle-mode DATE has a time of day; so a day is written as a
timestamp truncated to it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from journeykit.errors import DefinitionError

_NODES = (
    # statements, and what they select from
    exp.Select, exp.Union, exp.Subquery, exp.With, exp.CTE, exp.From, exp.Join, exp.Table, exp.TableAlias,
    exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Distinct, exp.Exists,
    # names and values
    exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Placeholder, exp.Literal, exp.Boolean, exp.Null,
    exp.Cast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Var, exp.Collate, exp.Paren, exp.Tuple,
    # conditions and calculations
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.Case, exp.If, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe,
    # functions
    exp.Abs, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Extract, exp.TimestampTrunc,
    exp.Trunc, exp.Floor, exp.Sign, exp.Sqrt, exp.BitwiseLeftShift,
    exp.Left, exp.Right, exp.Length, exp.Substring, exp.StrPosition, exp.Replace, exp.MD5,
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.BitwiseOrAgg, exp.ArrayAgg, exp.Bracket,
    exp.Window, exp.WindowSpec, exp.RowNumber, exp.Rank, exp.Lag, exp.Lead,
)  # fmt: skip
_FUNCTIONS = {
    "abs", "array_agg", "bit_or", "cast", "char_length", "coalesce", "count", "date_trunc", "extract",
    "floor", "greatest", "lag", "lead", "least", "left", "length", "max", "md5", "min", "nullif", "rank",
    "replace", "right", "row_number", "sign", "sqrt", "strpos", "substr", "sum", "trunc",
}  # fmt: skip
_BEFORE_PARENTHESES = {
    "all", "and", "as", "between", "bit", "case", "distinct", "else", "exists", "from", "group by", "having",
    "in", "join", "not", "numeric", "on", "or", "order by", "over", "partition by", "select", "then", "union",
    "varchar", "when", "where",
}  # fmt: skip
_TYPES = {"bigint", "bit", "boolean", "date", "decimal", "double", "int", "text", "timestamp", "varchar"}
_FIELDS = {"year", "month", "day", "hour", "isodow", "epoch"}
_PARTS = {
    "alias", "big_int", "default", "desc", "distinct", "end", "end_side", "expression", "expressions",
    "from_", "group", "having", "high", "ifs", "ignore_nulls", "is_string", "joins", "kind", "length",
    "limit", "low", "negate", "nulls_first", "offset", "on", "order", "over", "partition_by", "query",
    "quoted", "replacement", "safe", "side", "spec", "start", "start_side", "substr", "table", "this", "to",
    "true", "typed", "unit", "where", "with_",
}  # fmt: skip
_JOINS = {"", "CROSS", "INNER", "OUTER"}


class _Compiler(PGCompiler_psycopg):
    def render_bind_cast(self, type_: Any, dbapi_type: Any, sqltext: str) -> str:
        """A value with its type, so that no function has to guess it."""
        return f"CAST({sqltext} AS {self.dialect.type_compiler_instance.process(dbapi_type)})"


class GaussDBDialect(PGDialect_psycopg):
    """PostgreSQL's dialect under another name, so that constructs can be spelled for it."""

    name = "gaussdb"
    statement_compiler = _Compiler
    supports_statement_cache = True


def emit(statement: sa.ClauseElement) -> str:
    """A statement as GaussDB's SQL, its values as named parameters.

    Raises
    ------
    DefinitionError
        The statement needs something that GaussDB does not have; the message names it.

    Examples
    --------
    >>> emit(sa.select(sa.func.count()).select_from(sa.table("snapshot")))
    'SELECT count(*) AS count_1 FROM snapshot'
    >>> emit(sa.select(sa.func.make_date(2024, 2, 29)))
    Traceback (most recent call last):
    ...
    journeykit.errors.DefinitionError: GaussDB has no function make_date. Write the statement without it.
    """
    dialect = GaussDBDialect(paramstyle="named")
    text = str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
    check_emitted(text)
    return " ".join(text.split())


def check_emitted(sql: str) -> None:
    """Refuse a statement with anything that is not known to be in GaussDB.

    Raises
    ------
    DefinitionError
        It is not exactly one statement, or has a clause, an operator, a type or a function beyond the list.
    """
    try:
        statements, tokens = sqlglot.parse(sql, read="postgres"), sqlglot.tokenize(sql, read="postgres")
    except SqlglotError as error:
        raise DefinitionError(f"The statement for GaussDB cannot be read: {error}") from error
    if len(statements) != 1 or statements[0] is None:
        raise DefinitionError(f"One statement is written for GaussDB at a time, not {len(statements)}.")
    if not isinstance(statements[0], exp.Select | exp.Union):
        raise DefinitionError(f"Only SELECT is written for GaussDB, not {type(statements[0]).__name__}.")
    for token, following in pairwise(tokens):
        word = token.text.lower()
        called = following.token_type is TokenType.L_PAREN and word[:1].isalpha()
        if called and word not in _FUNCTIONS | _BEFORE_PARENTHESES:
            raise _missing(f"function {word}")
    for node in statements[0].walk():
        problem = _problem(node)
        if problem:
            raise _missing(problem)


def _problem(node: exp.Expr) -> str | None:
    """What of a node GaussDB does not have."""
    kind = type(node)
    if kind not in _NODES:
        return kind.__name__
    given = {name for name, value in node.args.items() if value}
    if given - _PARTS:
        return f"{min(given - _PARTS)} in {kind.__name__}"
    if kind is exp.Distinct and "on" in given:
        return "DISTINCT ON"
    if kind is exp.Join and node.text("kind").upper() not in _JOINS:
        return f"{node.text('kind')} JOIN"
    if kind is exp.DataType and node.this.value.lower() not in _TYPES:
        return f"type {node.this.value}"
    if kind is exp.Extract and node.name.lower() not in _FIELDS:
        return f"field {node.name} of a date"
    if kind is exp.Collate and node.expression.name != "C":
        return f"collation {node.expression.name}"
    if kind is exp.Sub and any(map(_is_date, (node.this, node.expression))):
        return "one meaning of a difference of dates"
    if kind is exp.WindowSpec:
        return _frame_problem(node)
    return None


def _is_date(node: exp.Expr) -> bool:
    """Whether a value is written as a DATE; a day is written as a timestamp instead."""
    if isinstance(node, exp.Least | exp.Greatest | exp.Coalesce | exp.Paren):
        return any(map(_is_date, node.iter_expressions()))
    return isinstance(node, exp.Cast) and node.to.this is exp.DataType.Type.DATE


def _frame_problem(frame: exp.Expr) -> str | None:
    """What is wrong with the rows that a window function looks at."""
    unit = str(frame.args.get("kind")).upper()
    bounds = (frame.args.get("start"), frame.args.get("end"))
    if unit == "RANGE" and any(isinstance(bound, exp.Expr) for bound in bounds):
        return "RANGE with an offset"
    return None if unit in ("ROWS", "RANGE") else f"{unit} in a window"


def _missing(what: str) -> DefinitionError:
    return DefinitionError(f"GaussDB has no {what}. Write the statement without it.")
