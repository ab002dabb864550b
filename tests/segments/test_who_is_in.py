"""Who is in a combined segment is what sets of ids, pandas and hashlib say; on a bank of four hundred."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import journeykit as jk
from journeykit.cli import app
from journeykit.errors import DataError, DefinitionError
from journeykit.expressions import did, tag
from journeykit.segments import Lists, Segment, check_lists, in_list, save_list

DAY = "2026-05-29"


@pytest.fixture(scope="module")
def workspace(built_workspace, tmp_path_factory):
    root = tmp_path_factory.mktemp("who") / "workspace"
    shutil.copytree(built_workspace, root)
    return root


@pytest.fixture(autouse=True)
def _here(workspace, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_WORKSPACE", str(workspace))


@pytest.fixture(scope="module")
def mart(workspace):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYKIT_WORKSPACE", str(workspace))
        with jk.connect(as_of=DAY) as mart:
            yield mart


@pytest.fixture(scope="module")
def frame(mart):
    return mart.frame(mart.everyone, ["aum", "age", "txn_count_90d"]).set_index("customer_id")


@pytest.fixture(scope="module")
def sets(mart):
    ids = {name: set(mart.ids(one)) for name, one in BASE.items()}
    return {**ids, "everyone": set(mart.ids(mart.everyone))}


BASE = {
    "rich": Segment("rich", tag("aum") >= 50_000),
    "young": Segment("young", tag("age") < 40),
    "missing": Segment("missing", tag("age").is_missing()),
    "lookers": Segment("lookers", did("view").within(days=30)),
    "nobody": Segment("nobody", tag("aum") < -1),
}
trees = st.recursive(
    st.sampled_from(sorted(BASE)),
    lambda inner: st.one_of(
        st.tuples(st.just("~"), inner),
        st.tuples(st.sampled_from("&|-"), inner, inner),
    ),
    max_leaves=6,
)


def combine(tree, leaves, complement):
    """The tree over leaves that have the operators."""
    if isinstance(tree, str):
        return leaves[tree]
    parts = [combine(part, leaves, complement) for part in tree[1:]]
    if tree[0] == "~":
        return complement(parts[0])
    left, right = parts
    return {"&": lambda: left & right, "|": lambda: left | right, "-": lambda: left - right}[tree[0]]()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees)
def test_set_operations_are_those_of_sets_of_ids(mart, sets, tree):
    segment = combine(tree, BASE, lambda one: ~one)
    expected = combine(tree, sets, lambda one: sets["everyone"] - one)
    assert mart.ids(segment) == sorted(expected)
    assert Segment.from_yaml(segment.to_yaml()) == segment


def test_bare_conditions_stand_on_either_side(mart, frame):
    expected = sorted(frame[(frame["aum"] >= 50_000) & (frame["age"] < 40).fillna(False)].index)
    assert mart.ids(BASE["rich"] & (tag("age") < 40)) == expected
    assert mart.ids((tag("age") < 40) & BASE["rich"]) == expected
    assert mart.ids(Segment("both", BASE["rich"] & BASE["young"])) == expected


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 1])
def test_samples_are_those_of_hashlib(mart, share):
    everyone = mart.ids(mart.everyone)

    def drawn(salt):
        hashes = {one: hashlib.md5(f"{salt}:{one}".encode()).hexdigest()[:8] for one in everyone}
        return [one for one in everyone if int(hashes[one], 16) < share * 2**32]

    whole = Segment("whole", tag("aum") >= 0)
    assert mart.ids(whole.sample(share, salt="pilot")) == drawn("pilot")
    assert mart.ids(whole.sample(share, salt="试点 '; --")) == drawn("试点 '; --")
    smaller = set(mart.ids(whole.sample(share / 2, salt="pilot")))
    assert smaller <= set(drawn("pilot"))


@pytest.mark.parametrize("lowest", [True, False])
@pytest.mark.parametrize("count", [1, 30, 10_000])
def test_tops_are_those_of_pandas(mart, frame, count, lowest):
    rich = frame.loc[mart.ids(BASE["rich"])].reset_index().dropna(subset=["age"])
    best = rich.sort_values(["age", "customer_id"], ascending=[lowest, True]).head(count)
    assert mart.ids(BASE["rich"].top(count, by=tag("age"), lowest=lowest)) == sorted(best["customer_id"])


def test_lists_freeze_exclude_and_are_checked(mart, workspace):
    rich = BASE["rich"]
    ids = mart.ids(rich)
    frozen = rich.freeze(mart, "rich_now")
    assert mart.ids(frozen) == ids
    save_list("do_not_call", [*ids[:5], "C9", "' OR 1=1 --", "=cmd|'/c calc'!A1"])
    named = Segment("do_not_call", jk.in_list("do_not_call"))
    assert mart.ids(rich - named) == mart.ids(rich - jk.in_list("do_not_call")) == ids[5:]
    assert mart.ids(named) == ids[:5]
    assert check_lists(mart).rows == (
        ("do_not_call", 8, 5, 3, ""), ("rich_now", len(ids), len(ids), 0, ""),
    )  # fmt: skip
    lists = Lists(workspace / "scheduled" / "lists")
    bad = lists.folder / "bad.csv"
    bad.write_text("customer_id\nC1\nC1\n", encoding="utf-8")
    found = check_lists(mart)
    bad.unlink()
    assert [row[:4] for row in found.rows[1:]] == [row[:4] for row in check_lists(mart).rows]
    assert found.rows[0][:4] == ("bad", None, None, None)
    assert "line 3 is the same id as line 2" in found.rows[0][4]
    with pytest.raises(DefinitionError, match="other ids"):
        BASE["young"].freeze(mart, "rich_now")
    with pytest.raises(DefinitionError, match="no ids to save"):
        BASE["nobody"].freeze(mart, "nobody_now")
    assert lists.unknown("do_not_call", mart) == sorted(["C9", "' OR 1=1 --", "=cmd|'/c calc'!A1"])
    assert mart.count(~named) == mart.count(mart.everyone) - 5


def test_a_list_changed_since_stops_everything_that_means_the_old_one(workspace):
    save_list("vip", ["C1"])
    old = Segment("vip", in_list("vip"))
    old.save()
    with jk.connect(as_of=DAY) as mart:
        assert mart.count(old) == 0
        path = workspace / "scheduled" / "lists" / "vip.csv"
        path.unlink()
        save_list("vip", ["C1", "C2"])
        with pytest.raises(DefinitionError, match="'vip' has changed since"):
            mart.count(old)
    with jk.connect(as_of=DAY) as mart:
        for use in (mart.count, mart.ids, mart.frame):
            with pytest.raises(DefinitionError, match="'vip' has changed since"):
                use(old)
    assert "'vip' has changed since" in jk.record_members(DAY).refused["vip"]
    path.unlink()
    with jk.connect(as_of=DAY) as mart, pytest.raises(DefinitionError, match="Unknown list 'vip'"):
        mart.count(old)
    (workspace / "scheduled" / "segments" / "vip.yaml").unlink()


def test_the_commands_tell_the_same(workspace, monkeypatch):
    monkeypatch.chdir(workspace)

    def said(*words):
        done = CliRunner().invoke(app, ["segments", *words], env={"COLUMNS": "120"})
        assert (done.exit_code, done.stderr) == (0, ""), done.stderr
        return done.stdout

    BASE["rich"].save()
    changed = BASE["rich"] & BASE["young"]
    changed.model_copy(update={"name": "rich"}).save(author="Li Na", reason="young ones only")
    assert json.loads(said("record", "--as-of", DAY, "--json"))["segments"][0]["segment"] == "rich"
    (listed,) = json.loads(said("list", "--json"))["segments"]
    assert (listed["name"], listed["author"], listed["recorded"]) == ("rich", "Li Na", DAY)
    with jk.connect(as_of=DAY) as mart:
        assert listed["size"] == mart.count(changed)
    assert json.loads(said("show", "rich", "--json"))["where"] == changed.model_dump(mode="json")["where"]
    shown = said("show", "rich")
    assert shown.index("“Assets under management” is at least 50,000 yuan") < shown.index(
        'tag("aum") >= 50000'
    )
    toml = workspace / "journeykit.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace('language = "en"', 'language = "zh"'), encoding="utf-8")
    assert "不低于 50,000 元" in said("show", "rich")
    toml.write_text(text, encoding="utf-8")
    assert [one["author"] for one in json.loads(said("history", "rich", "--json"))["versions"]] == [
        "",
        "Li Na",
    ]
    assert json.loads(said("members", "rich", "--json"))["days"][0]["day"] == DAY
    for words in (
        ["list"],
        ["show", "rich"],
        ["history", "rich"],
        ["members", "rich"],
        ["record", "--as-of", DAY],
    ):
        assert "rich" in said(*words)
    for words in (["show", "rihc"], ["history", "rihc"], ["members", "rihc"]):
        done = CliRunner().invoke(app, ["segments", *words])
        assert (done.exit_code, done.stdout) == (1, "")
        assert "Did you mean 'rich'" in done.stderr


def test_a_day_is_recorded_once_its_tags_are_built(workspace):
    with pytest.raises(DataError, match="2026-05-28"):
        jk.record_members("2026-05-28")
