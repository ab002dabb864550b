"""The catalogue page: whole in both languages, self-contained, escaped, and without small groups."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from journeykit import workspace
from journeykit.contract import Type
from journeykit.expressions import tag
from journeykit.mart.store import MartStore
from journeykit.reports.catalogue_facts import CatalogueFacts, read_catalogue
from journeykit.reports.catalogue_page import catalogue_page
from journeykit.reports.catalogue_words import WORDS
from journeykit.reports.spread import spread_of
from journeykit.segments import Segment
from journeykit.strategies.playbook import load_readable
from journeykit.strategies.usage import User
from journeykit.tags import LIBRARY, Attribute, Catalogue, Formula, Tag
from journeykit.tags.drift import Drift
from journeykit.tags.lineage import trace
from journeykit.tags.profile import Profile, TagProfile
from journeykit.tags.words import VALUES

AS_OF, BEFORE = date(2026, 5, 29), date(2026, 5, 28)
HOSTILE = "<script>alert('x')</script>"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


class Page(HTMLParser):
    """What a page holds: ids, tags, attributes that load, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.elements, self.loads, self.links, self.text = [], [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "srcset", "data", "action", "poster", "xlink:href") or name.startswith("on"):
                self.loads.append((tag, name, value))
            if name == "href":
                self.links.append(value)

    def handle_data(self, data):
        self.text += data


def facts_of(tags, **parts):
    catalogue = Catalogue(tags)
    return CatalogueFacts(catalogue=catalogue, as_of=AS_OF, lineage=trace(catalogue), **parts)


def show(facts, language="en", min_cell=10):
    return catalogue_page(facts, language=language, bank="A <bank>", min_cell=min_cell)


def attribute(name, **parts):
    return Tag(
        **{"name": name, "title": name, "type": "text", "compute": Attribute(column="gender"), **parts}
    )


def profile_of(**counts):
    tags = {}
    for name, (labels, bins) in counts.items():
        total = sum(bins)
        tags[name] = TagProfile(name, Type.TEXT, total, total - bins[-1], labels=labels, counts=bins)
    return Profile(AS_OF, total, tags)


@LANGUAGES
def test_every_tag_of_the_library_stands_once_with_its_texts(language):
    html = show(facts_of(LIBRARY), language)
    page = Page(html)
    assert sorted(page.ids) == sorted(set(page.ids))
    for one in LIBRARY:
        assert one.name in page.ids
        assert one.title in page.text
        assert one.title_zh in page.text
        assert (one.description_zh if language == "zh" else one.description) in page.text
    assert set(page.links) <= {f"#{one}" for one in page.ids}
    assert len(html.encode()) < 1_500_000


def test_families_units_owners_and_kinds_of_the_library_have_words_in_both_languages():
    for one in LIBRARY:
        keys = (f"family.{one.family}", f"owner.{one.owner}", f"type.{one.type}", f"kind.{one.compute.kind}")
        for key in (*keys, *([f"unit.{one.unit}"] if one.unit else [])):
            assert key in WORDS, f"add {key} to journeykit/reports/catalogue_words.py"
    assert all(english and chinese for english, chinese in WORDS.values())


