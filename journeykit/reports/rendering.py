"""From an executed notebook to a page that needs nothing but a browser, and to the body of a mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import css_inline
import nbformat
from nbconvert import HTMLExporter

from journeykit.errors import RunError
from journeykit.i18n import label

_TEMPLATES = Path(__file__).parent / "template"
_STYLE = _TEMPLATES / "journeykit" / "report.css"
_LOADING = {"src", "href", "srcset", "poster", "data", "action", "formaction", "xlink:href"}
_FORBIDDEN = {"script", "iframe", "object", "embed", "link", "base", "form"}


@dataclass(frozen=True)
class Masthead:
    """What stands above every report: whose it is, about which day, from which run."""

    bank: str
    title: str
    as_of: date
    contact_date: date
    run_id: str
    language: str
    demo: bool

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Name and value, in the report's language."""
        values = {"as_of": self.as_of, "contact_date": self.contact_date, "run": self.run_id}
        return tuple((label(key, self.language), str(value)) for key, value in values.items())


def render_report(notebook: nbformat.NotebookNode, masthead: Masthead) -> str:
    """A self-contained HTML page of the notebook's outputs: no code, no script, no address outside it.

    Raises
    ------
    RunError
        An output holds a script or would load something from elsewhere.
    """
    exporter = HTMLExporter(template_name="journeykit", extra_template_basedirs=[str(_TEMPLATES)])
    page = {
        "bank": masthead.bank,
        "title": masthead.title,
        "as_of": masthead.as_of.isoformat(),
        "facts": masthead.facts,
        "language": masthead.language,
        "demo": label("demo", masthead.language) if masthead.demo else "",
        "footer": label("report.footer", masthead.language),
        "style": _STYLE.read_text(encoding="utf-8"),
    }
    html, _ = exporter.from_notebook_node(notebook, resources={"journeykit": page})
    _check_self_contained(html, masthead.title)
    return html


def mail_body(html: str) -> str:
    """The page for a mail client: styles written into each element, charts left to the attachment."""
    without_charts = re.sub(r'<figure class="jk-chart".*?</figure>', "", html, flags=re.DOTALL)
    styled = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False).inline(
        without_charts
    )
    return re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", styled)


def plain_text(notebook: nbformat.NotebookNode, masthead: Masthead) -> str:
    """The same results as text, for readers without HTML."""
    lines = [f"{masthead.bank} · {masthead.title}", *(f"{name}: {value}" for name, value in masthead.facts)]
    outputs = [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and "no-report" not in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result") and "text/plain" in output["data"]
    ]
    return "\n\n".join(["\n".join(lines), *outputs]) + "\n"


class _Inspector(HTMLParser):
    """Collects what a page must not hold: scripts, handlers, and anything loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FORBIDDEN:
            self.found.append(f"<{tag}>")
        if tag == "meta" and (dict(attrs).get("http-equiv") or "").lower() == "refresh":
            self.found.append("<meta refresh>")
        for name, value in attrs:
            outside = name in _LOADING and not (value or "").startswith(("#", "data:image/"))
            styled = name == "style" and re.search(r"url\(|@import|expression\(", value or "", re.I)
            if name.startswith("on") or outside or styled:
                self.found.append(f"<{tag} {name}>")


def _check_self_contained(html: str, title: str) -> None:
    inspector = _Inspector()
    inspector.feed(html)
    styles = "".join(re.findall(r"<style.*?</style>", html, re.DOTALL | re.IGNORECASE)).lower()
    inspector.found += [f"{loader} in <style>" for loader in ("url(", "@import") if loader in styles]
    if inspector.found:
        raise RunError(
            f"The report '{title}' would hold {', '.join(sorted(set(inspector.found)))}, which a mailed page "
            "must not. Show that output's static form: a Table, or a chart from journeykit.reports.charts."
        )
