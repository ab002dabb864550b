"""Random people over random days, for strategies to live through."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from journeykit.workdays import is_working_day
from tests.strategies.interpreter import COUNTRY
from tests.strategies.random_plans import Today

FIRST_DAYS = (date(2026, 2, 10), date(2026, 4, 28), date(2026, 9, 23), date(2026, 7, 1))
"""Before the Spring Festival, May Day and National Day with their make-up weekends, and plain weeks."""


@dataclass(frozen=True)
class Town:
    """People and what happens to them, day by day."""

    customers: tuple[str, ...]
    phones: frozenset[str]
    tokens: frozenset[str]
    days: tuple[Today, ...]


@st.composite
def towns(draw: st.DrawFn, *, states: bool = True, most: int = 40) -> Town:
    """Some people over one to three weeks, holidays and make-up weekends included; the last day is run."""
    first = draw(st.sampled_from(FIRST_DAYS)) + timedelta(days=draw(st.integers(0, 5)))
    length = draw(st.integers(2, 16))
    kinds = st.sampled_from(["run", "run", "run", "missed", "lost"])
    free = st.sampled_from(["lost", "lost", "run", "missed"])
    when = [first + timedelta(days=number) for number in range(length)]
    chosen = [draw(kinds if is_working_day(day, COUNTRY) else free) for day in when]
    chosen[0] = chosen[-1] = "run"
    others = ["paused", "ending", "live", "ended"] if states else ["live"]
    running = [draw(st.sampled_from(["live", "live", "live", *others])) for _ in when]
    live = _Life(random.Random(draw(st.integers(0, 2**16))), draw(st.integers(1, most)), first)
    found = tuple(live.day(*facts) for facts in zip(when, chosen, running, strict=True))
    return Town(tuple(live.customers), live.phones, live.tokens, found)


CHANGES = {
    "wanted": (0.3, 0.3), "bought": (0.02, 0.2), "gone": (0.02, 0.2), "keen": (0.3, 0.4), "ready": (0.2, 0.4),
}  # fmt: skip
"""How often on a day something becomes true that was not, and false that was."""


class _Life:
    """What people do by chance: they stay as they are for some days, and change now and then."""

    def __init__(self, chance: random.Random, count: int, first: date) -> None:
        self.chance = chance
        self.customers = [f"C{number:02d}" for number in range(count)]
        self.phones, self.tokens, self.allowed = (
            frozenset(who for who in self.customers if chance.random() < 0.8) for _ in range(3)
        )
        self.now = {who: self._newborn(first) for who in self.customers}
        self.views: list[tuple[str, date]] = []

    def _newborn(self, first: date) -> dict[str, Any]:
        facts: dict[str, Any] = {name: self.chance.random() < begins for name, (begins, _) in CHANGES.items()}
        facts["wanted"] = self.chance.random() < 0.8
        due = first + timedelta(days=self.chance.randint(-5, 20))
        return facts | {"due_on": due if self.chance.random() < 0.8 else None}

    def day(self, as_of: date, kind: Any, state: Any) -> Today:
        """One more day."""
        for facts in self.now.values():
            for name, (begins, ends) in CHANGES.items():
                if self.chance.random() < (ends if facts[name] else begins):
                    facts[name] = not facts[name]
        self.views += [(who, as_of) for who in self._some(0.1)]
        self.allowed ^= frozenset(self._some(0.05))
        away = self._some(0.04)
        return Today(
            as_of, kind, state,
            tags={who: dict(facts) for who, facts in self.now.items() if who not in away},
            views=tuple(self.views), allowed=self.allowed, spoken=frozenset(self._some(0.08)),
            again=self.chance.random() < 0.2,
        )  # fmt: skip

    def _some(self, share: float) -> list[str]:
        return [who for who in self.customers if self.chance.random() < share]
