"""The commands of the tag catalogue and of models, on a new workspace with three customers."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from journeykit.cli import app
from journeykit.expressions import tag
from journeykit.segments import Segment
from journeykit.tags import LIBRARY, Formula, Tag

DAY, BEFORE = "2026-05-29", "2026-05-28"
AGE = {one.name: one for one in LIBRARY}["age"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of tags: the Friday's from its load, the Thursday's seen from it."""
    root = tmp_path_factory.mktemp("tags") / "bank"
    assert _run(root.parent, "init", "bank").exit_code == 0
    (root / "data").mkdir()
    (root / "data" / "customer.csv").write_text(
        "id,opened,sex\nC1,2020-01-02,F\nC2,2021-03-04,M\nC3,2026-05-29,F\n", encoding="utf-8"
    )
    assert _run(root, "mart", "load", "--as-of", DAY).exit_code == 0
    assert "journeykit run build_tags" in _refused(_run(root, "tags", "drift", "--as-of", DAY))
    days = _json(root, "tags", "backfill", "--from", BEFORE, "--to", DAY)["days"]
    assert [day["as_of"] for day in days] == [BEFORE, DAY]
    return root


def _run(folder: Path, *words: str) -> Result:
    with chdir(folder):
        done = CliRunner().invoke(app, list(words), env={"COLUMNS": "120"}, prog_name="journeykit")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def _refused(done: Result) -> str:
    assert (done.exit_code, done.stdout) == (1, ""), done.stdout + done.stderr
    assert done.stderr.startswith("Error: ")
    return done.stderr


