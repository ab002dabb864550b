"""Misuse is met when a tag is defined, with one clear error; YAML keeps every tag."""

from __future__ import annotations

import re

import pytest
import yaml

from journeykit.errors import DefinitionError, JourneykitError, UnknownNameError
from journeykit.expressions import as_of, case, column, did, tag
from journeykit.tags import LIBRARY, Aggregate, Attribute, Catalogue, Formula, Ranking, Tag, load_catalogue
from journeykit.tags.catalogue import name_of


def make(name="mine", type_="integer", **compute):
    kind = Aggregate if "function" in compute and "column" not in compute else Attribute
    return Tag(name=name, title=name, type=type_, compute=kind(**compute))


def formula(name, expression, type_="integer", unit=""):
    return Tag(name=name, title=name, type=type_, unit=unit, compute=Formula(expression=expression))


MONEY = column("amount")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: make(subject="transaction", function="count"), "Unknown subject 'transaction'"),
        (lambda: make(subject="txn", function="sum", of=column("amout")), "Did you mean 'amount'"),
        (lambda: make(subject="txn", function="sum", of=column("kind")), "sum of text"),
        (lambda: make(subject="txn", function="sum", of=MONEY), "sum gives decimal, the tag says integer"),
        (lambda: make(subject="txn", function="sum"), "sum of what"),
        (lambda: make(subject="txn", function="count", of=MONEY), "Leave `of` out"),
        (lambda: make(subject="txn", function="count", where=MONEY), "must be a condition"),
        (lambda: make(subject="txn", function="count", where=MONEY > "a lot"), "compares decimal"),
        (lambda: make(subject="txn", function="days_since", of=MONEY), "days since decimal"),
        (lambda: make(subject="txn", function="count", where=tag("aum") > 5), "tag"),
        (lambda: make(subject="consent", function="count"), "never a tag"),
        (lambda: make(subject="contact_details", function="count"), "never a tag"),
        (lambda: make(subject="receipt", function="count"), "about leads"),
        (lambda: make(subject="product", function="count"), "belong to no customer"),
        (lambda: make(subject="txn", function="count", by="kind"), "belong to no customer"),
        (
            lambda: make(subject="balance", function="max", type_="decimal", of=MONEY, each="holding_id"),
            "`each` is",
        ),
        # One account may have several roles, so a balance does not lead to one row of holding.
        (
            lambda: make(subject="balance", function="count", where=column("role", of="holding") == "x"),
            "referenced by",
        ),
        (lambda: make(column="gendr"), "Did you mean 'gender'"),
        (lambda: make(column="branch_id"), "gives text"),
        (
            lambda: make(subject="product", column="name", type_="text"),
            "Unknown subject referenced by customer",
        ),
        (lambda: make(column="gender", function="years_since"), "Use a date"),
        (lambda: formula("mine", column("amount") + 1), "cannot read"),
        (lambda: formula("mine", did("login"), "boolean"), "cannot read"),
        (lambda: make(name="Mine", column="employees"), "cannot name a tag"),
        (lambda: make(name="search", column="employees"), "cannot name a tag"),
        (lambda: make(name="customer_id", column="employees"), "cannot name a tag"),
    ],
)
def test_a_wrong_definition_is_refused(wrong, said):
    with pytest.raises(JourneykitError, match=said):
        wrong()


def test_a_window_on_an_attribute_is_refused():
    text = make(column="employees").to_yaml() + "  within_days: 30\n"
    with pytest.raises(
        DefinitionError, match="An attribute is one value of the customer, so it has no within_days"
    ):
        Tag.from_yaml(text)


