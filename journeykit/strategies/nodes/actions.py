"""Nodes that contact a customer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from journeykit.strategies.nodes.base import END, Node
from journeykit.strategies.offers import Exact, Whole
from journeykit.yaml_files import Name, Text

OnBlocked = Literal["wait", "skip", "exit"]


class _Action(Node):
    """A contact with the customer.

    Attributes
    ----------
    template, template_zh : str
        The words to use; empty for the offer's own.
    priority : int or None
        Between equal expected values the smaller goes first; None for the strategy's.
    expected_value : Decimal or None
        Yuan; None for the offer's value times its response rate.
    cost : Decimal
        What one contact costs, yuan.
    on_blocked : str
        What becomes of a customer whom it cannot reach for good (no consent, no contact data, unsuitable,
        offer over …): ``skip`` to the next node, ``wait`` here until it can, or ``exit``. Who only has to
        queue, for capacity or behind a better offer, stays in any case.
    """

    kind: Any
    id: Name
    channel: Name
    offer: Annotated[str, Field(min_length=1)]
    template: Text = ""
    template_zh: Text = ""
    priority: Whole | None = Field(default=None, ge=1, le=1_000_000)
    expected_value: Exact | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)
    cost: Exact = Field(default=0, ge=0, max_digits=16, decimal_places=2, validate_default=True)
    on_blocked: OnBlocked = "skip"


class Send(_Action):
    """An offer through a channel."""

    kind: Literal["send"] = "send"
    next: Name = END


class Assign(_Action):
    """A task for the customer's own manager, due some days after the contact date."""

    kind: Literal["assign"] = "assign"
    to: Literal["manager"] = "manager"
    channel: Name = "mobile_sales"
    due_days: Whole = Field(default=3, ge=1, le=3650)
    script: Text = ""
    script_zh: Text = ""
    next: Name = END


Action = Send | Assign
