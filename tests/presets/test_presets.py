"""Presets can be found, read in both languages, and made one's own; the scheduled ones are these."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import journeykit as jk
from journeykit.errors import DefinitionError, UnknownNameError
from journeykit.expressions import tag
from journeykit.preset import presets
from journeykit.preset.offers import OFFERS
from journeykit.segments import Segment
from journeykit.strategies.checking import check_strategy
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.offers import Offer
from journeykit.strategies.playbook import Playbook, load_readable
from journeykit.tags import LIBRARY, Catalogue
from journeykit.workspace import EXAMPLES

SCHEDULED = Path(__file__).resolve().parents[2] / "scheduled"
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")
ASKED_FOR = {
    "acquire": ("referral", "follower_to_customer", "payroll_company", "whole_village_credit"),
    "activate": (
        "first_wealth_purchase", "dormant_card", "app_first_login", "unused_credit", "merchant_collection",
        "homecoming", "new_year_opening",
    ),
    "retain": (
        "deposit_maturing", "large_outflow", "aum_decline", "silver_haired_service", "loan_repaid",
        "complaint_recovery", "birthday", "subsidy_paid_in",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_readable(SCHEDULED)


def test_there_are_presets_for_every_stage() -> None:
    assert len(list(jk.presets)) >= 15
    for stage, names in ASKED_FOR.items():
        assert {jk.presets[name].stage for name in names} == {stage}


def test_no_two_have_the_same_shape() -> None:
    shapes = {tuple(node.kind for node in presets[name].strategy.nodes) for name in presets}
    assert len(shapes) >= 15


@pytest.mark.parametrize("name", presets)
def test_it_has_nothing_to_correct(name: str, playbook: Playbook) -> None:
    strategy = presets[name].strategy
    found = check_strategy(strategy, Catalogue(LIBRARY), playbook.offers, playbook.channels)
    # Whoever complains gets an answer: that one has no control group, of which the check warns.
    assert [one.node for one in found] == (["start"] if name == "complaint_recovery" else [])


@pytest.mark.parametrize("name", presets)
def test_it_is_told_in_both_languages(name: str) -> None:
    preset = presets[name]
    english, chinese = (str(preset.explain(language)) for language in ("en", "zh"))
    assert preset.expected in english
    assert preset.watch in english
    assert preset.expected_zh in chinese
    assert preset.watch_zh in chinese
    assert not CHINESE.search(english)
    assert not ENGLISH.search(chinese)
    assert all(CHINESE.search(line) for line in chinese.splitlines())
    assert "assumption" in preset.expected
    assert "假设" in preset.expected_zh
    for node in preset.strategy.actions:
        assert bool(getattr(node, "script", "")) == bool(getattr(node, "script_zh", ""))
    assert repr(preset) == english
    assert preset.title in preset._repr_html_()


@pytest.mark.parametrize("name", presets)
def test_it_survives_being_written(name: str) -> None:
    strategy = presets[name].strategy
    text = strategy.to_yaml()
    assert Strategy.from_yaml(text) == strategy
    assert Strategy.from_yaml(text).to_yaml() == text


def test_what_is_scheduled_is_what_the_presets_say(playbook: Playbook) -> None:
    assert len(playbook.strategies) == 7
    for name, strategy in playbook.strategies.items():
        assert strategy == presets[name].strategy
        written = (SCHEDULED / "strategies" / f"{name}.yaml").read_text(encoding="utf-8")
        assert written == strategy.to_yaml()
    assert dict(playbook.offers) == OFFERS


def test_every_offer_is_used_and_a_new_workspace_has_the_channels() -> None:
    assert {offer.name for name in presets for offer in presets[name].offers} == set(OFFERS)
    used = {node.channel for name in presets for node in presets[name].strategy.actions}
    for folder in (SCHEDULED, EXAMPLES / "empty" / "scheduled"):
        assert used <= set(load_readable(folder).channels)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("maturing", {"wealth_maturing", "deposit_maturing"}),
        ("deposit maturing", {"deposit_maturing"}),
        ("到期", {"wealth_maturing", "deposit_maturing"}),
        ("存款到期", {"deposit_maturing"}),
        ("Complaint", {"complaint_recovery"}),
        ("银发客户", {"silver_haired_service"}),
        ("wages", {"payroll_company"}),
        ("deposits maturing", {"deposit_maturing"}),
        ("birthday", {"birthday"}),
        ("churn", {"large_outflow", "aum_decline", "dormant_customer", "dormant_card"}),
        ("老年客户", {"silver_haired_service"}),
        ("elderly", {"silver_haired_service"}),
        ("返乡", {"homecoming"}),
        ("春节", {"homecoming"}),
        ("Spring Festival", {"homecoming"}),
        ("开门红", {"new_year_opening"}),
        ("养老金", {"subsidy_paid_in"}),
        ("社保卡", {"subsidy_paid_in"}),
        ("惠农补贴", {"subsidy_paid_in"}),
        ("pension", {"subsidy_paid_in"}),
        ("整村授信", {"whole_village_credit"}),
        ("农户", {"whole_village_credit", "subsidy_paid_in"}),
        ("seniors", {"silver_haired_service"}),
        ("old people", {"silver_haired_service"}),
        ("farmers", {"whole_village_credit", "subsidy_paid_in"}),
        ("流失", {"large_outflow", "aum_decline", "dormant_customer"}),
    ],
)
def test_the_best_match_comes_first(words: str, first: set[str]) -> None:
    found = presets.search(words)
    assert set(found.names[: len(first)]) == first
    assert bool(CHINESE.search(repr(found))) == bool(CHINESE.search(words))


def test_what_people_look_for_is_found_under_the_words_of_presets() -> None:
    assert {"loan_interest", "loan_repaid", "unused_credit"} <= set(presets.search("贷款").names)


def test_a_channel_is_found_as_people_call_it() -> None:
    """Of those that text, every one; of no other."""
    texting = {
        name for name in presets if any(node.channel == "sms" for node in presets[name].strategy.actions)
    }
    for words in ("sms", "短信"):
        assert texting <= set(presets.search(words).names)
    assert set(presets.search("sms").names) == texting


def test_words_that_most_presets_use_find_nothing_beside_rarer_ones() -> None:
    assert len(presets.search("老年客户")) < len(presets.search("客户"))
    assert len(presets.search("客户")) > len(presets) / 2


def test_an_offer_is_found_by_its_name() -> None:
    offering = {name for name in presets if any(one.name == "W-30D" for one in presets[name].offers)}
    assert set(presets.search("W-30D").names) == offering


def test_a_word_is_not_found_inside_another_one() -> None:
    assert len(presets.search("ear")) == 0
    for letter in ("w", "a", "1"):
        assert len(presets.search(letter)) == 0
    with pytest.raises(DefinitionError, match="found by words"):
        presets.search(None)


def test_nothing_found_and_nothing_known_say_what_to_do() -> None:
    assert len(presets.search("zzz")) == 0
    assert "jk.presets" in repr(presets.search("zzz"))
    with pytest.raises(UnknownNameError, match="Did you mean 'deposit_maturing'"):
        presets["deposit_maturin"]
    assert "deposit_maturing" in presets._ipython_key_completions_()


def test_adapting_changes_what_is_asked_for_and_nothing_else() -> None:
    preset = presets["deposit_maturing"]
    plan = preset.adapt(
        "mine", where=tag("lives_in_village"), control=0.25, within_days=40, offers={"D-1Y": "W-CASH"},
        owner="Village banking", title="Villages first",
        valid_from=date(2027, 1, 4), valid_to=date(2027, 2, 20),
    )  # fmt: skip
    assert (plan.name, plan.owner, plan.title) == ("mine", "Village banking", "Villages first")
    start = plan.starts[0]
    assert start.segment.conditions == (
        *preset.strategy.starts[0].segment.conditions, tag("lives_in_village").node,
    )  # fmt: skip
    assert str(start.control) == "0.25"
    assert (start.valid_from, start.valid_to) == (date(2027, 1, 4), date(2027, 2, 20))
    assert start.reentry == preset.strategy.starts[0].reentry
    assert plan.goal is not None
    assert preset.strategy.goal is not None
    assert (plan.goal.within_days, plan.goal.expression) == (40, preset.strategy.goal.expression)
    assert {node.offer for node in plan.actions} == {"W-CASH"}
    assert [node.ways for node in plan.nodes] == [node.ways for node in preset.strategy.nodes]
    assert preset == presets["deposit_maturing"]
    assert preset.adapt(preset.name) == preset.strategy
    told = [str(plan.explain(language)) for language in ("en", "zh")]
    assert "10,000 yuan or more mature within a month; “Lives in a village”: yes: those for whom" in told[0]
    assert "一个月内到期存款不低于1万元；“居住在村”：是：" in told[1]
    assert plan.title_zh == f"{preset.title_zh}（mine）", (
        "two strategies of one title are told apart by nobody"
    )
    narrowed = preset.adapt("mine", where=Segment("villages", tag("lives_in_village"), title="Villages"))
    assert "Villages" in narrowed.starts[0].segment.title


def test_what_cannot_be_adapted_says_why() -> None:
    preset = presets["deposit_maturing"]
    with pytest.raises(UnknownNameError, match="Unknown offer 'D-3Y'"):
        preset.adapt("mine", offers={"D-3Y": "D-1Y"})
    with pytest.raises(DefinitionError, match="controll"):
        preset.adapt("mine", controll=0.2)
    with pytest.raises(DefinitionError, match="control"):
        preset.adapt("mine", control=2)
    with pytest.raises(DefinitionError, match="offer: text is expected"):
        preset.adapt("mine", offers={"D-1Y": 7})
    with pytest.raises(DefinitionError, match=r"Write for example offers=\{'D-1Y':"):
        preset.adapt("mine", offers=["D-1Y"])
    with pytest.raises(UnknownNameError, match="Unknown offer '7'"):
        preset.adapt("mine", offers={7: "D-1Y"})
    with pytest.raises(DefinitionError, match="1 or more is expected"):
        preset.adapt("mine", within_days=0)
    with pytest.raises(DefinitionError, match="goal: keys and values are expected"):
        preset.adapt("mine", goal=tag("holds_wealth"), within_days=9)


def test_a_goal_of_ones_own_stays_with_the_days_that_are_given() -> None:
    own = Goal(tag("holds_wealth"), within_days=30)
    for days, counted in ((None, 30), (9, 9)):
        plan = presets["deposit_maturing"].adapt("mine", goal=own, within_days=days)
        assert plan.goal == Goal(own.expression, within_days=counted)
    assert presets["deposit_maturing"].adapt("mine", goal=None, within_days=9).goal is None


def test_offers_are_brought_but_never_replaced(tmp_path: Path) -> None:
    own = OFFERS["D-1Y"].model_copy(update={"title": "Ours"})
    (tmp_path / "D-1Y.yaml").write_text(own.model_dump_json(), encoding="utf-8")
    assert presets["deposit_maturing"].save_offers(tmp_path) == []
    (path,) = presets["loan_repaid"].save_offers(tmp_path)
    assert load_readable(tmp_path.parent).offers == {}
    assert Offer.model_validate_json((tmp_path / "D-1Y.yaml").read_text(encoding="utf-8")) == own
    assert path == tmp_path / "D-SAVE.yaml"


def test_service_sells_nothing() -> None:
    """Older customers and those who complained are called or met at the counter, and no product is named."""
    for name in ("silver_haired_service", "complaint_recovery", "birthday"):
        assert all(offer.risk_level is None for offer in presets[name].offers)
        assert all(offer.product_line not in ("wealth", "loan", "card") for offer in presets[name].offers)
    silver = presets["silver_haired_service"].strategy
    assert {node.channel for node in silver.actions} == {"outbound_call", "counter"}
    assert presets["complaint_recovery"].strategy.starts[0].control == 0


@pytest.mark.parametrize(("page", "language"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_readme_lists_them_as_they_are(page: str, language: str) -> None:
    text = (SCHEDULED.parent / page).read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)`.*\| (.*) \|$", text, re.MULTILINE)
    told = [(name, getattr(presets[name], "about_zh" if language == "zh" else "about")) for name in presets]
    assert [row for row in listed if row[0] in presets] == told