ANSWERS = (
    ({"of": "amount"}, r"(Aggregate|line 1): of: 'amount' is text\. Write of=column\('amount'\)"),
    (
        {"where": "amount > 5"},
        r"(Aggregate|line 1): where: 'amount > 5' is no expression\. Write one such",
    ),
    ({"where": 5}, "(Aggregate|line 1): where: 5 is no expression"),
    (
        {"of": {"node": "colum", "name": "amount"}},
        r"Unknown node 'colum'\. Did you mean 'column'\? All: value",
    ),
    ({"of": {"name": "amount"}}, "of: the key 'node' is missing"),
    ({"of": {"node": "column", "nam": "amount"}}, "of.column.nam: unknown key"),
    ({"function": "summ"}, r"Unknown function of Aggregate 'summ'\. Did you mean 'sum'"),
    ({"within_days": "month"}, "within_days: a whole number is expected"),
    ({"within_days": 0}, "within_days: 1 or more is expected"),
    ({"window": 30}, r"Aggregate has no window\. Write within_days=30"),
    ({"perdays": 30}, r"Unknown part of Aggregate 'perdays'\. Did you mean 'per_days'"),
)


@pytest.mark.parametrize(("parts", "said"), ANSWERS, ids=lambda one: str(one)[:30])
def test_a_slip_is_answered_in_words_from_python_and_from_yaml(parts, said):
    compute = {"subject": "txn", "function": "sum", **parts}
    text = yaml.safe_dump(
        {"name": "mine", "title": "Mine", "type": "decimal", "compute": {"kind": "aggregate", **compute}}
    )
    for wrong in (lambda: Aggregate(**compute), lambda: Tag.from_yaml(text)):
        with pytest.raises(DefinitionError, match=said) as caught:
            wrong()
        assert not any(word in str(caught.value) for word in ("Input", "discriminator", "pattern", "String"))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"type": "money"}, "type: Unknown type 'money'. Declared: boolean, date, decimal"),
        ({"type": "integr"}, "type: Unknown type 'integr'. Did you mean 'integer'?"),
        ({"sensitivity": "C5"}, "sensitivity: Unknown sensitivity 'C5'. Declared: C1, C2, C3"),
        ({"titel": "Mine"}, "Unknown part of Tag 'titel'. Did you mean 'title'?"),
        ({"name": 5}, "name: text is expected"),
        ({"values": "abc"}, "values: a list is expected"),
        ({"compute": "aum"}, "compute: keys and values are expected"),
        ({"compute": {"kind": "agregate"}}, "compute: Unknown kind 'agregate'. Did you mean 'aggregate'?"),
        ({"compute": {"kind": "attribute", "column": "employees", "window": 5}}, "so it has no window"),
        ({"compute": {"kind": "attribute", "column": "employees", "days": 5}}, "so it has no days"),
        ({"compute": {"kind": "score", "model": "My Model"}}, "model: lower-case letters, digits and _ are"),
        ({"compute": {"kind": "formula", "expression": "age"}}, "expression=tag('age') for a tag"),
        ({"compute": {"kind": "ranking", "tag": 5, "function": "rank"}}, "5 is no tag. Give a tag's name"),
    ],
    ids=lambda one: str(one)[:40],
)  # fmt: skip
def test_wrong_parts_of_a_tag_are_told_in_words(parts, said):
    whole = {"name": "mine", "title": "Mine", "type": "integer", **parts}
    whole.setdefault("compute", {"kind": "attribute", "column": "employees"})
    for wrong in (lambda: Tag(**whole), lambda: Tag.from_yaml(yaml.safe_dump(whole))):
        with pytest.raises(DefinitionError, match=re.escape(said)):
            wrong()


def test_an_expression_is_no_way_of_computing():
    with pytest.raises(DefinitionError, match=r"is an expression\. Write compute=jk\.Formula"):
        Tag(name="mine", title="Mine", type="integer", compute=tag("age") + 1)


@pytest.mark.parametrize(
    ("expression", "type_", "said"),
    [
        (tag("aum") + tag("txn_count_30d"), "decimal", "adds or subtracts yuan and times"),
        (tag("aum") > tag("age"), "boolean", "compares yuan and years"),
        (tag("aum") + tag("gender"), "decimal", "calculates with"),
        (tag("aumm") + 1, "decimal", "Did you mean 'aum'"),
        (tag("aum") > 5, "decimal", "gives boolean"),
    ],
)
def test_a_formula_must_fit_the_other_tags(expression, type_, said):
    with pytest.raises(DefinitionError, match=said):
        Catalogue((*LIBRARY, formula("mine", expression, type_)))


