"""Values, columns and tags as widgets show them: in the reader's words and units."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from journeykit.contract import Column, Type
from journeykit.display import MISSING, show_value
from journeykit.i18n import in_language, label
from journeykit.tags.tag import Tag
from journeykit.tags.words import UNITS, say_value, unit_of

_BINS = (
    (re.compile(r"from (\S+) up to (\S+)"), "{0} – {1}", "{0} – {1}"),
    (re.compile(r"from (\S+)"), "from {0}", "{0} 起"),
    (re.compile(r"below (\S+)"), "below {0}", "低于 {0}"),
)


def title_of(thing: Any, language: str) -> str:
    """The title of a tag, segment, strategy or offer; its name where it has none."""
    return in_language(language, thing.title, thing.title_zh) or thing.name


def say_tag(tag: Tag, value: Any, language: str) -> str:
    """A customer's value of a tag: a number in its unit, a share in per cent, a code in words.

    Examples
    --------
    >>> from journeykit.tags.library import LIBRARY
    >>> tags = {tag.name: tag for tag in LIBRARY}
    >>> say_tag(tags["age"], 41, "zh"), say_tag(tags["gender"], "female", "zh")
    ('41 岁', '女')
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return yes_or_no(value, language)
    if tag.type is Type.RATE and not tag.unit:
        return f"{float(value):,.1%}"
    if tag.type is Type.TEXT:
        return _in_words(value, language)
    return f"{show_value(value)} {unit_of(tag, language, one=value == 1)}".rstrip()


def say_column(column: Column, value: Any, language: str) -> str:
    """A value of a subject's column in the reader's words.

    Examples
    --------
    >>> from journeykit.contract import subject
    >>> say_column(subject("txn").column("kind"), "payroll", "zh")
    '代发工资'
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return yes_or_no(value, language)
    if column.type is Type.RATE:
        return f"{float(value):.2%}"
    if column.type is Type.DECIMAL:
        return f"{show_value(value)} {in_language(language, *UNITS['yuan'])}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if column.type is Type.TEXT and not column.references:
        return _in_words(value, language)
    return show_value(value)


def _in_words(value: str, language: str) -> str:
    """A code's word; where there is none, as the bank writes it."""
    return say_value(value, language).replace("_", " ")


def heading_of(column: Column, language: str) -> str:
    """What a column is called; its unit stands beside its values."""
    return in_language(language, column.meaning.removesuffix(", yuan"), column.meaning_zh)


def yes_or_no(value: bool, language: str) -> str:
    """Whether something is so, as a word."""
    return label("segment.yes" if value else "segment.no", language)


def say_bar(tag: Tag, text: str, language: str) -> str:
    """A row of a tag's distribution, which counts a value or the numbers of a bin.

    Examples
    --------
    >>> from journeykit.tags.library import LIBRARY
    >>> aum = next(tag for tag in LIBRARY if tag.name == "aum")
    >>> say_bar(aum, "from 1,000", "zh"), say_bar(aum, "from 1,000 up to 9,000", "en")
    ('1,000 起', '1,000 – 9,000')
    """
    words = {"missing": "segment.missing", "other values": "segment.others"}
    if text in words:
        return label(words[text], language)
    if tag.type is Type.BOOLEAN:
        return yes_or_no(text == "yes", language)
    if text in tag.values:
        return say_value(text, language)
    for pattern, english, chinese in _BINS:
        if found := pattern.fullmatch(text):
            return in_language(language, english, chinese).format(*found.groups())
    return text
