"""What is drawn becomes what the verbs make, under whatever ids and in whatever order it comes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings

from journeykit.strategies.graph import Strategy
from journeykit.strategies.nodes import targets
from journeykit.widgets.journey_canvas.naming import normal
from tests.strategies.random_plans import plans
from tests.widgets.test_coding import DRAWN

BARE = Strategy("bare", stage="retain")


def redrawn(plan: Strategy) -> Strategy:
    """The same journey as a browser might send it: other ids, another order."""
    names = {node.id: f"new_{place}" for place, node in enumerate(plan.nodes)} | {"start": "start"}
    nodes = [
        node.model_copy(update={"id": names[node.id]}).redirect(lambda target: names.get(target, target))
        for node in plan.nodes
    ]
    random.Random(5).shuffle(nodes)
    return plan.model_copy(update={"nodes": tuple(nodes)})


# Of a fork with one open way the canvas says what follows in that way; verbs can say it behind as well.
INSIDE = [name for name in DRAWN if name not in ("own names", "who leaves", "a long text")]


@pytest.mark.parametrize("name", INSIDE)
def test_it_is_what_the_verbs_make(name):
    plan = DRAWN[name]
    assert normal(redrawn(plan), BARE)[0] == plan


@given(plans())
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_and_to_do_it_again_changes_nothing(plan):
    made, renamed = normal(redrawn(plan), BARE)
    assert len(made.nodes) == len(plan.nodes)
    assert sum(1 for node in made.nodes for _ in targets(node)) == sum(
        1 for node in plan.nodes for _ in targets(node)
    )
    assert len(set(renamed.values())) == len(renamed)
    assert normal(made, made) == (made, {})


def test_live_ids_stay():
    plan = DRAWN["a line"]
    (sms,) = (node for node in plan.nodes if node.id == "send_sms")
    changed = plan.model_copy(
        update={
            "nodes": tuple(
                sms.model_copy(update={"channel": "app_push"}) if node is sms else node for node in plan.nodes
            )
        }
    )
    assert "send_app_push" in {node.id for node in normal(changed, plan)[0].nodes}
    assert normal(changed, plan, {"send_sms"})[0] == changed