def test_a_cycle_is_printed_in_the_order_of_its_needs():
    tags = [
        formula("a", tag("b") + 1),
        formula("b", tag("c") + 1),
        formula("c", tag("a") + 1),
        formula("d", tag("a")),
    ]
    with pytest.raises(DefinitionError) as error:
        Catalogue(tags)
    assert any(
        f"{cycle}." in str(error.value) for cycle in ("a → b → c → a", "b → c → a → b", "c → a → b → c")
    )


def test_a_tag_of_itself_is_a_cycle():
    with pytest.raises(DefinitionError, match="a → a"):
        Catalogue([formula("a", tag("a") + 1)])


def test_two_tags_of_one_name_are_refused():
    with pytest.raises(DefinitionError, match="Two tags are called 'aum'"):
        Catalogue((*LIBRARY, Catalogue(LIBRARY).aum.tag))


@pytest.mark.parametrize("one", LIBRARY, ids=lambda one: one.name)
def test_yaml_keeps_every_tag(one):
    assert Tag.from_yaml(one.to_yaml()) == one


def test_the_workspace_adds_its_own_tags(tmp_path):
    mine = make(
        subject="txn", function="count", where=(MONEY > 100) & (column("kind") == "cash"), within_days=10
    )
    mine.save(tmp_path)
    tags = load_catalogue(tmp_path)
    assert tags["mine"].tag == mine.model_copy(update={"sensitivity": "C2"})
    assert len(tags) == len(LIBRARY) + 1
    assert load_catalogue(tmp_path / "none") == Catalogue(LIBRARY)


def test_a_file_must_be_named_after_its_tag_and_not_replace_the_library(tmp_path):
    path = make(column="employees").save(tmp_path)
    path.rename(tmp_path / "other.yaml")
    with pytest.raises(DefinitionError, match=r"Rename the file to mine\.yaml"):
        load_catalogue(tmp_path)
    (tmp_path / "other.yaml").unlink()
    (tmp_path / "aum.yaml").write_text(make(name="aum", column="employees").to_yaml(), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"aum\.yaml: the library already has.*delete the file"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (make(name="aum", column="employees"), "Not saved: the library already has a tag 'aum'"),
        (formula("mine", tag("aumm") + 1), "Not saved: Tag 'mine': Unknown tag 'aumm'. Did you mean 'aum'"),
        (formula("mine", tag("gender") + 1), "Not saved: Tag 'mine': .* calculates with"),
        (formula("mine", tag("aum") + tag("age")), "Not saved: Tag 'mine' adds or subtracts yuan and years"),
        (formula("mine", tag("mine") + 1), "Not saved: Tags need each other: mine → mine"),
    ],
)
def test_what_does_not_fit_is_not_saved(tmp_path, wrong, said):
    with pytest.raises(DefinitionError, match=said):
        wrong.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_saved_tag_may_be_saved_again_unless_others_then_do_not_fit(tmp_path):
    formula("first", tag("logins_30d") + 1).save(tmp_path)
    formula("second", tag("first") + 1).save(tmp_path)
    again = formula("first", tag("logins_30d") + 2)
    again.save(tmp_path)
    assert load_catalogue(tmp_path)["first"].tag.compute == again.compute
    with pytest.raises(DefinitionError, match=r"Not saved: .*second\.yaml: Tag 'second': .* calculates with"):
        formula("first", tag("gender"), "text").save(tmp_path)
    with pytest.raises(DefinitionError, match=r"Not saved: .*second\.yaml: Tags need each other: "):
        formula("first", tag("second") + 1).save(tmp_path)
    assert load_catalogue(tmp_path)["first"].tag.compute == again.compute


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (tag("aumm") + 1, "Unknown tag 'aumm'"),
        (tag("gender") + 1, "calculates with"),
        (tag("aum") + tag("age"), "adds or subtracts"),
        (tag("mine") + 1, "mine → mine"),
    ],
)
def test_a_file_that_does_not_fit_is_named(tmp_path, expression, said):
    (tmp_path / "mine.yaml").write_text(formula("mine", expression).to_yaml(), encoding="utf-8")
    with pytest.raises(DefinitionError, match=rf"mine\.yaml: .*{said}.*Correct or delete the file\."):
        load_catalogue(tmp_path)