def _json(root: Path, *words: str) -> Any:
    done = _run(root, *words, "--json")
    assert (done.exit_code, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def _table(root: Path, *words: str) -> str:
    done = _run(root, *words)
    assert (done.exit_code, done.stderr) == (0, ""), done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 120
    return done.stdout


def test_a_tag_is_shown_with_its_meaning_in_both_languages(root):
    shown = _table(root, "tags", "show", "age")
    assert shown.startswith(f"{AGE.title} {AGE.title_zh}\n")
    assert "birth_date" in shown
    assert Tag.model_validate(_json(root, "tags", "show", "age")) == AGE


def test_tags_are_listed_by_family_and_found_by_words_in_both_languages(root):
    families = {one["name"]: one["family"] for one in _json(root, "tags", "list")["tags"]}
    assets = [one["name"] for one in _json(root, "tags", "list", "--family", "assets")["tags"]]
    assert sorted(assets) == sorted(name for name, family in families.items() if family == "assets")
    for text in ("assets under management", "管理资产"):
        assert _json(root, "tags", "search", text)["tags"][0]["name"] == "aum"
    assert "aum" in _table(root, "tags", "search", "管理资产")
    assert _json(root, "tags", "search", "no such words")["tags"] == []


def test_a_plan_lists_steps_and_what_is_missing(root):
    plan = _json(root, "tags", "plan", "--as-of", DAY)
    assert plan["steps"][0]["step"] == "customer"
    assert plan["unavailable"]["age"] == "customer.birth_date"
    assert "customer" in _table(root, "tags", "plan", "--as-of", DAY)


def test_a_backfill_tells_each_day_its_load_and_keeps_what_is_built(root):
    before, day = _json(root, "tags", "backfill", "--from", BEFORE, "--to", DAY)["days"]
    assert (before["kept"], day["kept"]) == (True, True)
    assert (before["customers"], day["customers"]) == (2, 3)
    assert (before["from_load"], day["from_load"]) == (f"of {DAY}", "its own")
    assert f"known only as it is on {DAY}" in before["why"]
    assert "Tags of 2 working days: 0 built, 2 kept" in _table(
        root, "tags", "backfill", "--from", BEFORE, "--to", DAY
    )


def test_drift_is_told_against_the_day_before(root):
    drift = _json(root, "tags", "drift", "--as-of", DAY)
    assert (drift["as_of"], drift["previous"]) == (DAY, BEFORE)
    assert "gender" in drift["regained"], "the day before cannot know it"
    assert drift["added"] == []
    assert set(drift["indices"]) | set(drift["regained"]) <= {one.name for one in LIBRARY}
    whole = _table(root, "tags", "drift", "--as-of", DAY, "--all")
    assert f"from {BEFORE} to {DAY}" in whole
    assert "could not be built then" in whole
    assert all(name in whole for name in drift["indices"])
    assert len(_table(root, "tags", "drift", "--as-of", DAY).splitlines()) <= 3 + 20


def test_uses_name_columns_tags_and_strategies(root):
    (root / "scheduled" / "segments").mkdir(exist_ok=True)
    Segment("elders", tag("age") > 60, title="Elders").save(root / "scheduled" / "segments")
    uses = _json(root, "tags", "uses", "age")
    assert uses["reads"] == {"customer.birth_date": ["age"]}
    assert (uses["subjects"], uses["segments"], uses["strategies"]) == (["customer"], ["elders"], [])
    assert "elders" in _table(root, "tags", "uses", "age")


def test_a_changed_tag_that_a_segment_uses_is_reported_before_the_build(root):
    """A tag of the bank's own, built for two days and then defined otherwise."""
    tags, segments = root / "scheduled" / "tags", root / "scheduled" / "segments"
    tags.mkdir(exist_ok=True)
    segments.mkdir(exist_ok=True)
    years = Formula(expression=(tag("tenure_days") / 365).node)
    own = Tag(name="tenure_years", title="Years with us", type="rate", compute=years)
    own.save(tags)
    Segment("loyal", tag("tenure_years") > 5, title="Loyal").save(segments)
    assert _run(root, "tags", "backfill", "--from", BEFORE, "--to", BEFORE).exit_code == 0
    assert _json(root, "tags", "plan", "--as-of", DAY)["changed"] == {}
    changed = Formula(expression=(tag("tenure_days") / 360).node)
    own.model_copy(update={"compute": changed}).save(tags)
    assert _json(root, "tags", "plan", "--as-of", DAY)["changed"] == {"tenure_years": ["loyal"]}
    assert "Loyal" in _table(root, "tags", "plan", "--as-of", DAY)


def test_a_definition_changed_after_todays_build_is_reported_before_todays_next_build(root):
    """With one day built and none before it, too."""
    tags, segments = root / "scheduled" / "tags", root / "scheduled" / "segments"
    days = Formula(expression=(tag("tenure_days") / 30).node)
    own = Tag(name="tenure_months", title="Months with us", type="rate", compute=days)
    own.save(tags)
    Segment("settled", tag("tenure_months") > 50, title="Settled").save(segments)
    assert _run(root, "tags", "backfill", "--from", BEFORE, "--to", BEFORE).exit_code == 0
    assert _json(root, "tags", "plan", "--as-of", BEFORE)["changed"] == {}
    again = Formula(expression=(tag("tenure_days") / 31).node)
    own.model_copy(update={"compute": again}).save(tags)
    assert _json(root, "tags", "plan", "--as-of", BEFORE)["changed"] == {"tenure_months": ["settled"]}
    assert _run(root, "tags", "backfill", "--from", BEFORE, "--to", BEFORE).exit_code == 0
    assert _json(root, "tags", "plan", "--as-of", BEFORE)["changed"] == {}


def test_a_page_describes_every_tag(root):
    said = _table(root, "tags", "page", "pages/tags.html", "--language", "zh")
    assert said == "Wrote pages/tags.html\n"
    page = (root / "pages" / "tags.html").read_text(encoding="utf-8")
    assert all(one.title_zh in page for one in LIBRARY)
    assert DAY in page


def test_models_that_are_not_trained_are_listed_as_such(root):
    assert {row["model_id"] for row in _json(root, "models", "list")["models"]} <= {None}
    assert _table(root, "models", "list").splitlines()[0].endswith(" models")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("tags", "show", "agee"), "Did you mean 'age'? Search for one with: journeykit tags search WORD"),
        (("tags", "list", "--family", "asets"), "Did you mean 'assets'?"),
        (("tags", "uses", "agee"), "Did you mean 'age'?"),
        (("tags", "plan", "--as-of", "2026-05-20"), "journeykit mart load --as-of 2026-05-20"),
        (("tags", "drift", "--as-of", BEFORE), "journeykit tags backfill"),
        (
            ("tags", "backfill", "--from", DAY, "--to", "2026-06-01"),
            "journeykit mart load --as-of 2026-06-01",
        ),
        (("tags", "backfill", "--from", DAY, "--to", BEFORE), "no working day"),
        (("models", "card", "churn"), "journeykit run train_models"),
    ],
)
def test_a_mistake_is_one_message_with_the_next_step(root, words, says):
    assert says in _refused(_run(root, *words))
