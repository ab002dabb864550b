"""All presets, by name, and found by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from journeykit.display import Table
from journeykit.errors import unknown_name
from journeykit.i18n import in_language, label
from journeykit.preset.preset import Preset
from journeykit.preset.wording import word

COLUMNS = ("name", "title", "stage", "about")
WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Shelf(Mapping[str, Preset]):
    """Presets by name, in the order of a customer's life; prints as a list to choose from.

    Examples
    --------
    >>> from journeykit.preset import presets
    >>> len(list(presets)) >= 15
    True
    >>> presets.search("maturing").names
    ('wealth_maturing', 'deposit_maturing')
    """

    presets: tuple[Preset, ...]
    language: str = "en"

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(preset.name for preset in self.presets)

    def __getitem__(self, name: str) -> Preset:
        for preset in self.presets:
            if preset.name == name:
                return preset
        raise unknown_name("preset", name, self.names, "Look for one with jk.presets.search('deposit').")

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.presets)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def search(self, words: str) -> Shelf:
        """Those that say something of the words, in English or Chinese, the best match first.

        What stands in a name or title counts more than what stands in the text. Chinese words answer in
        Chinese.
        """
        wanted = _parts(words)
        points = {preset.name: _points(preset, wanted) for preset in self.presets}
        found = [preset for preset in self.presets if points[preset.name]]
        found.sort(key=lambda preset: -points[preset.name])
        return Shelf(tuple(found), "zh" if any(ord(mark) > 0x3000 for mark in words) else "en")

    def table(self, language: str = "") -> Table:
        """One row each: name, title, stage, and what it does."""
        language = language or self.language
        rows = tuple(
            (one.name, in_language(language, one.title, one.title_zh), label(f"stage.{one.stage}", language),
             in_language(language, one.about, one.about_zh))
            for one in self.presets
        )  # fmt: skip
        title = word("list" if rows else "none", language).format(len(rows))
        return Table(title, tuple(word(name, language) for name in COLUMNS), rows)

    def __repr__(self) -> str:
        return self.table().fit(110)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _parts(text: str) -> list[str]:
    """Words to look for: English ones as they are, Chinese by two characters, since they have no spaces."""
    found: list[str] = []
    for part in WORD.findall(text.lower()):
        chinese = ord(part[0]) > 0x3000 and len(part) > 2
        found += [part[i : i + 2] for i in range(len(part) - 1)] if chinese else [part]
    return found


def _points(preset: Preset, wanted: Iterable[str]) -> int:
    """3 for each word in name or titles, 1 for each in the texts."""
    texts = [
        preset.about,
        preset.watch,
        preset.expected,
        preset.about_zh,
        preset.watch_zh,
        preset.expected_zh,
    ]
    texts += [text for offer in preset.offers for text in (offer.title, offer.title_zh)]
    heads = f"{preset.name.replace('_', ' ')} {preset.title} {preset.title_zh} {preset.stage}".lower()
    body = " ".join(texts).lower()
    return sum(3 * (part in heads) + (part in body) for part in wanted)
