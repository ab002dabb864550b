"""The whole tag catalogue as one page that needs nothing but a browser, in English or Chinese."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from journeykit.contract import SUBJECTS, Type
from journeykit.i18n import checked_language, in_language
from journeykit.reports.catalogue_facts import CatalogueFacts
from journeykit.reports.catalogue_words import say
from journeykit.reports.spread import Cell, Spread, spread_of
from journeykit.strategies.usage import User
from journeykit.tags.drift import WATCH, verdict
from journeykit.tags.lineage import Lineage
from journeykit.tags.tag import Formula, Score, Tag
from journeykit.tags.words import say_value, unit_of

_TEMPLATES = Path(__file__).parent / "template"
_LINKS = 8
"""So many tags that use a tag are linked; of the others only the number is told."""


@dataclass(frozen=True)
class Moved:
    """A tag's drift: its index, and the verdict as a word and as a key of the style sheet."""

    name: str
    title: str
    index: str
    verdict: str
    word: str


@dataclass(frozen=True)
class Entry:
    """One tag as the page shows it, all texts in the page's language."""

    name: str
    title: str
    subtitle: str
    description: str
    facts: tuple[str, ...]
    owner: str
    values: tuple[tuple[str, str], ...]
    formula: str
    model: str
    reads: tuple[tuple[str, str, str], ...]
    uses: tuple[str, ...]
    used_by: tuple[str, ...]
    used_by_more: int
    strategies: tuple[str, ...]
    segments: tuple[str, ...]
    missing: str
    spread: Spread | None
    spread_unit: str
    drift: Moved | None
    is_new: bool
    words: str


def catalogue_page(facts: CatalogueFacts, *, language: str, bank: str, min_cell: int) -> str:
    """The catalogue as one self-contained HTML page.

    Parameters
    ----------
    facts : CatalogueFacts
        What :func:`read_catalogue` gave.
    language : str
        ``en`` or ``zh``.
    bank : str
        Whose catalogue it is.
    min_cell : int
        Groups of fewer customers are withheld, since the page may be mailed.
    """
    language = checked_language(language)
    entries = {name: _entry(facts, name, language, min_cell) for name in facts.catalogue}
    families: dict[str, list[Entry]] = {}
    for name in facts.catalogue:
        families.setdefault(facts.catalogue[name].tag.family, []).append(entries[name])
    style, script = (_read(name) for name in ("catalogue.css", "catalogue.js.j2"))
    return _environment().get_template("catalogue.html.j2").render(
        bank=bank,
        language=language,
        say=lambda key, *values: say(key, language).format(*values),
        style=Markup(_read("journeykit/report.css") + style),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own file)
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        facts=facts,
        min_cell=min_cell,
        families={(name, say(f"family.{name}", language)): listed for name, listed in families.items()},
        moved=_moved(facts, language),
        unavailable=[entry for entry in entries.values() if entry.missing],
        verdicts=[verdict(index) for index in facts.drift.indices.values()] if facts.drift else [],
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


@cache
def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _entry(facts: CatalogueFacts, name: str, language: str, min_cell: int) -> Entry:
    tag, found = facts.catalogue[name].tag, facts.lineage[name]
    users = facts.users.get(name, ())
    title = in_language(language, tag.title, tag.title_zh)
    other_title = tag.title if title == tag.title_zh else tag.title_zh
    return Entry(
        name=name,
        title=title,
        subtitle="" if other_title == title else other_title,
        description=in_language(language, tag.description, tag.description_zh),
        facts=_facts(tag, language),
        owner=say(f"owner.{tag.owner}", language),
        values=_values(tag, language),
        formula=repr(tag.compute.expression) if isinstance(tag.compute, Formula) else "",
        model=tag.compute.model if isinstance(tag.compute, Score) else "",
        reads=_reads(found, facts.newest, language),
        uses=found.uses,
        used_by=found.used_by_in_all[:_LINKS],
        used_by_more=max(0, len(found.used_by_in_all) - _LINKS),
        strategies=_titles(users, "strategy", language),
        segments=_titles(users, "segment", language),
        missing=_missing(facts.unavailable.get(name, ""), language),
        spread=_spread(facts, tag, language, min_cell),
        spread_unit=say("days_before", language)
        if tag.type in (Type.DATE, Type.TIMESTAMP)
        else unit_of(tag, language),
        drift=_drift(facts, name, language),
        is_new=facts.drift is not None and name in facts.drift.added,
        words=" ".join(
            (name, tag.family, tag.title, tag.title_zh, tag.description, tag.description_zh, tag.owner)
        ).casefold(),
    )


def _facts(tag: Tag, language: str) -> tuple[str, ...]:
    kind = say(f"kind.{tag.compute.kind}", language)
    facts = (say(f"type.{tag.type}", language), unit_of(tag, language), kind, tag.sensitivity)
    return tuple(fact for fact in facts if fact)


def _values(tag: Tag, language: str) -> tuple[tuple[str, str], ...]:
    """Each declared value as rules write it, and its word where that is another one."""
    words = ((value, say_value(value, language)) for value in tag.values)
    return tuple((value, word if word != value else "") for value, word in words)


def _missing(what: str, language: str) -> str:
    """What a tag that cannot be built misses: a ``subject.column``, or a model."""
    model = what.removeprefix("model ")
    return what if model == what else say("no_model", language).format(model)


def _reads(found: Lineage, newest: Mapping[str, date], language: str) -> tuple[tuple[str, str, str], ...]:
    """Each subject, its columns, and the newest day it tells of."""
    columns: dict[str, list[str]] = {}
    for read in found.reads:
        subject, column = read.split(".")
        meaning = f" {SUBJECTS[subject].column(column).meaning_zh}" if language == "zh" else ""
        columns.setdefault(subject, []).append(f"{column}{meaning}")
    return tuple(
        (
            f"{name} {SUBJECTS[name].title_zh}" if language == "zh" else name,
            ", ".join(listed),
            say("newest", language).format(newest[name]) if name in newest else "",
        )
        for name, listed in columns.items()
    )


def _titles(users: tuple[User, ...], kind: str, language: str) -> tuple[str, ...]:
    return tuple(
        in_language(language, user.title, user.title_zh) or user.name for user in users if user.kind == kind
    )


def _spread(facts: CatalogueFacts, tag: Tag, language: str, min_cell: int) -> Spread | None:
    if facts.profile is None or tag.name not in facts.profile.tags:
        return None
    found = spread_of(facts.profile[tag.name], min_cell, tag.values, say("other", language))
    if tag.type is Type.TEXT:
        cells = (
            replace(cell, label=say_value(cell.label, language)) if cell.label in tag.values else cell
            for cell in found.cells
        )
        return replace(found, cells=tuple(cells))
    if tag.type is not Type.BOOLEAN:
        return found
    words = {"true": say("yes", language), "false": say("no", language)}
    cells = sorted(found.cells, key=lambda cell: cell.label, reverse=True)
    return Spread(tuple(Cell(words[cell.label], cell.share) for cell in cells), found.missing)


def _drift(facts: CatalogueFacts, name: str, language: str) -> Moved | None:
    if facts.drift is None or name not in facts.drift.indices:
        return None
    index = facts.drift.indices[name]
    tag = facts.catalogue[name].tag
    title = in_language(language, tag.title, tag.title_zh)
    return Moved(name, title, f"{index:.3f}", verdict(index), say(verdict(index), language))


def _moved(facts: CatalogueFacts, language: str) -> list[Moved]:
    names = facts.drift.of(WATCH) if facts.drift else ()
    found = (_drift(facts, name, language) for name in names if name in facts.catalogue)
    return [one for one in found if one]