@LANGUAGES
def test_the_page_loads_nothing_and_runs_only_its_own_script(language):
    html = show(facts_of(LIBRARY), language)
    page = Page(html)
    assert page.loads == []
    assert not {"link", "iframe", "object", "embed", "img", "base", "form"} & set(page.elements)
    assert page.elements.count("script") == 1
    assert "http:" not in html
    assert "https:" not in html
    assert "url(" not in html
    assert "@import" not in html
    script = re.search(r"<script>(.*)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in html


@LANGUAGES
def test_texts_of_analysts_are_escaped(language):
    parts = dict.fromkeys(
        ("title", "title_zh", "description", "description_zh", "family", "owner", "unit"), HOSTILE
    )
    users = {"mine": (User("strategy", "s", HOSTILE, "", True), User("segment", "g", HOSTILE, "", True))}
    profile = profile_of(mine=((HOSTILE, "…"), (500, 0, 20)))
    facts = facts_of([attribute("mine", **parts)], users=users, profile=profile, unavailable={})
    html = show(facts, language)
    assert Page(html).elements.count("script") == 1
    assert HOSTILE not in html
    assert "A &lt;bank&gt;" in html


def test_lineage_users_freshness_and_drift_are_told():
    tags = [
        attribute("sex", title="Sex", values=("female", "male")),
        attribute("is_woman", type="boolean", title="Woman",
                  compute=Formula(expression=(tag("sex") == "female").node)),
        attribute("gone", title="Gone"),
    ]  # fmt: skip
    facts = facts_of(
        tags,
        users={"sex": (User("strategy", "spring", "Spring offer", "春季活动", True),)},
        unavailable={"gone": "customer.gender"},
        newest={"customer": date(2026, 5, 27)},
        profile=profile_of(sex=(("female", "male", "…"), (500, 400, 0, 100))),
        drift=Drift(AS_OF, BEFORE, {"sex": 0.3}, {"sex": (0.1, 0.1)}),
        build_id="abc123",
    )
    page = Page(show(facts))
    text = " ".join(page.text.split())
    assert "customer gender newest 2026-05-27" in text
    assert "Spring offer" in text
    assert "Coverage 90.0 %" in text
    assert "PSI 0.300 changed" in text
    assert re.search(r"\bfemale ?50.0 % ?male ?40.0 %", text)
    assert "cannot be built: no customer.gender" in text
    assert "abc123" in text
    assert page.links.count("#sex") == 2  # from the table of what moved, and from the tag made of it
    assert "春季活动" in show(facts, "zh")
    assert "无法生成：缺少 customer.gender" in show(facts, "zh")


def test_the_chinese_page_has_words_for_values_ages_and_source_columns():
    library = {one.name: one for one in LIBRARY}
    assert "岁" in Page(show(facts_of([library["age"]]), "zh")).text
    assert "岁" not in Page(show(facts_of([library["gender"]]), "zh")).text
    profile = profile_of(gender=(("female", "male", "…"), (500, 400, 0, 100)))
    page = Page(show(facts_of([library["age"], library["gender"]], profile=profile), "zh"))
    text = " ".join(page.text.split())
    assert "female 女" in text
    assert re.search(r"\b女 ?50.0 %", text)
    assert "customer 客户 birth_date 出生日期" in text
    english = " ".join(Page(show(facts_of([library["gender"]]))).text.split())
    assert "Values: female male" in english


def test_declared_values_of_the_library_have_chinese_words():
    assert {value for one in LIBRARY for value in one.values} <= set(VALUES)


def test_a_formula_is_shown_as_it_is_written():
    one = attribute("is_woman", type="boolean", compute=Formula(expression=(tag("sex") == "female").node))
    facts = facts_of([attribute("sex", title="Sex"), one])
    assert 'Formula: tag("sex") == "female"' in " ".join(Page(show(facts)).text.split())


def test_small_groups_are_withheld_and_cannot_be_computed():
    one = TagProfile(
        "t", Type.TEXT, 1000, 995, labels=("a", "b", "c", "d", "…"), counts=(700, 280, 12, 3, 0, 5)
    )
    found = spread_of(one, 10, ("a", "b", "c", "d"), "others")
    assert [cell.text for cell in found.cells] == ["70.0 %", "28.0 %", "•", "•"]
    assert found.coverage == "•"  # 5 are missing
    open_text = spread_of(one, 10, (), "others")
    assert "d" not in [cell.label for cell in open_text.cells]
    many = TagProfile("t", Type.TEXT, 1000, 1000, labels=("a", "b", "…"), counts=(500, 500, 0, 0))
    assert [cell.text for cell in spread_of(many, 10, (), "others").cells] == ["50.0 %", "50.0 %"]
    assert spread_of(many, 10, (), "others").coverage == "100 %"


def test_withheld_columns_of_a_histogram_are_stubs():
    one = TagProfile(
        "n", Type.INTEGER, 400, 400, labels=tuple("abcdefgh"), counts=(50,) * 8 + (0,),
        histogram=(200, 100, 93, 4, 3),
    )  # fmt: skip
    found = spread_of(one, 10, (), "others")
    assert found.words == "50.0 %, 25.0 %, •, •, •"
    assert (found.columns.count("M"), found.stubs.count("M")) == (2, 3)


def test_a_sample_stands_for_all_customers_when_groups_are_counted():
    one = TagProfile("t", Type.TEXT, 100_000, 100_000, labels=("a", "b", "…"), counts=(950, 50, 0, 0))
    assert [cell.text for cell in spread_of(one, 10, ("a", "b"), "others").cells] == ["95.0 %", "5.0 %"]


def test_one_sampled_customer_is_no_large_group():
    """In a bank of 1.2 million one sampled customer counts as twelve, and may be the only one."""
    labels, counts = ("a", "b", "rare", "…"), (60_000, 39_999, 1, 0, 0)
    one = TagProfile("t", Type.TEXT, 1_200_000, 1_200_000, labels=labels, counts=counts)
    assert "rare" not in [cell.label for cell in spread_of(one, 10, (), "others").cells]
    declared = {cell.label: cell.text for cell in spread_of(one, 10, ("a", "b", "rare"), "others").cells}
    assert declared["rare"] == "•"
    number = TagProfile(
        "n", Type.INTEGER, 1_200_000, 1_200_000, labels=("1", "2", "3"), counts=(60_000, 39_999, 1, 0)
    )
    assert [cell.text for cell in spread_of(number, 10, (), "others").cells] == ["60.0 %", "•", "•"]


def test_a_rare_value_that_is_not_declared_is_not_named():
    labels, counts = ("female", "male", "Zhang San 139", "…"), (600, 399, 1, 0, 0)
    one = TagProfile("t", Type.TEXT, 1000, 1000, labels=labels, counts=counts)
    cells = spread_of(one, 10, ("female", "male"), "others").cells
    assert [cell.label for cell in cells] == ["female", "male", "others"]
    assert cells[-1].text == "•"


@pytest.fixture(scope="module")
def built_facts(built_workspace):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(built_workspace))
        playbook = load_readable(built_workspace / "scheduled")
        rich = Segment("rich", tag("aum") > 5, title="Rich")
        with workspace.connect() as mart:
            store = MartStore(built_workspace / "var" / "mart")
            yield read_catalogue(mart, store, playbook.strategies.values(), [rich])


