"""One page that describes the subjects, in English and Chinese, made from their declarations."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from inspect import cleandoc

from journeykit.contract import SUBJECTS, Column, Subject
from journeykit.mart import language, mapping

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
 max-width:72rem;margin:0 auto;padding:1.5rem}
h2{margin:2.5rem 0 .25rem}h2 small{font-weight:400;opacity:.7}
nav a{margin-right:.9rem;white-space:nowrap}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8886}
code{font-family:ui-monospace,Consolas,monospace}
.scroll,pre{overflow-x:auto}
@media print{nav{display:none}h2{break-after:avoid}tr{break-inside:avoid}}
"""

_TIMES = {
    "event": "event: it happened at a moment · 事件",
    "period": "period: it holds from one day to another · 时段",
    "current-only": "current-only: known only as it is today · 仅当前值",
}
_STORES = {"mart": "mart · 数据集市", "ledger": "ledger · 台账", "vault": "vault, encrypted · 保险库（加密）"}
_HEADS = ("Column 字段", "Type 类型", "Meaning", "含义", "Rules 约束", "Privacy 分级")


def contract_page() -> str:
    """A whole HTML page with every subject and column; it needs no network and no script.

    Examples
    --------
    >>> page = contract_page()
    >>> page.count("<h2"), "客户" in page, "http" in page
    (21, True, False)
    """
    links = "".join(
        f'<a href="#{name}">{escape(one.title)} {one.title_zh}</a> ' for name, one in SUBJECTS.items()
    )
    sections = "".join(_section(one) for one in SUBJECTS.values())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>The customer mart · 客户数据集市</title><style>{_STYLE}</style></head><body>"
        "<h1>The customer mart <small>客户数据集市</small></h1>"
        "<p>A bank's own tables are mapped onto these subjects; everything else reads them. "
        "Privacy classes follow JR/T 0171: C1 public or internal, C2 personal, C3 identifying or sensitive."
        "</p>"
        "<p>银行自有数据表映射到以下主题，其余功能只读取这些主题。隐私分级依据 JR/T 0171："
        "C1 公开或内部，C2 个人信息，C3 可识别身份或敏感信息。</p>"
        f"<nav>{links}</nav>{sections}{_mapping_guide()}</body></html>\n"
    )


def _mapping_guide() -> str:
    """How to write a mapping: the words of the modules that read one, so that they cannot drift apart."""
    guide = "\n\n".join(
        cleandoc(part or "")
        for part in (mapping.__doc__, mapping.File.__doc__, mapping.SubjectMapping.__doc__, language.__doc__)
    )
    plain = guide.replace("``", "").replace(":mod:`journeykit.mart.language`", "the small language below")
    return f'<h2 id="mapping">Writing a mapping <small>编写映射</small></h2><pre>{escape(plain)}</pre>'


def _section(one: Subject) -> str:
    facts = [
        ("Time 时间", _TIMES[one.time.value]),
        ("Key 主键", ", ".join(one.key)),
        ("Kept in 存放", _STORES[one.store]),
    ]
    if one.at:
        facts.append(("Seen from 起始字段", one.at))
    if one.until:
        facts.append(("Ends with 终止字段", one.until))
    listed = " · ".join(f"<b>{escape(name)}</b> {escape(value)}" for name, value in facts)
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    rows = "".join(_row(one, column) for column in one.columns)
    return (
        f'<h2 id="{one.name}">{escape(one.title)} {one.title_zh} <small><code>{one.name}</code></small></h2>'
        f"<p>{escape(one.meaning)}.<br>{listed}</p>"
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(one: Subject, column: Column) -> str:
    cells = (
        f"<code>{column.name}</code>", column.type.value, escape(column.meaning), escape(column.meaning_zh),
        "<br>".join(map(escape, _rules(one, column))), column.privacy,
    )  # fmt: skip
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _rules(one: Subject, column: Column) -> Iterable[str]:
    if column.required or column.name in one.key:
        yield "required 必填"
    if column.values:
        yield "one of 取值: " + ", ".join(column.values)
    if column.references:
        yield f"names a 引用 {column.references}"
    if column.current:
        yield "current-only 仅当前值"
