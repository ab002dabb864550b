"""A segment under the mouse: rules, and beside them how many they leave, whom, and how they differ."""

from __future__ import annotations

from html import escape
from typing import Any

import traitlets
from pydantic import Field

from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions.nodes import AnyNode
from journeykit.i18n import in_language, label
from journeykit.identity import account
from journeykit.mart.mart import Everyone, Mart
from journeykit.segments import Segment
from journeykit.segments.composing import name_condition, shorten
from journeykit.segments.conditions import condition_of
from journeykit.segments.explaining import explain
from journeykit.segments.overlap import MOST
from journeykit.segments.segment import segments_folder
from journeykit.segments.waterfall import Waterfall
from journeykit.widgets.asking import Json, Nothing, Question, answers
from journeykit.widgets.coding import segment_code
from journeykit.widgets.drafts import open_text, refuse_another, seen_text
from journeykit.widgets.revising import Revised, require_revision
from journeykit.widgets.rules import RuleQuestions, shown_rules
from journeykit.widgets.view import STATIC, View
from journeykit.yaml_files import Name


class _Edit(Revised):
    name: Name
    title: str = Field(max_length=200)
    tree: Json


class _Overlap(Question):
    names: list[str] = Field(min_length=1, max_length=MOST - 1)


class _Save(Revised):
    reason: str = Field(max_length=500)


class _Segment(traitlets.TraitType[Segment, Segment]):
    def validate(self, obj: Any, value: Any) -> Segment:
        if not isinstance(value, Segment):
            raise DefinitionError(f"A segment is expected, not {value!r}. Give a jk.Segment.")
        return value


