"""One customer under a pseudonym, or a segment's portrait."""

from __future__ import annotations

from contextlib import closing
from html import escape
from typing import Annotated, Any, Literal

import traitlets
from pydantic import Field

from journeykit.display import Table
from journeykit.errors import DefinitionError
from journeykit.i18n import in_language
from journeykit.mart.mart import Mart
from journeykit.segments import Segment
from journeykit.segments.conditions import sentences
from journeykit.settings import load_settings
from journeykit.strategies.playbook import load_readable
from journeykit.widgets.asking import Json, Nothing, Question, answers
from journeykit.widgets.customer_facts import CustomerFacts
from journeykit.widgets.portrait import portrait
from journeykit.widgets.saying import title_of
from journeykit.widgets.timeline import KINDS, MOST, Timeline
from journeykit.widgets.view import STATIC, View
from journeykit.workspace.opening import open_ledger

_FIRST = 30


class Newest(Question):
    """How many entries of which kinds of the timeline."""

    kinds: list[Literal["txn", "event", "contact", "journey", "lead", "receipt"]]
    most: Annotated[int, Field(ge=1, le=MOST)]


class CustomerView(View):
    """One customer: attributes, holdings, tags, current leads and a timeline; or a segment's portrait.

    Contact details are not in the mart, and what is of privacy class C3 is left out: neither income nor
    arrears nor the date of birth is shown, in whatever row it stands.

    Parameters
    ----------
    who : str or Segment
        A customer's id, or a segment.
    mart : Mart
        As of whose day it is shown.
    language : str, optional
        ``en`` or ``zh``; the workspace's by default.

    Attributes
    ----------
    value : str or Segment
        Who is shown.

    Examples
    --------
    In a notebook::

        view = jk.CustomerView("C00000001", mart)
        view.value = jk.Segment("rich", mart.tags.aum >= 500_000)
    """

    _esm = STATIC / "customer-view.js"
    _css = STATIC / "customer-view.css"
    value: Any = traitlets.Any()

    def __init__(self, who: str | Segment, mart: Mart, *, language: str = "") -> None:
        super().__init__(language)
        self.mart = mart
        self._settings = load_settings()
        self._playbook = load_readable(self._settings.scheduled)
        self.value = who

    @traitlets.validate("value")
    def _check_value(self, proposal: Any) -> str | Segment:
        who = proposal["value"]
        if isinstance(who, str):
            self._facts(who).expect()
        elif isinstance(who, Segment):
            self.mart.count(who)  # what cannot be counted cannot be shown
        else:
            raise DefinitionError(
                f"{who!r} is neither a customer nor a segment. Give an id such as 'C00000001', or a "
                "jk.Segment(...)."
            )
        return who

    @traitlets.observe("value")
    def _changed(self, _: object) -> None:
        self.refresh()

    def data(self) -> Json:
        """What the view shows, a customer's tags and newest entries of the timeline included."""
        if isinstance(self.value, Segment):
            return super().data()
        return super().data() | self._facts(self.value).tags() | {"timeline": self._newest(KINDS, _FIRST)}

    def _facts(self, customer: str) -> CustomerFacts:
        return CustomerFacts(self.mart, self._playbook, customer, self.language)

    def _newest(self, kinds: Any, most: int) -> Json:
        with closing(open_ledger(self._settings)) as ledger:
            timeline = Timeline(self.mart, ledger, self._playbook, self.value, self.language)
            return timeline.newest(kinds, most)

    def _show(self) -> Json:
        day = {"as_of": self.mart.as_of.isoformat(), "contact_date": self.mart.contact_date.isoformat()}
        if isinstance(self.value, Segment):
            english, chinese = sentences(self.value.where, self.mart)
            return {
                **day,
                "kind": "segment",
                "who": self.value.name,
                "title": title_of(self.value, self.language),
                "rule": in_language(self.language, english, chinese),
                **portrait(self.value, self.mart, self.language),
            }
        facts = self._facts(self.value)
        with closing(open_ledger(self._settings)) as ledger:
            leads = facts.leads(ledger)
        return {
            **day,
            "kind": "customer",
            "who": self.value,
            "profile": facts.profile(),
            "holdings": facts.holdings(),
            "leads": leads,
        }

    @answers("tags", Nothing)
    def _tags(self, _: Nothing) -> Json:
        return self._facts(self._customer()).tags()

    @answers("timeline", Newest)
    def _timeline(self, asked: Newest) -> Json:
        self._customer()
        return self._newest(asked.kinds, asked.most)

    def _customer(self) -> str:
        if isinstance(self.value, Segment):
            raise DefinitionError("A segment is shown; ask this of a customer.")
        return self.value

    def _static_html(self) -> str:
        tables = self._portrait_tables() if isinstance(self.value, Segment) else self._customer_tables()
        heading = f"<h3>{escape(str(self.state.get('title', self.state['who'])))}</h3>"
        return heading + "".join(table._repr_html_() for table in tables)

    def _portrait_tables(self) -> list[Table]:
        state, zh = self.state, self.language == "zh"
        share = f"{state['size'] / (state['everyone'] or 1):.1%}"
        size = Table("", (("Customers", "客户数")[zh], ("Share", "占比")[zh]), ((state["size"], share),))
        heads = (
            ("Tag", "标签")[zh],
            ("Segment", "客群")[zh],
            ("Everyone", "全体客户")[zh],
            ("Lift", "提升度")[zh],
        )
        rows = tuple((one["title"], one["group"], one["base"], one["lift"]) for one in state["profile"])
        return [size, *([Table(("What sets it apart", "特征")[zh], heads, rows)] if rows else [])]

    def _customer_tables(self) -> list[Table]:
        state, zh = self.state, self.language == "zh"
        profile = tuple((one["title"], one["value"]) for one in state["profile"])
        held = tuple(tuple(row["cells"]) for row in state["holdings"]["rows"])
        leads = tuple(
            (
                one["strategy"],
                one["offer"],
                one["channel"],
                "; ".join(f"{title} {said}" for title, said in one["facts"]),
                one["status_word"],
            )
            for one in state["leads"]
        )
        known = tuple(
            (one["family"], one["title"], one["value"])
            for one in self._facts(self.value).tags()["tags"]
            if one["known"]
        )
        lines = tuple(
            (one["day"], one["time"], one["title"], " · ".join(one["details"]), one["amount"])
            for one in self._newest(KINDS, _FIRST)["entries"]
        )
        lead_heads = ("Strategy|Offer|Channel|Why|Status", "策略|权益|渠道|原因|状态")[zh].split("|")
        tables = [
            Table(("Profile", "客户画像")[zh], ("", ""), profile),
            Table(("Current leads", "当前线索")[zh], tuple(lead_heads), leads),
            Table(("Holdings", "持有产品")[zh], tuple(state["holdings"]["columns"]), held),
            Table(("Timeline", "时间线")[zh], ("", "", "", "", ""), lines),
            Table(("Tags", "标签")[zh], ("", "", ""), known),
        ]
        return [table for table in tables if table.rows]
