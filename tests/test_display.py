"""Bars as HTML: right lengths, escaped, and no script."""

from __future__ import annotations

import re

from journeykit.display import show_bars
from journeykit.tags.distribution import Distribution


def test_bars_are_as_long_as_their_share_of_the_longest():
    html = show_bars("Ages", [("young", 30, "30"), ("old", 60, "60"), ("none", 0, "0")])
    assert re.findall(r"#\w+;width:([\d.]+)%", html) == ["50", "100", "0"]
    assert re.sub("<[^>]*>", " ", html).split() == ["Ages", "young", "30", "old", "60", "none", "0"]


def test_bars_of_nothing_and_hostile_labels_are_harmless():
    assert "<tbody></tbody>" in show_bars("", [])
    assert re.findall(r"#\w+;width:([\d.]+)%", show_bars("", [("a", 0, "0")])) == ["0"]
    html = show_bars("<b>", [("<script>", 1, "<i>")], quiet=("<script>",))
    assert not re.search("<script|<b>|<i>", html)
    assert "&lt;script&gt;" in html


def test_a_distribution_is_drawn_with_its_counts_and_those_without_a_value_in_grey():
    one = Distribution("kind", (("personal", 300), ("company", 50)), 50, {})
    html = one._repr_html_()
    assert re.findall(r"background:(#\w+);width:([\d.]+)%", html) == [
        ("#0072b2", "100"), ("#0072b2", "16.67"), ("#8a94a6", "16.67"),
    ]  # fmt: skip
    assert "300 · 75.0%" in html
    assert "<script" not in html
    assert "kind: 400 customers" in repr(one)
