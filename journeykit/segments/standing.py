"""Where two groups stand apart, tag by tag: what a profile and a comparison show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from journeykit.contract import SUBJECTS, Type
from journeykit.display import Table, show_value
from journeykit.errors import unknown_name
from journeykit.expressions import AnyNode
from journeykit.expressions.nodes import Past, TagRef, walk
from journeykit.i18n import in_language, label
from journeykit.mart.mart import Mart
from journeykit.segments.contrasts import Contrast, contrasts, strength
from journeykit.segments.counting import EPOCH, Counts, TagCounts, count_tags
from journeykit.segments.drawing import Whisker
from journeykit.segments.intervals import Interval
from journeykit.segments.showing import Shown, show_share
from journeykit.tags.tag import Attribute, Tag
from journeykit.tags.words import say_value, unit_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20
"""So many tags a table lists; a frame has all."""

_TIED = "\N{NO-BREAK SPACE}"
_DAYS = (Type.DATE, Type.TIMESTAMP)


@dataclass(frozen=True, repr=False)
class Standing(Shown):
    """Everything counted of one tag, the most telling fact first.

    Attributes
    ----------
    tag : Tag
        The tag.
    used : bool
        Whether the segment's own condition uses it, so that it stands apart by definition.
    is_id : bool
        Whether its values are numbers of branches, managers and the like.
    facts : tuple of Contrast
        None when all of them would tell of a few customers only, and were withheld.
    """

    tag: Tag
    used: bool
    is_id: bool
    facts: tuple[Contrast, ...]

    def table(self, language: str = "en") -> Table:
        """One row per fact: who has a value, the mean, the share of each value."""
        heads = ("segment.segment", "segment.base", "segment.lift", "segment.apart")
        rows = tuple(self.row(fact, language) for fact in self.facts)
        return Table("", (label("tag", language), *(label(one, language) for one in heads)), rows)

    def row(self, fact: Contrast, language: str) -> tuple[str, str, str, str, str]:
        """A fact as a reader sees it: its name, both figures, lift and distance."""
        group, base = (self.figure(value, fact, language) for value in (fact.group, fact.base))
        return (
            self.called(fact, language),
            group,
            base,
            _interval(fact.lift),
            _interval(fact.effect, sign="+"),
        )

    def called(self, fact: Contrast, language: str) -> str:
        """The tag's title and, of a text, the value."""
        title = in_language(language, self.tag.title, self.tag.title_zh)
        marks = [label("segment.used", language)] * self.used + [label("segment.id", language)] * self.is_id
        if fact.kind == "known":
            title += ": " + label("segment.known", language)
        elif self.tag.type is Type.TEXT:
            declared = fact.value in self.tag.values
            title += f" = {say_value(fact.value, language) if declared else fact.value}"
        return f"{title} ({', '.join(marks)})" if marks else title

    def figure(self, value: float, fact: Contrast, language: str) -> str:
        """A mean in its unit, or a share."""
        if fact.kind != "mean":
            return show_share(value, 1)
        if self.tag.type in _DAYS:
            return show_value(EPOCH + timedelta(days=round(value)))
        return f"{_short(value)}{_TIED}{unit_of(self.tag, language)}".rstrip()


