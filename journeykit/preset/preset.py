"""A preset: a strategy a bank can start from, with what to expect of it and what to watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from journeykit.errors import DefinitionError, unknown_name
from journeykit.i18n import in_language, label
from journeykit.preset.offers import OFFERS
from journeykit.preset.wording import word
from journeykit.segments import Segment
from journeykit.segments.explaining import Explanation, Line
from journeykit.settings import find_root
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.nodes import Action, Start
from journeykit.strategies.offers import Offer
from journeykit.strategies.telling import Teller
from journeykit.yaml_files import definition_error, write_definition

Text = tuple[str, str]
"""A text in English and in Chinese."""


@dataclass(frozen=True)
class Preset:
    """A strategy to start from.

    Attributes
    ----------
    strategy : Strategy
        The whole journey; adapt it with its own verbs, or with :meth:`adapt`.
    about, about_zh : str
        What it does, in one sentence.
    expected, expected_zh : str
        The effect to expect, with the assumption it rests on and where that comes from.
    watch, watch_zh : str
        What to look at while it runs.

    Examples
    --------
    >>> from journeykit.preset import presets
    >>> presets["deposit_maturing"].stage
    'retain'
    >>> [offer.name for offer in presets["deposit_maturing"].offers]
    ['D-1Y']
    """

    strategy: Strategy
    about: str
    about_zh: str
    expected: str
    expected_zh: str
    watch: str
    watch_zh: str

    @property
    def name(self) -> str:
        """The strategy's name."""
        return self.strategy.name

    @property
    def title(self) -> str:
        """The strategy's title in English."""
        return self.strategy.title

    @property
    def title_zh(self) -> str:
        """The strategy's title in Chinese."""
        return self.strategy.title_zh

    @property
    def stage(self) -> str:
        """``acquire``, ``activate`` or ``retain``."""
        return self.strategy.stage

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What its actions offer, each once."""
        return tuple(OFFERS[name] for name in dict.fromkeys(node.offer for node in self.strategy.actions))

    def adapt(
        self, name: str, *, where: Any = None, control: float | None = None, within_days: int | None = None,
        valid_from: date | None = None, valid_to: date | None = None,
        offers: Mapping[str, str] | None = None, **fields: Any,
    ) -> Strategy:  # fmt: skip
        """A strategy of one's own, made from this one.

        Parameters
        ----------
        name : str
            Its name; customers are drawn for its control group anew.
        where : expression or Segment, optional
            Only those of the audience for whom this holds too.
        control : float, optional
            The share of the audience that is only measured.
        within_days : int, optional
            Days in which the goal counts.
        valid_from, valid_to : date, optional
            First and last day of entry, for a season.
        offers : mapping of str to str, optional
            Offers of the preset, and those to use in their place.
        **fields
            Other fields of :class:`journeykit.Strategy`: ``title``, ``title_zh``, ``owner``, ``priority`` …
            Without a title it has the preset's, with its own name behind.

        Examples
        --------
        >>> from journeykit.expressions import tag
        >>> from journeykit.preset import presets
        >>> plan = presets["deposit_maturing"].adapt(
        ...     "village_deposits", where=tag("lives_in_village"), control=0.2, offers={"D-1Y": "D-3Y"}
        ... )
        >>> plan.starts[0].segment.name, {node.offer for node in plan.actions}
        ('deposit_maturing_month_and_lives_in_village', {'D-3Y'})
        """
        swapped = _swaps(self, offers or {})
        goal = fields.get("goal", self.strategy.goal)
        if isinstance(goal, Goal | Mapping) and within_days is not None:
            fields["goal"] = {**dict(goal), "within_days": within_days}
        entry = {"control": control, "valid_from": valid_from, "valid_to": valid_to}
        entry = {key: value for key, value in entry.items() if value is not None}
        titles = {} if name == self.name else _own_titles(self, name)
        try:
            nodes = tuple(_changed(node, where, entry, swapped) for node in self.strategy.nodes)
            return Strategy(**dict(self.strategy) | titles | {"name": name, "nodes": nodes} | fields)
        except ValidationError as error:
            raise definition_error(f"preset '{self.name}'", error) from error

    def save_offers(self, folder: Path | None = None) -> list[Path]:
        """Write its offers to ``scheduled/offers`` where the workspace has none of that name."""
        folder = folder or find_root() / "scheduled" / "offers"
        missing = [offer for offer in self.offers if not (folder / f"{offer.name}.yaml").exists()]
        return [write_definition(folder / f"{offer.name}.yaml", offer) for offer in missing]

    def explain(self, language: str = "en") -> Explanation:
        """Everything about it in plain words, ``en`` or ``zh``."""
        told = self.strategy.explain(language, offers=OFFERS).lines
        stage = label(f"stage.{self.stage}", language)
        lines = [Line(0, f"{in_language(language, self.title, self.title_zh)} ({self.name}, {stage})")]
        lines.append(Line(1, in_language(language, self.about, self.about_zh)))
        parts = {
            "expected": (in_language(language, self.expected, self.expected_zh),),
            "watch": (in_language(language, self.watch, self.watch_zh),),
            "offers": tuple(
                f"{offer.name}: {in_language(language, offer.title, offer.title_zh)}" for offer in self.offers
            ),
        }
        for key, texts in parts.items():
            lines += [Line(1, word(key, language)), *(Line(2, text) for text in texts)]
        journey = [Line(line.depth + 1, line.text, line.node) for line in told[1:]]
        return Explanation((*lines, Line(1, word("journey", language)), *journey))

    def __repr__(self) -> str:
        return repr(self.explain())

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_() + self.strategy.html(offers=OFFERS)


def _swaps(preset: Preset, offers: Mapping[str, str]) -> Mapping[str, str]:
    """Offers of a preset, and those to use in their place."""
    if not isinstance(offers, Mapping):
        raise DefinitionError(
            f"offers={offers!r} does not say what to use in place of what. "
            f"Write for example offers={{{preset.offers[0].name!r}: 'D-1Y'}}."
        )
    used = [offer.name for offer in preset.offers]
    for old in offers:
        if old not in used:
            raise unknown_name("offer", str(old), used, f"These are what preset '{preset.name}' offers.")
    return offers


def _own_titles(preset: Preset, name: str) -> dict[str, str]:
    """Titles that no reader takes for the preset's."""
    return {"title": f"{preset.title} ({name})", "title_zh": f"{preset.title_zh}（{name}）"}


def _changed(node: Any, where: Any, entry: Mapping[str, Any], offers: Mapping[str, str]) -> Any:
    """A node with a narrower audience, another control group or season, or another offer."""
    if isinstance(node, Start):
        narrowed = {} if where is None else {"segment": _narrowed(node.segment, where)}
        return Start.model_validate(dict(node) | narrowed | dict(entry))
    if isinstance(node, Action) and node.offer in offers:
        return type(node).model_validate(dict(node) | {"offer": offers[node.offer]})
    return node


def _narrowed(segment: Segment, where: Any) -> Segment:
    """Those of a segment for whom something else holds too; a condition without a title is told in words."""
    both = segment & where
    titles: dict[str, str] = {}
    for key, language in (("title", "en"), ("title_zh", "zh")):
        if getattr(segment, key) and not getattr(both, key):
            condition = Teller.of(language).condition(
                where.where if isinstance(where, Segment) else where.node
            )
            titles[key] = f"{getattr(segment, key)}{in_language(language, '; ', '；')}{condition}"
    return both.model_copy(update=titles)