class SegmentBuilder(RuleQuestions, View):
    """Builds a segment by mouse and keyboard: rules on the left, what they mean on the right.

    Parameters
    ----------
    segment : Segment, str or Expression
        A segment, the name of a saved one, or a condition; ``mart.everyone`` to begin with nothing.
    mart : Mart
        With built tags; whose customers are counted.
    language : str, optional
        ``en`` or ``zh``; the workspace's by default.

    Attributes
    ----------
    value : Segment
        The segment as it is now: always one that can be counted. Setting it changes what is shown;
        ``observe`` and ``traitlets.link`` tell of changes.

    Examples
    --------
    In a notebook::

        mart = jk.connect()
        builder = jk.SegmentBuilder(mart.tags.aum >= 500_000, mart)
        builder.value  # Segment("aum", tag("aum") >= 500000)
    """

    _esm = STATIC / "segment-builder.js"
    _css = STATIC / "segment-builder.css"

    value = _Segment()

    def __init__(self, segment: Any, mart: Mart, *, language: str = "") -> None:
        self.mart = mart
        self._counted: tuple[AnyNode, int] | None = None
        self._waterfall: tuple[AnyNode, Waterfall] | None = None
        self._edited: tuple[AnyNode, Json] | None = None
        self._revision = 0
        self._file = ""
        super().__init__(language)
        self._everyone = mart.count(mart.everyone)
        self.value = made = _as_segment(segment)
        if isinstance(segment, str):
            self._file = open_text(made, segments_folder())
        self._fall()
        self.refresh()

    def to_code(self) -> str:
        """The segment as Python that makes it, with ``t = mart.tags``."""
        return segment_code(self.value)

    @traitlets.validate("value")
    def _check_value(self, proposal: Any) -> Segment:
        self._count(proposal["value"].where)
        return proposal["value"]

    @traitlets.observe("value")
    def _show_value(self, _: Any) -> None:
        self._revision += 1
        self._file = seen_text(self.value, segments_folder(), self._file)
        self.refresh()

    @answers("edit", _Edit)
    def edit(self, edited: _Edit) -> Json:
        """Take over what was edited, and tell how many customers it has."""
        require_revision(edited, self._revision, self.language)
        where, before = self.read_tree(edited.tree), self.value
        titles = {"title": before.title, "title_zh": before.title_zh}
        title = edited.title.strip()
        if title != self._title():  # what is shown may be of the other language, and is not this one's then
            titles["title_zh" if self.language == "zh" else "title"] = title
        made = Segment(edited.name, where, **titles)
        self._count(where)
        self._edited = (where, edited.tree)
        if made == before:
            self.refresh()  # the same, arranged otherwise
        self.value = made
        return {"count": self._count(where), "revision": self._revision}

    @answers("waterfall", Nothing)
    def waterfall(self, _: Nothing) -> Json:
        """How many each rule leaves."""
        fall = self._fall()
        self.refresh()
        return {
            "everyone": fall.everyone,
            "steps": [
                {"text": in_language(self.language, one.text, one.text_zh), "remain": one.remain}
                for one in fall.steps
            ],
        }

    @answers("profile", Nothing)
    def profile(self, _: Nothing) -> Json:
        """What sets the segment apart from everyone."""
        found = self.mart.profile(self.value)
        table = found.table(self.language)
        rows = [
            {"tag": tag, "group": group, "base": base, "apart": apart, "bar": bar.value, "quiet": bar.quiet}
            for tag, group, base, _, apart, bar in table.rows
        ]
        return {"heads": list(table.columns[:3]), "rows": rows, "notes": found.notes(self.language)}

    @answers("overlap", _Overlap)
    def overlap(self, asked: _Overlap) -> Json:
        """How many are also in saved segments."""
        saved = _saved_names()
        for name in asked.names:
            if name not in saved:
                raise unknown_name("segment", name, saved, "Save it first.")
        others = [Segment.load(name) for name in asked.names]
        found = self.mart.overlap([self.value, *others])
        titles = [in_language(self.language, *both) for both in found.titles]
        return {
            "segments": [[title, size] for title, size in zip(titles, found.sizes, strict=True)],
            "parts": [[inside, count] for inside, count in found.combinations.items()],
        }

    @answers("saved", Nothing)
    def saved(self, _: Nothing) -> Json:
        """The saved segments."""
        return {"segments": [self._named(name) for name in _saved_names()]}

    @answers("code", Nothing)
    def code(self, _: Nothing) -> Json:
        """The segment as Python."""
        return {"code": self.to_code()}

    @answers("save", _Save)
    def save(self, asked: _Save) -> Json:
        """Save the segment, with a reason where that changes a saved one, never over what another saved."""
        require_revision(asked, self._revision, self.language)
        refuse_another(self.value, segments_folder(), self._file, "jk.SegmentBuilder")
        path = self.value.save(author=account(), reason=asked.reason)
        self._file = path.read_text(encoding="utf-8")
        return {"name": self.value.name}

    def _title(self) -> str:
        return in_language(self.language, self.value.title, self.value.title_zh)

    def _named(self, name: str) -> list[str]:
        try:
            one = Segment.load(name)
        except DefinitionError:  # damaged by hand; whoever chooses it is told
            return [name, name]
        return [name, in_language(self.language, one.title, one.title_zh) or name]

    def _count(self, where: AnyNode) -> int:
        """How many it has; of the same condition counted once."""
        if self._counted is None or self._counted[0] != where:
            self._counted = (where, self.mart.count(Segment("counted", where)))
        return self._counted[1]

    def _fall(self) -> Waterfall:
        if self._waterfall is None or self._waterfall[0] != self.value.where:
            self._waterfall = (self.value.where, self.mart.waterfall(self.value))
        return self._waterfall[1]

    def _tree(self) -> Json:
        """As somebody edited it, as long as it says the same: nothing jumps under the mouse."""
        where = self.value.where
        if self._edited is not None and self._edited[0] == where:
            return self._edited[1]
        return shown_rules(where)

    def _show(self) -> Json:
        segment = self.value
        return {
            "revision": self._revision,
            "name": segment.name,
            "title": self._title(),
            "tree": self._tree(),
            "count": self._count(segment.where),
            "everyone": self._everyone,
            "as_of": self.mart.as_of.isoformat(),
        }

    def _static_html(self) -> str:
        segment, count = self.value, self._count(self.value.where)
        title = self._title() or segment.name
        head = f"<b>{escape(title)}</b> · {label('customers', self.language)}: {count:,}"
        said = explain(segment.where, self.language, self.mart.tags)._repr_html_()
        fall = self._waterfall
        counted = fall[1].html(self.language) if fall and fall[0] == segment.where else ""
        return f"<div>{head}{said}{counted}</div>"


def _as_segment(given: Any) -> Segment:
    """A segment, a saved one by its name, or one made of a condition."""
    if isinstance(given, Segment):
        return given
    if isinstance(given, str):
        return Segment.load(given)
    where = condition_of(given)
    return Segment("segment" if isinstance(given, Everyone) else shorten(name_condition(where)), where)


def _saved_names() -> list[str]:
    return sorted(path.stem for path in segments_folder().glob("*.yaml"))
