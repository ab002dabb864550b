"""The page that describes the contract says everything that is declared and fetches nothing."""

from __future__ import annotations

from html.parser import HTMLParser

from journeykit.contract import SUBJECTS
from journeykit.mart.contract_page import contract_page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows = 0
        self.text: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.rows += tag == "tr"
        if tag in ("script", "link", "img", "iframe"):
            self.outside.append(tag)
        self.outside += [
            str(value) for name, value in attrs if name in ("src", "href") and str(value)[:1] != "#"
        ]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_every_column_is_described_in_both_languages_and_nothing_is_fetched():
    reader = _Reader()
    reader.feed(contract_page())
    said = " ".join(reader.text)
    assert reader.outside == []
    assert reader.rows == sum(len(one.columns) + 1 for one in SUBJECTS.values())
    for one in SUBJECTS.values():
        assert one.title in said
        assert one.title_zh in said
        for column in one.columns:
            assert column.meaning in said
            assert column.meaning_zh in said
