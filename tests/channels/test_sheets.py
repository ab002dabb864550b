"""Sheets read back as they were meant, byte for byte the same each time, and never as a formula."""

import csv
import io

import openpyxl
import pytest

from journeykit.channels.sheets import Sheet, neutral

SHEET = Sheet(
    ("phone", "text"),
    (
        ("013800001234", "早安，=SUM(A1)"),
        ("+8613800001234", '=HYPERLINK("http://x")'),
        ("", "@cmd\nsecond line"),
        ("1e5", "-2+3"),
    ),
)


def test_csv_opens_in_a_spreadsheet_as_utf8():
    content = SHEET.to_csv()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["phone", "text"],
        ["013800001234", "早安，=SUM(A1)"],
        ["+8613800001234", '\'=HYPERLINK("http://x")'],
        ["", "'@cmd\nsecond line"],
        ["1e5", "'-2+3"],
    ]


def test_a_workbook_holds_text_only():
    book = openpyxl.load_workbook(io.BytesIO(SHEET.to_xlsx("M/0001")))
    sheet = book.active
    cells = [list(row) for row in sheet.iter_rows()]
    assert [cell.value for cell in cells[1]] == ["013800001234", "早安，=SUM(A1)"]
    assert cells[2][1].value == '\'=HYPERLINK("http://x")'
    assert {cell.data_type for row in cells for cell in row if cell.value} == {"s"}
    assert sheet.freeze_panes == "A2"


def test_the_same_rows_give_the_same_bytes():
    assert SHEET.to_xlsx("M1") == SHEET.to_xlsx("M1")
    assert SHEET.to_csv() == SHEET.to_csv()


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000=", "\xa0@"]
)
def test_what_a_spreadsheet_would_compute_is_quoted(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"


def test_what_is_for_a_machine_is_never_quoted():
    sheet = Sheet(("token", "text"), (("-AbC=", "=1"),), exact=("token",))
    rows = list(csv.reader(io.StringIO(sheet.to_csv().decode("utf-8-sig"), newline="")))
    assert rows[1] == ["-AbC=", "'=1"]
    cells = list(openpyxl.load_workbook(io.BytesIO(sheet.to_xlsx("x")))["x"].values)
    assert cells[1] == ("-AbC=", "'=1")
