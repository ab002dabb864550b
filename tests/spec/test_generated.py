"""Generated expressions over generated people: the engine and the oracle find the same ids."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit.expressions import as_of, case, date_part, days_between, did, read_node, tag

AS_OF = date(2024, 3, 1)
ORDER = ("==", "!=", "<", "<=", ">", ">=")
SETTINGS = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}

money = st.sampled_from(
    [Decimal(n) for n in ("-100", "-0.01", "0", "0.01", "0.1", "0.3", "33.33", "100", "999.99")]
)
parts = st.sampled_from([Decimal(n) for n in ("0", "0.000001", "0.333333", "0.5", "1")])
whole = st.integers(-3, 5)
text = st.sampled_from(["city", "City", "北京", "a'b", "x;--", "%", "_"])
days = st.one_of(
    st.sampled_from(
        [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2023, 2, 28), date(2023, 12, 31)]
    ),
    st.dates(date(2023, 1, 1), date(2024, 12, 31)),
)
moments = st.one_of(
    st.builds(
        lambda ago, second: datetime(2024, 3, 1) - timedelta(days=ago) + timedelta(seconds=second),
        st.integers(-2, 6),
        st.sampled_from([0, 0.000001, 1, 43_200, 86_399, 86_399.999999]),
    ),
    st.datetimes(datetime(2023, 1, 1), datetime(2024, 12, 31)),
)


def maybe(values):
    return st.one_of(st.none(), values)


def ordered(operands):
    return st.builds(
        lambda op, a, b: getattr(a, {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__",
                                     ">": "__gt__", ">=": "__ge__"}[op])(b),
        st.sampled_from(ORDER), *operands,
    )  # fmt: skip


def numbers(depth):
    leaf = st.sampled_from([tag(name) for name in ("aum", "paid", "rate", "logins")])
    between = st.builds(
        days_between, *[st.one_of(st.sampled_from([tag("since"), tag("seen"), as_of()]), days)] * 2
    )
    part = st.builds(
        date_part,
        st.sampled_from(["year", "month", "day", "weekday"]),
        st.sampled_from([tag("since"), as_of()]),
    )
    hour = st.just(date_part("hour", tag("seen")))
    if depth == 0:
        return st.one_of(leaf, leaf, between, part, hour)
    below, constant = numbers(depth - 1), st.one_of(whole, money)
    return st.one_of(
        leaf,
        st.builds(lambda a, b: a + b, below, st.one_of(below, constant)),
        st.builds(lambda a, b: b - a, below, st.one_of(below, constant)),
        st.builds(lambda a, b: a * b, below, st.one_of(below, constant)),
        st.builds(lambda a, b: a / b, below, st.one_of(below, constant)),
        st.builds(lambda a, b: a.fill(b), below, constant),
        st.builds(
            lambda c, a, b: case((c, a), otherwise=b), conditions(0), below, maybe(st.one_of(below, constant))
        ),
    )


def behaviour():
    def build(action, filters, op, times, within):
        expression = getattr(did(action, **filters), op)(times)
        return expression if within is None else expression.within(days=within)

    filters = st.fixed_dictionaries(
        {},
        optional={"object": st.sampled_from(["wealth", "loan"]), "channel": st.sampled_from(["app", "web"])},
    )
    return st.builds(
        build, st.sampled_from(["view", "login"]), filters,
        st.sampled_from(["at_least", "at_most", "exactly"]), st.integers(0, 3), maybe(st.integers(1, 5)),
    )  # fmt: skip


def conditions(depth):
    constant = st.one_of(whole, money)
    number = numbers(min(depth, 2))
    leaf = st.one_of(
        st.just(tag("vip")),
        ordered((number, st.one_of(number, constant))),
        ordered((st.just(tag("city")), text)),
        ordered((st.just(tag("since")), st.one_of(days, st.just(as_of())))),
        ordered((st.just(tag("seen")), moments)),
        behaviour(),
        st.builds(lambda a, b: a.isin(b), number, st.lists(constant, max_size=3)),
        st.builds(lambda b: tag("city").isin(b), st.lists(text, max_size=3)),
        st.builds(lambda a, b, c: a.between(b, c), number, st.one_of(number, constant), constant),
        st.builds(lambda a: a.is_missing(), st.one_of(number, st.sampled_from([tag("city"), tag("since")]))),
    )
    if depth == 0:
        return leaf
    below = conditions(depth - 1)
    return st.one_of(
        leaf,
        st.builds(lambda a, b: a & b, below, below),
        st.builds(lambda a, b: a | b, below, below),
        st.builds(lambda a: ~a, below),
        st.builds(lambda a, b: a == b, below, below),
        st.builds(lambda a, b, c: case((a, b), otherwise=c), below, below, maybe(below)),
    )


def people(rows):
    person, _ = rows
    tags = st.fixed_dictionaries(
        {"aum": maybe(money), "paid": maybe(money), "rate": maybe(parts), "logins": maybe(whole),
         "city": maybe(text), "vip": st.booleans(), "since": maybe(days), "seen": maybe(moments)}
    )  # fmt: skip
    return st.lists(tags, max_size=8).map(lambda all_: [person(f"p{i}", **one) for i, one in enumerate(all_)])


def events(rows):
    _, event = rows
    return st.lists(
        st.builds(
            event, st.sampled_from(["p0", "p1", "p2", "gone"]), moments, st.sampled_from(["view", "login"]),
            object=maybe(st.sampled_from(["wealth", "loan"])), channel=st.sampled_from(["app", "web"]),
        ),
        max_size=12,
    )  # fmt: skip


@given(st.data())
@settings(max_examples=120, **SETTINGS)
def test_engine_and_oracle_agree(world, rows, data):
    world.fill(data.draw(people(rows)), data.draw(events(rows)))
    for expression in data.draw(st.lists(conditions(2), min_size=4, max_size=4)):
        inside, outside = world.ids(expression, AS_OF), world.ids(~expression, AS_OF)
        assert len(inside + outside) == 2 * len(world.people)


@given(conditions(3))
@settings(max_examples=150, **SETTINGS)
def test_json_is_lossless(expression):
    json = expression.node.model_dump(mode="json")
    assert read_node(json) == expression.node
    assert hash(read_node(json)) == hash(expression.node)


@given(conditions(3))
@settings(max_examples=150, **SETTINGS)
def test_repr_is_the_python_that_makes_it(expression):
    names = {
        "tag": tag,
        "did": did,
        "as_of": as_of,
        "case": case,
        "date_part": date_part,
        "days_between": days_between,
    }
    names |= {"Decimal": Decimal, "date": date, "datetime": datetime}
    assert eval(repr(expression), names).node == expression.node
