"""A day's rounds: whom no action of a chain can reach passes them all, and each is asked about once."""

from collections import Counter

import pytest

from journeykit.expressions import tag
from journeykit.routing.facts import gather_facts
from journeykit.routing.rounds import all_candidates, decide
from journeykit.segments import Segment
from journeykit.strategies.candidates import Wishes
from journeykit.strategies.engine import advance
from journeykit.strategies.graph import Goal, Strategy
from journeykit.strategies.people import People
from journeykit.strategies.playbook import Playbook
from journeykit.strategies.running import Running

LENGTH = 12


@pytest.fixture
def counted(monkeypatch) -> Counter:
    """How often each candidate is built."""
    built: Counter = Counter()
    candidates = Wishes.candidates

    def counting(self, people, codes):
        made = candidates(self, people, codes)
        built.update(zip(made["node"].to_pylist(), made["customer_id"].to_pylist(), strict=True))
        return made

    monkeypatch.setattr(Wishes, "candidates", counting)
    return built


def test_each_candidate_of_a_long_chain_is_built_once(bank, counted):
    plan = Strategy("chain", stage="retain", goal=Goal(tag("bought"), within_days=30))
    plan = plan.start(Segment("wanted", tag("wanted")))
    for _ in range(LENGTH):
        plan = plan.send("sms", offer="LOAN")
    with bank.mart([{"customer_id": f"C{n}"} for n in range(3)]) as mart:
        one = advance(mart, Running(plan, "v"), People.nobody("chain"))
        playbook = Playbook({}, bank.offers, bank.channels)
        facts = gather_facts(mart, bank.ledger, bank.vault, playbook, all_candidates([one]))
        counted.clear()
        decisions, (after,) = decide([one], facts)
    dropped = Counter(
        (row["node"], row["customer_id"]) for row in decisions.to_pylist() if row["reason"] == "no_consent"
    )
    assert len(dropped) == decisions.num_rows == 3 * LENGTH
    assert counted == dropped
    assert after.after["node"].to_pylist() == ["end"] * 3
