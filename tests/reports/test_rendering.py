"""A page of outputs only, in both languages, that loads nothing and runs nothing."""

from datetime import date

import nbformat
import pytest

from journeykit.display import Table
from journeykit.errors import RunError
from journeykit.i18n import LABELS
from journeykit.reports.charts import bar_chart
from journeykit.reports.figures import Figure, KeyFigures, Section
from journeykit.reports.rendering import Masthead, mail_body, plain_text, render_report

EVIL = "<img src=x onerror=alert(1)>"


def masthead(language="en"):
    return Masthead(
        f"Bank {EVIL}", "每日报告", date(2026, 5, 29), date(2026, 6, 1), "5f3c2a9b7d1e4f60", language, True
    )


def notebook(*results, tags=()):
    cells = [nbformat.v4.new_markdown_cell("# Hidden note", metadata={"tags": ["no-report"]})]
    for result in results:
        data = {"text/plain": repr(result), "text/html": result._repr_html_()}
        cell = nbformat.v4.new_code_cell("secret_code(1)", metadata={"tags": list(tags)})
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stderr", text="a warning"),
            nbformat.v4.new_output("execute_result", data=data),
        ]
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


PARTS = (
    KeyFigures((Figure("线索", 1240, EVIL),)),
    Section(
        "渠道",
        (
            bar_chart("各渠道", [("短信 & <b>", 12), ("外呼", 3)], ["80%", "20%"]),
            Table(EVIL, (EVIL, "数"), ((EVIL, 3),)),
        ),
        EVIL,
    ),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_needs_nothing_but_a_browser(language):
    html = render_report(notebook(*PARTS), masthead(language))
    assert "http://" not in html and "https://" not in html and "<script" not in html
    assert "secret_code" not in html and "Hidden note" not in html and "a warning" not in html
    assert "<img" not in html and "&lt;img src=x onerror" in html
    assert "短信 &amp; &lt;b&gt;" in html and "1,240" in html
    assert ("数据日期" in html) == (language == "zh")
    assert ("As of" in html) == (language == "en")


def test_a_mail_has_no_chart_and_its_styles_in_place():
    body = mail_body(render_report(notebook(*PARTS), masthead()))
    assert "<svg" not in body and "<style" not in body and "Content-Security" not in body
    assert "1,240" in body and 'style="' in body


def test_the_text_has_the_tables_too():
    text = plain_text(notebook(*PARTS), masthead("zh"))
    assert "数据日期: 2026-05-29" in text and "短信 & <b>: 12 (80%)" in text and "secret_code" not in text


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        '<img src="https://example.org/a.png">',
        '<p onclick="x()">a</p>',
        '<a href="https://example.org">a</a>',
        '<iframe src="data:text/html,x"></iframe>',
        '<p style="background:url(//example.org/a)">a</p>',
        "<style>@font-face {src: url(//example.org/f)}</style>",
    ],
)
def test_an_output_that_would_load_or_run_something_is_refused(html):
    class Bad:
        def _repr_html_(self):
            return html

    with pytest.raises(RunError, match="must not"):
        render_report(notebook(Bad()), masthead())


def test_every_label_is_there_in_both_languages_with_the_same_places():
    for key, (english, chinese) in LABELS.items():
        assert english and chinese, key
        assert english.count("{}") == chinese.count("{}"), key
        assert any("一" <= mark <= "鿿" for mark in chinese), key
        assert not any("一" <= mark <= "鿿" for mark in english), key


@pytest.mark.parametrize(
    "loader",
    ['<meta http-equiv="Refresh" content="0;url=//x.example">', '<style>@import "//x.example/a.css"</style>'],
)
def test_an_output_that_would_load_something_is_refused(loader):
    class Output:
        def _repr_html_(self):
            return loader

    with pytest.raises(RunError, match="which a mailed page must not"):
        render_report(notebook(Output()), masthead())