def test_the_one_own_file_that_cannot_be_read_may_be_overwritten(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: [", encoding="utf-8")
    formula("mine", tag("logins_30d") + 1).save(tmp_path)
    assert "mine" in load_catalogue(tmp_path)


def test_a_name_or_a_handle_is_meant_the_same():
    tags = Catalogue(LIBRARY)
    by_name, by_handle, by_tag = (
        Ranking(tag=one, function="rank") for one in ("aum", tags.aum, tags.aum.tag)
    )
    assert by_name == by_handle == by_tag
    assert tags[tags.aum].tag == tags[tag("aum")].tag == tags["aum"].tag
    assert tags.aum in tags and name_of(tags.aum) == "aum"
    with pytest.raises(DefinitionError, match=r"is no tag.*jk\.Formula\(expression"):
        Ranking(tag=tags.aum * 2, function="rank")


@pytest.mark.parametrize(
    "where",
    [
        column("direction") == "OUT",
        ~(column("direction") != "OUT"),
        column("direction").isin(["in", "OUT"]),
        column("direction").fill("none") == "OUT",
    ],
)
def test_a_column_is_not_compared_with_a_value_it_cannot_have(where):
    with pytest.raises(
        UnknownNameError, match=r"'mine': Unknown value of .*'OUT'\. Declared: in, (none, )?out"
    ):
        make(subject="txn", function="count", where=where)


def test_values_that_a_column_can_have_are_let_through():
    filled = column("direction").fill("none") == "none"
    make(subject="txn", function="count", where=filled & (column("direction") == "out"))
    make(subject="txn", function="count", where=column("holding_id") == "anything")


@pytest.mark.parametrize("expression", [tag("gender") == "femal", tag("gender").isin(["femal"])])
def test_a_tag_is_not_compared_with_a_value_it_cannot_have(expression):
    with pytest.raises(UnknownNameError, match=r"Tag 'mine': Unknown value of .*Did you mean 'female'"):
        Catalogue((*LIBRARY, formula("mine", expression, "boolean")))
    ranking = Ranking(tag="aum", function="rank", where=expression)
    with pytest.raises(UnknownNameError, match="Did you mean 'female'"):
        Catalogue((*LIBRARY, Tag(name="mine", title="Mine", type="integer", compute=ranking)))


def test_declared_values_are_those_that_are_given():
    size = case((tag("aum") > 5, "large"), otherwise=case((tag("aum") > 1, "MID"), otherwise="small"))
    with pytest.raises(DefinitionError, match=r"'mine' may give 'MID'.*values: small, middle, large"):
        Tag(name="mine", title="Mine", type="text", values=("small", "middle", "large"),
            compute=Formula(expression=size))  # fmt: skip
    with pytest.raises(DefinitionError, match="'mine' may give 'female'"):
        Tag(name="mine", title="Mine", type="text", values=("F", "M"), compute=Attribute(column="gender"))


class TestCatalogue:
    tags = Catalogue(LIBRARY)

    def test_names_are_listed_completed_and_counted(self):
        assert list(self.tags) == [tag.name for tag in LIBRARY]
        assert "aum" in dir(self.tags) and "aum" in self.tags and len(self.tags) == len(LIBRARY)

    def test_a_handle_builds_expressions_and_shows_its_meaning(self):
        assert (self.tags.aum >= 5).node == (tag("aum") >= 5).node
        shown = self.tags["aum"]._repr_html_()
        assert "Assets under management" in shown and "管理资产" in shown and "Wealth management" in shown

    def test_an_unknown_name_says_the_nearest(self):
        with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
            _ = self.tags.aumm
        with pytest.raises(UnknownNameError, match="Did you mean 'aum'"):
            self.tags["aumm"]
        assert not hasattr(self.tags, "aumm") and self.tags.get("aumm") is None

    def test_search_finds_in_both_languages(self):
        assert {"wealth_views_14d", "wealth_views_30d"} <= {
            row[0] for row in self.tags.search("浏览 理财").rows
        }
        assert "payroll_in_30d" in {row[0] for row in self.tags.search("WAGES received").rows}
        assert self.tags.search("no such thing").rows == ()

    def test_those_called_so_are_found_before_those_that_tell_of_it(self):
        called = [row[0] for row in self.tags.search("deposit").rows]
        titles = [("deposit" in f"{name} {self.tags[name].title}".casefold()) for name in called]
        assert titles == sorted(titles, reverse=True)
        assert len(set(titles)) == 2

    def test_rows_hold_what_listings_show(self):
        row = next(row for row in self.tags.rows() if row["name"] == "aum")
        assert row["type"] == "decimal" and row["unit"] == "yuan" and row["family"] == "assets"
        assert list(self.tags.to_frame()["name"]) == list(self.tags)

    def test_formulas_come_after_what_they_use(self):
        names = [one.name for one in self.tags.in_order()]
        assert names.index("deposit_balance") < names.index("aum") < names.index("aum_band")

    def test_equal_tags_make_equal_catalogues(self):
        assert self.tags == Catalogue(LIBRARY) and hash(self.tags) == hash(Catalogue(LIBRARY))


def test_as_of_may_stand_in_a_formula():
    assert formula("mine", tag("since_day") == as_of(), "boolean").compute.kind == "formula"


@pytest.mark.parametrize(
    ("own", "source"),
    [
        (formula("mine", tag("payroll_in_30d") * 2, "decimal"), "payroll_in_30d"),
        (formula("mine", tag("age") + 1), "age"),
        (make(column="annual_income", type_="decimal"), "customer.annual_income"),
        (
            make(subject="customer", function="max", of=column("birth_date"), type_="date"),
            "customer.birth_date",
        ),
        (
            Tag(name="mine", title="Mine", type="rate", compute=Ranking(tag="age", function="quantile")),
            "age",
        ),
    ],
)
def test_a_tag_is_as_private_as_what_it_is_computed_from(own, source):
    assert Catalogue((*LIBRARY, own)).mine.tag.sensitivity == "C3"
    with pytest.raises(DefinitionError, match=f"'mine' is C2 and is computed from {source}, which is C3"):
        Catalogue((*LIBRARY, own.model_copy(update={"sensitivity": "C2"})))


def test_the_class_is_handed_on_and_is_c2_where_nothing_is_higher():
    on = formula("on", tag("mine") + 1)
    assert Catalogue((*LIBRARY, on, formula("mine", tag("age") + 1))).on.tag.sensitivity == "C3"
    assert Catalogue((*LIBRARY, on, formula("mine", tag("logins_30d") + 1))).on.tag.sensitivity == "C2"


def test_conditions_and_bands_may_be_less_private():
    band = case((tag("annual_income") > 100_000, "high"), otherwise="low")
    declared = Tag(
        name="mine", title="Mine", type="text", values=("high", "low"), sensitivity="C2",
        compute=Formula(expression=band),
    )  # fmt: skip
    paid = formula("mine", tag("payroll_in_30d") > 0, "boolean").model_copy(update={"sensitivity": "C1"})
    for own in (declared, paid):
        assert Catalogue((*LIBRARY, own)).mine.tag == own
    with pytest.raises(DefinitionError, match=r"computed from annual_income.*Leave sensitivity out"):
        Catalogue((*LIBRARY, declared.model_copy(update={"values": ()})))
