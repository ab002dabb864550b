"""The mapping language against plain Python, and what it refuses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from journeykit.contract import Type
from journeykit.dialects import open_embedded
from journeykit.errors import MappingError
from journeykit.mart.language import compile_expression, parse
from journeykit.mart.readings import Compiled, Kind, convert

ROW: dict[str, Any] = {
    "name": "  Ann ", "blank": " \u3000", "amount": "1234.50", "count": "12", "day": "930711",
    "iso": "2026-02-28", "moment": "2026-05-29 23:59:59", "kind": "VYBER", "yes": "Y", "bad": "n/a",
    "客户号": "K1", "date": "960101",
}  # fmt: skip
CODES = {"kinds": {"VYBER": "out", "PRIJEM": "in"}}

T, I, D, R, B, DAY, TS = (
    Type.TEXT,
    Type.INTEGER,
    Type.DECIMAL,
    Type.RATE,
    Type.BOOLEAN,
    Type.DATE,
    Type.TIMESTAMP,
)

# expression, contract type, value by plain Python, whether it is counted as unreadable
CASES: list[tuple[str, Type, Any, bool]] = [
    ("name", T, ROW["name"].strip(), False),
    ("blank", T, None, False),
    ("客户号", T, "K1", False),
    ("column('客户号')", T, "K1", False),
    ("amount", D, Decimal("1234.50"), False),
    ("number(amount) * 2", D, Decimal("1234.50") * 2, False),
    ("number(amount) - 0.5 + 1", D, Decimal("1235.00"), False),
    ("-number(count)", I, -12, False),
    ("number(count) / 8", R, Decimal(12) / 8, False),
    ("number(count) / 0", R, None, False),
    ("1 / 3", R, Decimal("0.333333"), False),
    ("1 / 3", D, None, True),
    ("round_(1 / 3, 2)", D, Decimal("0.33"), False),
    ("round_(2.675, 2)", D, Decimal("2.68"), False),
    ("number('1234567890123456.78')", D, Decimal("1234567890123456.78"), False),
    ("bad", D, None, True),
    ("blank", D, None, False),
    ("number(bad)", D, None, True),
    ("integer(amount)", I, None, True),
    ("integer(count)", I, 12, False),
    ("date(day, '%y%m%d')", DAY, date(1993, 7, 11), False),
    ("date(date, '%y%m%d')", DAY, date(1996, 1, 1), False),
    ("iso", DAY, date(2026, 2, 28), False),
    ("date(bad)", DAY, None, True),
    ("date('2026-02-30')", DAY, None, True),
    ("date('infinity')", DAY, None, True),
    ("moment", TS, datetime(2026, 5, 29, 23, 59, 59), False),
    ("moment", DAY, None, True),
    ("date(timestamp(moment))", DAY, date(2026, 5, 29), False),
    ("iso", TS, datetime(2026, 2, 28), False),
    ("days_after(date(iso), 1)", DAY, date(2026, 3, 1), False),
    ("months_after(date('2026-01-31'), 1)", DAY, date(2026, 2, 28), False),
    ("code(kind, kinds)", T, "out", False),
    ("code(name, kinds)", T, "Ann", False),
    ("code(name, kinds, 'other')", T, "other", False),
    ("code(name, kinds, None)", T, None, False),
    ("code(blank, kinds, 'other')", T, None, False),
    ("concat(kind, '-', blank, name)", T, "VYBER-Ann", False),
    ("concat(blank)", T, None, False),
    ("substr(day, 3, 2)", T, ROW["day"][2:4], False),
    ("lower(kind)", T, "vyber", False),
    ("upper(name)", T, "ANN", False),
    ("yes", B, True, False),
    ("bad", B, None, True),
    ("kind == 'VYBER'", B, True, False),
    ("kind != 'VYBER'", B, False, False),
    ("not kind == 'VYBER'", B, False, False),
    ("is_missing(blank)", B, True, False),
    ("None == 'x'", B, False, False),
    ("None != 'x'", B, False, False),
    ("not None == 'x'", B, True, False),
    ("number(count) >= 12 and number(count) < 13", B, True, False),
    ("number(bad) > 1 or kind == 'VYBER'", B, True, True),
    ("kind in ('PRIJEM', 'VYBER')", B, True, False),
    ("kind not in ('PRIJEM',)", B, True, False),
    ("date(iso) < date('2026-03-01')", B, True, False),
    ("if_(kind == 'VYBER', 'a', 'b')", T, "a", False),
    ("if_(kind == 'X', number(bad), number(count))", D, Decimal("12.00"), False),
    ("if_(kind == 'X', 'a', None)", T, None, False),
    ("coalesce(None, number(bad), number(count))", D, Decimal("12.00"), False),
    ("coalesce(number(bad), None)", D, None, True),
    ("'it''s'", T, "its", False),
    ("\"Robert'); DROP TABLE x;--\"", T, "Robert'); DROP TABLE x;--", False),
    ("'100%s :x $1'", T, "100%s :x $1", False),
    ("True", B, True, False),
    ("None", D, None, False),
]  # fmt: skip


@pytest.fixture(scope="module")
def connection():
    with open_embedded(memory_limit="100MB", threads=1) as opened:
        yield opened


def _evaluate(connection: sa.Connection, text: str, type_: Type) -> tuple[Any, bool]:
    row = sa.select(*(sa.literal(value, sa.String()).label(name) for name, value in ROW.items())).subquery()
    columns = {name: Compiled(row.c[name], Kind.TEXT) for name in ROW}
    compiled = convert(compile_expression(parse(text), columns, CODES), type_)
    lost = sa.false() if compiled.failed is None else sa.func.coalesce(compiled.failed, sa.false())
    return tuple(connection.execute(sa.select(compiled.value, lost).select_from(row)).one())


@pytest.mark.parametrize(("text", "type_", "value", "lost"), CASES)
def test_it_means_what_python_means(connection, text, type_, value, lost):
    assert _evaluate(connection, text, type_) == (value, lost)


HOSTILE = [
    "__import__('os').system('id')", "name.__class__", "f'{name}'", "name[0]", "lambda: 1",
    "(x for x in name)",
    "[1]", "{'a': 1}", "eval('1')", "open('/etc/passwd')", "__name__", "name if True else kind", "1 < 2 < 3",
    "name ** 9", "name // 2", "name @ name", "~name", "name is None", "kind in name", "b'x'", "1j", "...",
    "*name", "date(day, f'{x}')", "date(day, '%q')", "date(day, day)", "code(kind, 'kinds')", "substr(name)",
    "lower(name, key=1)", "read_csv('/etc/passwd')", "getenv('HOME')", "1; 2", "import os", "", "a b",
    "name :=1",
    "\x00", "(" * 500 + "1" + ")" * 500, "1 + " * 1500 + "1", "--1 or" , "kind in (name, 'x')", "number(x=1)",
    "(lambda: 1)()", "print",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_everything_else_is_refused(connection, text):
    with pytest.raises(MappingError):
        _evaluate(connection, text, Type.TEXT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name.upper()", "is no function"),
        ("os.environ", "an attribute"),
        ("eval(name)", "Allowed: column names"),
        ("nome", "The source has: amount"),
        ("code(kind, colours)", "Declared under `codes`: kinds"),
        ("name > 5", "Read texts with number"),
        ("name + 1", "Read it with number"),
        ("name and kind", "a condition is needed"),
        ("coalesce(name, 1)", "cannot stand for one value"),
    ],
)
def test_a_refusal_says_what_to_do(connection, text, says):
    with pytest.raises(MappingError, match=says):
        _evaluate(connection, text, Type.TEXT)
