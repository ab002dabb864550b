"""The tables and drawings of a simulation, and its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from journeykit.display import Table
from journeykit.i18n import in_language
from journeykit.segments.drawing import Bar
from journeykit.segments.intervals import Interval
from journeykit.strategies.nodes import CONTROL, END
from journeykit.strategies.simulation.drawing import Drawing, Link, draw_flow, draw_load
from journeykit.strategies.simulation.words import say, say_reason
from journeykit.strategies.telling import Teller

if TYPE_CHECKING:
    from journeykit.strategies.simulation.result import Simulation

_WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": tuple("一二三四五六日")}
_MOST = 10


def headline(found: Simulation, language: str) -> Table:
    """The main figures with their bands."""
    strategy = found.strategy
    title = say(
        "title", language, days=found.days, first=found.first_day,
        strategy=in_language(language, strategy.title, strategy.title_zh) or strategy.name,
    )  # fmt: skip
    rows = [
        (say(words, language), round(band.value), _band(band))
        for words, band in (
            *((name, in_all(found, "entered", name)) for name in ("treatment", "control")),
            ("contacts", in_all(found, "contact", "all")),
            *((f"goal.{arm}", in_all(found, "goal", arm)) for arm in ("treatment", "control")),
            ("cost", found.cost),
        )
    ]
    rows.insert(0, (say("entered", language), round(_sum(found, "entered")), ""))
    return Table(title, tuple(say(name, language) for name in ("figure", "expected", "band")), tuple(rows))


def nodes(found: Simulation, language: str) -> Table:
    """One row per node."""
    rows = []
    by_day, titles = _by_day(found, "standing"), found.titles(language)
    for name in found.trace.graph.ids:
        arrived, leads = in_all(found, "arrived", name), in_all(found, "lead", name)
        stood = by_day[by_day["name"] == name]["expected"].astype(float)
        if arrived.high or stood.any():
            rows.append(
                (titles[name], round(arrived.value), _band(arrived),
                 round(leads.value) if leads.high else None, _band(leads) if leads.high else None,
                 round(stood.max()) if len(stood) else 0, round(stood.iloc[-1]) if len(stood) else 0)
            )  # fmt: skip
    heads = ("node", "arrived", "band", "leads", "band", "most", "at_last")
    return Table(say("nodes", language), tuple(say(name, language) for name in heads), tuple(rows))


def channels(found: Simulation, language: str) -> Table:
    """One row per channel."""
    heads = ("leads", "band", "busiest", "peak", "band", "capacity")
    rows = tuple(
        (_channel(found, row["channel"], language), row["contacts"]["expected"], _range(row["contacts"]),
         row["busiest_day"], row["peak"]["expected"], _range(row["peak"]), row["capacity"])
        for row in _channels(found)
    )  # fmt: skip
    return Table(
        say("channels", language), (say("channel", language), *(say(name, language) for name in heads)), rows
    )


def managers(found: Simulation, language: str) -> Table:
    """Those with the fullest day."""
    heads = ("leads", "busiest", "peak", "capacity")
    tasks = _by_day(found, "task")
    rows = []
    for name, own in tasks.groupby("name"):
        peak = _fullest(own)
        capacity = None if pd.isna(peak["capacity"]) else int(peak["capacity"])
        full = Bar(min(peak["expected"] / capacity, 1) if capacity else None)
        contacts_in_all, at_peak = round(own["expected"].sum(), 1), round(peak["expected"], 1)
        rows.append((name, contacts_in_all, _contact_day(found, peak["day"]), at_peak, capacity, full))
    rows.sort(key=lambda row: (-row[3], row[0]))
    heads_said = tuple(say(name, language) for name in ("manager", *heads, "share"))
    return Table(say("managers", language), heads_said, tuple(rows[:_MOST]))


def drops(found: Simulation, language: str) -> Table:
    """Why people are not contacted, the most frequent first; and how many of a reason only had to queue."""
    queued = _whole(found, "queued").set_index("name")["expected"].to_dict()
    names = {*queued, *_whole(found, "drop")["name"]}
    known = {name: in_all(found, "drop", name) for name in names}
    rows = tuple(
        (say_reason(name, language), round(known[name].value), _band(known[name]),
         round(queued[name]) if name in queued else None)
        for name in sorted(names, key=lambda name: (-known[name].value, name))
    )  # fmt: skip
    heads = ("why", "people", "band", "queued")
    return Table(say("drops", language), tuple(say(name, language) for name in heads), rows)


def leavings(found: Simulation, language: str) -> Table:
    """Why people leave, the most frequent first."""
    figures = _whole(found, "left").sort_values(["expected", "name"], ascending=[False, True])
    rows = tuple(
        (say(f"left.{row['name']}", language), round(row["expected"]), _band(_interval(row)))
        for _, row in figures.iterrows()
        if row["high"]
    )
    heads = ("why", "people", "band")
    return Table(say("left", language), tuple(say(name, language) for name in heads), rows)


def conflicts(found: Simulation, language: str) -> Table:
    """One row per live strategy."""
    heads = ("both", "same_day", "ours", "theirs")
    rows = tuple(
        (in_language(language, one.title, one.title_zh) or one.strategy,
         one.both, one.same_day, one.ours, one.theirs)
        for one in found.conflicts
    )  # fmt: skip
    return Table(
        say("rivals", language), (say("strategy", language), *(say(name, language) for name in heads)), rows
    )


def flow(found: Simulation, language: str) -> Drawing:
    """Where people go."""
    names = {".enter": say("chart.enter", language)} | found.titles(language)
    links = [
        Link(row.origin or ".enter", row.target, row.people, quiet=row.way == -1 or row.target == CONTROL)
        for row in cast("Any", found.flows.itertuples())
    ]
    order = [".enter", *(node for node in names if node not in (".enter", END, CONTROL)), CONTROL, END]
    return draw_flow(say("flow", language), {name: names[name] for name in order}, links)


def load(found: Simulation, language: str) -> Drawing:
    """Contacts of each channel on each day."""
    days = [day.contact_date for day in found.trace.days]
    names = _WEEKDAYS[language]
    by_day = _by_day(found, "message")
    rows = []
    for name, own in by_day.groupby("name"):
        capacity = own["capacity"].iloc[0]
        rows.append(
            (
                _channel(found, str(name), language),
                own["expected"].astype(float).tolist(),
                None if pd.isna(capacity) else int(capacity),
            )
        )
    return draw_load(say("load", language), [(f"{day:%m-%d}", names[day.weekday()]) for day in days], rows)


def summary(found: Simulation, language: str) -> dict[str, Any]:
    """The main figures as plain values; codes where there is no language."""
    titles = found.titles(language) if language else {}
    channels_found = [
        one | {"channel": _channel(found, one["channel"], language)} if language else one
        for one in _channels(found)
    ]
    return {
        "strategy": found.strategy.name,
        "as_of": found.first_day.isoformat(),
        "days": found.days,
        "entered": round(_sum(found, "entered")),
        "control": round(in_all(found, "entered", "control").value),
        "contacts": _plain(in_all(found, "contact", "all")),
        "goals": _plain(in_all(found, "goal", "treatment")),
        "goals_control": _plain(in_all(found, "goal", "control")),
        "cost": _plain(found.cost, 2),
        "nodes": {
            titles.get(row["name"], row["name"]): _plain(_interval(row))
            for _, row in _whole(found, "arrived").iterrows()
        },
        "channels": channels_found,
        "drops": _by_reason(found, "drop", language),
        "queued": _by_reason(found, "queued", language),
        "conflicts": [vars(one) for one in found.conflicts],
        "assumptions": [one.say(language) if language else vars(one) for one in found.assumptions],
    }


def in_all(found: Simulation, kind: str, name: str) -> Interval:
    """One figure over the whole time; zero where nobody was counted."""
    rows = _whole(found, kind)
    rows = rows[rows["name"] == name]
    return _interval(rows.iloc[0]) if len(rows) else Interval(0.0, 0.0, 0.0)


def _channels(found: Simulation) -> list[dict[str, Any]]:
    rows = []
    for name, own in _by_day(found, "message").groupby("name"):
        peak = _fullest(own)
        capacity = peak["capacity"]
        rows.append(
            {
                "channel": str(name),
                "contacts": _plain(in_all(found, "message", str(name))),
                "busiest_day": _contact_day(found, peak["day"]).isoformat(),
                "peak": _plain(_interval(peak)),
                "capacity": None if pd.isna(capacity) else int(capacity),
            }
        )
    return rows


def _channel(found: Simulation, name: str, language: str) -> str:
    """What a channel is called at the beginning of a row."""
    told = Teller.of(language, offers=found.offers).named(name)
    return told[:1].upper() + told[1:]


def _fullest(figures: pd.DataFrame) -> Any:
    """The row of the day on which most is expected."""
    return figures.sort_values("expected", ascending=False, kind="stable").iloc[0]


def _by_reason(found: Simulation, kind: str, language: str) -> dict[str, int]:
    return {
        say_reason(row["name"], language) if language else row["name"]: round(row["expected"])
        for _, row in _whole(found, kind).iterrows()
    }


def _by_day(found: Simulation, kind: str) -> pd.DataFrame:
    return found.figures[(found.figures["kind"] == kind) & found.figures["day"].notna()]


def _whole(found: Simulation, kind: str) -> pd.DataFrame:
    return found.figures[(found.figures["kind"] == kind) & found.figures["day"].isna()]


def _sum(found: Simulation, kind: str) -> float:
    return float(_whole(found, kind)["expected"].sum())


def _contact_day(found: Simulation, as_of: Any) -> Any:
    return next(day.contact_date for day in found.trace.days if day.as_of == as_of)


def _interval(row: Any) -> Interval:
    return Interval(float(row["expected"]), float(row["low"]), float(row["high"]))


def _plain(band: Interval, places: int = 0) -> dict[str, float]:
    values = (round(one, places) if places else round(one) for one in (band.value, band.low, band.high))
    return dict(zip(("expected", "low", "high"), values, strict=True))


def _band(band: Interval) -> str:
    return f"{band.low:,.0f} – {band.high:,.0f}"


def _range(band: dict[str, float]) -> str:
    return f"{band['low']:,.0f} – {band['high']:,.0f}"