@dataclass(frozen=True)
class Standings:
    """All tags of two groups, those first that set them apart most.

    Attributes
    ----------
    tags : mapping of str to Standing
        By name; a tag that is the same for all is left out.
    counts : Counts
        The sizes, and how many customers were read.
    mailed : bool
        Whether small groups were withheld, so that no size is told here either.
    """

    tags: Mapping[str, Standing]
    counts: Counts
    mailed: bool = False

    def __getitem__(self, name: str) -> Standing:
        if name not in self.tags:
            raise unknown_name("tag", name, self.tags, "It is the same for all, or was not built.")
        return self.tags[name]

    @property
    def sampled(self) -> bool:
        """Whether not everyone was read."""
        return self.counts.sampled != self.counts.sizes

    def for_mail(self, min_cell: int) -> Standings:
        """The same, rounded, without any fact that fewer than `min_cell` customers, or all but so few, share.

        What is left is ranked anew, tags of which nothing is left come last.
        """
        left = [
            replace(one, facts=_withhold(one.facts, self.counts.tags[name], min_cell))
            for name, one in self.tags.items()
        ]
        ranked = sorted(left, key=lambda one: strength(one.facts[0]) if one.facts else (-1, 0), reverse=True)
        mailed = (
            replace(one, facts=tuple(_coarse(fact, one.tag.type) for fact in one.facts)) for one in ranked
        )
        return replace(self, tags={one.tag.name: one for one in mailed}, mailed=True)

    def table(self, title: str, heads: tuple[str, str], language: str) -> Table:
        """The foremost tags; `heads` call the two groups."""
        shown = [one for one in self.tags.values() if one.facts][:SHOWN]
        free = [one for one in shown if not one.used]
        widest = max((_reach(one.facts[0]) for one in free), default=0.0) or 1.0
        rows = [self._row(one, widest, language) for one in shown]
        lift, apart = label("segment.lift", language), label("segment.apart", language)
        return Table(title, (label("tag", language), *heads, lift, apart, ""), tuple(rows))

    def notes(self, language: str) -> tuple[str, ...]:
        """How the table is to be read, and on how many customers it rests when not on all."""
        notes = [label("segment.apart.note", language)]
        without = sum(not one.facts for one in self.tags.values())
        if without:
            notes.append(label("segment.tags_withheld", language).format(without))
        if not self.sampled:
            return tuple(notes)
        if self.mailed:
            return *notes, label("segment.sampled.mailed", language)
        read, everyone = (f"{sum(one.values()):,}" for one in (self.counts.sampled, self.counts.sizes))
        return *notes, label("segment.sampled", language).format(read, everyone)

    def _row(self, one: Standing, widest: float, language: str) -> tuple[Any, ...]:
        fact = one.facts[0]
        ends = (end / widest for end in (fact.effect.value, fact.effect.low, fact.effect.high))
        bar = Whisker(*ends, quiet=one.used)
        return *one.row(fact, language), bar

    def to_frame(self) -> pd.DataFrame:
        """One row per tag, its most telling fact, in the order of the ranking."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "tag": name,
                    "used": one.used,
                    "is_id": one.is_id,
                    **(_plain(one.facts[0]) if one.facts else {}),
                }
                for name, one in self.tags.items()
            ]
        )


def find_standings(group: AnyNode, base: AnyNode, mart: Mart) -> Standings:
    """Count every tag of the snapshot in two groups, and rank them."""
    known = {name: mart.tags[name].tag for name in mart.scope.tags if name in mart.tags}
    counts = count_tags(group, base, mart, list(known))
    used = {part.name for part in (*walk(group), *walk(base)) if isinstance(part, TagRef | Past)}
    found = []
    for name, told in counts.tags.items():
        facts = contrasts(name, told, counts.sizes, counts.sampled)
        if facts:
            found.append(Standing(known[name], name in used, _is_id(known[name]), tuple(facts)))
    ranked = sorted(found, key=lambda one: strength(one.facts[0]), reverse=True)
    return Standings({one.tag.name: one for one in ranked}, counts)


def _is_id(tag: Tag) -> bool:
    """Whether it holds the number of something else."""
    if not isinstance(tag.compute, Attribute) or tag.type is not Type.TEXT:
        return False
    column = SUBJECTS[tag.compute.subject].column(tag.compute.column)
    return column.references is not None


def _withhold(facts: tuple[Contrast, ...], counts: TagCounts, min_cell: int) -> tuple[Contrast, ...]:
    """The facts without those of a few, and without the rarest values left while few have none of them."""
    kept = [fact for fact in facts if fact.smallest >= min_cell]
    shares = [fact for fact in kept if fact.kind == "share"]
    shares.sort(key=lambda fact: sum(counts.values[fact.value].values()), reverse=True)
    while shares:
        rest = (
            known - sum(counts.values[fact.value][cell] for fact in shares)
            for cell, known in counts.known.items()
        )
        if not any(0 < size < min_cell for size in rest):
            break
        kept.remove(shares.pop())
    return tuple(kept)


def _coarse(fact: Contrast, type_: Type) -> Contrast:
    """Rounded as a table shows it: all digits of a share or mean tell of how many customers it is."""
    figure = _short_share if fact.kind != "mean" else round if type_ in _DAYS else _four_digits
    difference = (_four_digits(end) for end in _ends(fact.difference))
    effect = (round(end, 3) for end in _ends(fact.effect))
    lift = fact.lift and Interval(*(round(end, 3) for end in _ends(fact.lift)))
    return replace(
        fact, group=figure(fact.group), base=figure(fact.base),
        difference=Interval(*difference), effect=Interval(*effect), lift=lift,
    )  # fmt: skip


def _ends(one: Interval) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _four_digits(value: float) -> float:
    return float(f"{value:.4g}")


def _short_share(share: float) -> float:
    """Three digits, never all or nobody when it is neither."""
    return share if share in {0, 1} else min(max(round(share, 3), 0.0004), 0.9996)


def _plain(fact: Contrast) -> dict[str, Any]:
    """A fact as a row, its intervals in columns of their own."""
    row: dict[str, Any] = {
        "kind": fact.kind, "value": fact.value, "group": fact.group, "base": fact.base,
    }  # fmt: skip
    for name in ("difference", "effect", "lift"):
        one: Interval | None = getattr(fact, name)
        row |= {name: None, f"{name}_low": None, f"{name}_high": None}
        if one is not None:
            row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    return row


def _reach(fact: Contrast) -> float:
    return max(abs(fact.effect.low), abs(fact.effect.high))


def _interval(one: Interval | None, sign: str = "") -> str:
    if one is None:
        return "–"
    value, low, high = (f"{end:{sign}.2f}" for end in (one.value, one.low, one.high))
    return f"{value}{_TIED}({low}{_TIED}…{_TIED}{high})"


def _short(value: float) -> str:
    """Four digits of a mean."""
    return f"{Decimal(f'{value:.4g}'):,f}"
