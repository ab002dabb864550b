"""All that a rule can be about, in the reader's words: what the editor in the browser offers."""

from __future__ import annotations

from collections.abc import Iterable

from journeykit.contract import SUBJECTS, Column
from journeykit.errors import unknown_name
from journeykit.expressions.behaviour import ACTIONS, Selection, event_subjects
from journeykit.i18n import in_language
from journeykit.mart.mart import Mart
from journeykit.reports.catalogue_words import say
from journeykit.segments.wording import EVENTS
from journeykit.tags.tag import Tag
from journeykit.tags.words import UNITS, say_value, unit_of
from journeykit.widgets.asking import Json


def vocabulary(mart: Mart, language: str) -> Json:
    """The tags that are built, by family, and what customers do with its columns."""
    tags = [mart.tags[name].tag for name in mart.tags if name in mart.scope.types]
    families = dict.fromkeys(tag.family for tag in tags)
    return {
        "families": [[name, say(f"family.{name}", language)] for name in families],
        "tags": [_of_tag(tag, language) for tag in tags],
        "events": [_of_event(name, language) for name in events()],
    }


def events() -> tuple[str, ...]:
    """What can have happened: actions, and subjects of events."""
    return (*ACTIONS, *event_subjects())


def columns_of(event: str) -> tuple[Column, ...]:
    """The columns of an event that a condition can be about.

    Not its number, nor whom it is about; nor the action where it is one.

    Examples
    --------
    >>> [column.name for column in columns_of("view")]
    ['occurred_at', 'channel', 'object', 'product_id']
    """
    if event not in events():
        raise unknown_name("event", event, events(), "Use one of these.")
    chosen = Selection(event=event)
    hidden = {f"{chosen.subject.name}_id", chosen.subject.owner, "action" if chosen.action else None}
    return tuple(column for column in chosen.subject.columns if column.name not in hidden)


def _of_tag(tag: Tag, language: str) -> Json:
    return {
        "name": tag.name,
        "family": tag.family,
        **_titles(tag.title, tag.title_zh, language),
        "type": tag.type.value,
        "unit": unit_of(tag, language),
        "values": _named(tag.values, language),
    }


def _of_event(name: str, language: str) -> Json:
    home = SUBJECTS.get(name)
    fallback = (home.title, home.title, home.title_zh) if home else (name, name, name)
    _, english, chinese = EVENTS.get(name, fallback)
    return {
        "name": name,
        **_titles(english.capitalize(), chinese, language),
        "columns": [_of_column(column, language) for column in columns_of(name)],
    }


def _of_column(column: Column, language: str) -> Json:
    return {
        "name": column.name,
        **_titles(column.meaning, column.meaning_zh, language),
        "type": column.type.value,
        "unit": in_language(language, *UNITS["yuan"]) if "yuan" in column.meaning else "",
        "values": _named(column.values, language),
    }


def _titles(english: str, chinese: str, language: str) -> Json:
    """The title in the reader's language, and the other one to be found by."""
    return {
        "title": in_language(language, english, chinese) or english,
        "also": in_language(language, chinese, english),
    }


def _named(values: Iterable[str], language: str) -> list[list[str]]:
    return [[value, say_value(value, language)] for value in values]
