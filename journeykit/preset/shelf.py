"""All presets, by name, and found by words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from journeykit.display import Table
from journeykit.errors import DefinitionError, unknown_name
from journeykit.i18n import in_language, label
from journeykit.preset.preset import Preset
from journeykit.preset.wording import word

COLUMNS = ("name", "title", "stage", "about")
WORD = re.compile(r"[a-z0-9]{2,}|[\u4e00-\u9fff]+")

ALSO_CALLED = {
    "churn": "outflow decline dormant", "leaving": "outflow decline dormant", "elderly": "silver haired",
    "senior": "silver haired", "old": "silver haired", "salary": "payroll", "farmer": "farming subsidy",
    "流失": "流出 下降 沉睡", "老年": "银发", "老人": "银发", "工资": "代发", "短信": "sms",
    "贷款": "用信",
}  # fmt: skip
"""What people look for, and the words of presets for it."""


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

        What stands in a name or title counts more than what stands in the text, and a rare word more than
        a frequent one; words that most presets use count only where there are no others. Chinese words answer
        in Chinese.
        """
        if not isinstance(words, str):
            raise DefinitionError(
                "Presets are found by words. Write for example jk.presets.search('deposit')."
            )
        wanted = _meant(words)
        held = {one.name: (_heads(one) & wanted, _texts(one) & wanted) for one in self.presets}
        said = Counter(part for heads, texts in held.values() for part in heads | texts)
        common = {part for part in _parts(words) if 2 * said[part] > len(self.presets)}
        counts = set(said) - common or set(said)
        points = {
            name: sum(3 / said[part] for part in heads & counts)
            + sum(1 / said[part] for part in texts & counts)
            for name, (heads, texts) in held.items()
        }
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


def _parts(text: str) -> set[str]:
    """Words to look for: English ones without the plural's s, Chinese by two characters, having no spaces."""
    found: set[str] = set()
    for part in WORD.findall(text.lower()):
        if ord(part[0]) > 0x3000:
            found |= {part[at : at + 2] for at in range(max(len(part) - 1, 1))}
        else:
            found.add(part.removesuffix("s") if len(part) > 3 else part)
    return found


def _meant(words: str) -> set[str]:
    """What is looked for, and what a bank also calls it."""
    parts = _parts(words) | {words.strip().lower()}
    return parts.union(*(_parts(other) for said, other in ALSO_CALLED.items() if _parts(said) <= parts))


def _heads(preset: Preset) -> set[str]:
    return _parts(f"{preset.name.replace('_', ' ')} {preset.title} {preset.title_zh} {preset.stage}")


def _texts(preset: Preset) -> set[str]:
    texts = [
        preset.about,
        preset.watch,
        preset.expected,
        preset.about_zh,
        preset.watch_zh,
        preset.expected_zh,
    ]
    texts += [text for offer in preset.offers for text in (offer.title, offer.title_zh)]
    texts += [node.channel for node in preset.strategy.actions]
    codes = {offer.name.lower() for offer in preset.offers}
    return _parts(" ".join(texts).replace("_", " ")) | codes