def test_a_real_build_is_told_whole(built_facts):
    assert set(built_facts.profile.tags) | set(built_facts.unavailable) == set(built_facts.catalogue)
    assert built_facts.drift is None
    assert built_facts.newest["txn"] <= built_facts.as_of
    assert {user.title for user in built_facts.users["deposit_balance"]} >= {"Large inflow lies idle", "Rich"}
    for language in ("en", "zh"):
        html = show(built_facts, language)
        assert len(html.encode()) < 1_500_000
        for row in re.findall(r"(\d+\.\d) %", html):
            # Of 400 customers fewer than 10 are under 2.5 %; a share next to one is never below it.
            assert float(row) == 0 or float(row) >= 2.5


@pytest.mark.browser
def test_the_search_box_filters_and_without_scripts_everything_is_there(built_facts, chromium, tmp_path):
    from playwright.sync_api import sync_playwright

    path = Path(tmp_path / "catalogue.html")
    path.write_text(show(built_facts, "zh"), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            problems = []
            page.on("console", lambda message: problems.append(message.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(path.as_uri())
            page.fill("#search", "deposit balance")
            seen = page.eval_on_selector_all("article", "all => all.filter(a => !a.hidden).map(a => a.id)")
            assert "deposit_balance" in seen
            assert "gender" not in seen
            assert page.inner_text("#found").startswith(str(len(seen)))
            page.fill("#search", "")
            assert page.locator("article:visible").count() == len(built_facts.catalogue)
            assert problems == []
            plain = browser.new_context(java_script_enabled=False).new_page()
            plain.goto(path.as_uri())
            assert not plain.is_visible("#search")
            assert plain.locator("article:visible").count() == len(built_facts.catalogue)
        finally:
            browser.close()
