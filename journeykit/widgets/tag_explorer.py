"""Tags found, understood and put into code."""

from __future__ import annotations

from typing import Any

import traitlets

from journeykit.display import Table, show_bars
from journeykit.errors import DefinitionError
from journeykit.i18n import in_language
from journeykit.mart.mart import Mart
from journeykit.reports.catalogue_words import say
from journeykit.settings import load_settings
from journeykit.tags.catalogue import TagHandle
from journeykit.tags.tag import Tag
from journeykit.widgets.asking import Json, Nothing, Question, answers
from journeykit.widgets.tag_facts import TagFacts
from journeykit.widgets.view import STATIC, View


class Search(Question):
    """Words to find; in every family unless one is named."""

    text: str


class Choice(Question):
    """The tag to show; none to show none."""

    name: str | None


class TagExplorer(View):
    """Every tag of a mart: searched, and shown with its meaning, values, sources and users.

    Parameters
    ----------
    mart : Mart
        Its catalogue is shown, with the values of its build.
    language : str, optional
        ``en`` or ``zh``; the workspace's by default.

    Attributes
    ----------
    value : Tag or None
        The chosen tag; set it by name, by handle or as itself. It is the definition, since a handle has no
        equality that linked widgets could go by (design D14); :attr:`handle` is for expressions.

    Examples
    --------
    In a notebook::

        explorer = jk.TagExplorer(mart)
        explorer.value = "aum"
        explorer.to_code()  # 't.aum'
    """

    _esm = STATIC / "tag-explorer.js"
    _css = STATIC / "tag-explorer.css"
    value: Any = traitlets.Any(None, allow_none=True)

    def __init__(self, mart: Mart, *, language: str = "") -> None:
        super().__init__(language)
        self.mart = mart
        self._facts = TagFacts(mart, load_settings(), self.language)
        self.refresh()

    @traitlets.validate("value")
    def _check_value(self, proposal: Any) -> Tag | None:
        given = proposal["value"]
        if given is None:
            return None
        if not isinstance(given, str | Tag | TagHandle):
            raise DefinitionError(
                f"{given!r} is no tag. Give a name, a handle as in mart.tags.aum, or None to show none."
            )
        return self.mart.tags[given].tag

    @traitlets.observe("value")
    def _changed(self, _: object) -> None:
        self.refresh()

    @property
    def handle(self) -> TagHandle | None:
        """The chosen tag to build expressions with, as ``mart.tags.aum`` is."""
        return self.mart.tags[self.value] if self.value is not None else None

    def to_code(self) -> str:
        """The chosen tag as code writes it, where ``t = mart.tags``; empty when there is none."""
        return f"t.{self.value.name}" if self.value is not None else ""

    def _show(self) -> Json:
        return {
            "as_of": self.mart.as_of.isoformat(),
            "build": self.mart.build_id or "",
            "count": len(self.mart.tags),
            "chosen": None if self.value is None else self._facts.of(self.value),
        }

    @answers("catalogue", Nothing)
    def _catalogue(self, _: Nothing) -> Json:
        listed = self._facts.listed()
        families = dict.fromkeys(one["family"] for one in listed)
        return {
            "tags": listed,
            "families": [[name, say(f"family.{name}", self.language)] for name in families],
        }

    @answers("search", Search)
    def _search(self, asked: Search) -> Json:
        return {"names": [row[0] for row in self.mart.tags.search(asked.text).rows]}

    @answers("choose", Choice)
    def _choose(self, asked: Choice) -> Json:
        self.value = asked.name
        return {}

    def _static_html(self) -> str:
        chosen = self.state["chosen"]
        if chosen is None:
            return self._listed()._repr_html_()
        zh = self.language == "zh"
        facts = (
            (("Name", "名称")[zh], chosen["name"]),
            (("Meaning", "含义")[zh], chosen["description"]),
            (("Family", "标签族")[zh], chosen["family"]),
            (("Type", "类型")[zh], " · ".join(filter(None, (chosen["type"], chosen["unit"])))),
            (("Owner", "责任部门")[zh], chosen["owner"]),
            (("As of", "数据日期")[zh], self.state["as_of"]),
            (("Used by", "使用者")[zh], _users(chosen)),
            (("Reads", "读取字段")[zh], ", ".join(one["name"] for one in chosen["lineage"]["columns"])),
        )
        table = Table(chosen["title"], ("", ""), tuple(fact for fact in facts if fact[1]))
        return table._repr_html_() + self._bars(chosen["distribution"])

    def _listed(self) -> Table:
        heads = in_language(self.language, "Tag|Title|Family|Unit", "标签|名称|标签族|单位").split("|")
        rows = (
            (one["name"], one["title"], say(f"family.{one['family']}", self.language), one["unit"])
            for one in self._facts.listed()
        )
        title = in_language(self.language, "{} tags", "{} 个标签").format(self.state["count"])
        return Table(title, tuple(heads), tuple(rows))

    def _bars(self, found: Json | None) -> str:
        if found is None:
            return ""
        everyone = found["customers"] or 1
        bars = [
            (one["label"], one["count"], f"{one['count']:,} · {one['count'] / everyone:.1%}")
            for one in found["bars"]
        ]
        quiet = [one["label"] for one in found["bars"] if one["missing"]]
        return show_bars(in_language(self.language, "Distribution", "分布"), bars, quiet)


def _users(chosen: Json) -> str:
    return ", ".join(one["title"] for users in chosen["users"].values() for one in users)
