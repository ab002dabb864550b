"""The segments' benchmark, tiny and untimed: both sides count the same people, and a wrong rival is found."""

from __future__ import annotations

import pytest
import segments

CUSTOMERS = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("segments")
    segments.generate(folder, CUSTOMERS)
    return folder


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {name: (ours, hand, 2) for name, (ours, hand, _) in segments.COUNTED.items()}
    monkeypatch.setattr(segments, "COUNTED", counted)
    monkeypatch.setattr(segments, "FEW", 2)


def test_it_has_the_tags_and_events_it_says(folder) -> None:
    assert len(segments.chosen_tags()) == len({one.name for one in segments.chosen_tags()}) == segments.TAGS
    store = segments.MartStore(folder)
    assert store.load(segments.AS_OF).rows("event") == pytest.approx(2 * CUSTOMERS, abs=segments.MONTHS)


def test_every_line_has_a_ratio(folder) -> None:
    lines = segments.compare(folder)
    assert [line[:18].strip() for line in lines[1:]] == [
        *segments.COUNTED, "profile", "overlap of six", "waterfall of 5",
    ]  # fmt: skip


def test_a_rival_that_counts_others_is_found(folder, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, _, times = segments.COUNTED["1 tag"]
    monkeypatch.setattr(segments, "COUNTED", {"1 tag": (ours, "aum > 60000", times)})
    with pytest.raises(SystemExit, match="1 tag: the two sides differ"):
        segments.compare(folder)
