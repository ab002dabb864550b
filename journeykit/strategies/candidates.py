"""What an action wants of those who stand at it: a candidate each, for the routing to decide."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from journeykit.strategies.moving import Codes, Graph
from journeykit.strategies.nodes import Action
from journeykit.strategies.running import Running

CANDIDATES = pa.schema(
    [
        ("strategy", pa.string()),
        ("version", pa.string()),
        ("enrolment_id", pa.string()),
        ("node", pa.string()),
        ("customer_id", pa.string()),
        ("channel", pa.string()),
        ("offer", pa.string()),
        ("priority", pa.int64()),
        ("expected_value", pa.decimal128(18, 2)),
        ("not_before_hour", pa.int64()),
        ("tie", pa.string()),
    ]
)
"""``priority``: the smaller goes first between equal values; ``expected_value`` is missing where it is the
offer's own; ``tie`` is a hash, the last word."""

_PERSONAL = ("enrolment_id", "customer_id", "tie")
_OF_ACTION = pa.schema([field for field in CANDIDATES if field.name not in _PERSONAL])


class Wishes:
    """What each action of a version says of its candidates, made once for a day.

    Parameters
    ----------
    running : Running
        The version.
    graph : Graph
        Its nodes by number.
    """

    def __init__(self, running: Running, graph: Graph) -> None:
        strategy, hours = running.strategy, running.strategy.hours_before
        rows = [
            {
                "strategy": strategy.name, "version": running.version, "node": node.id,
                "channel": node.channel, "offer": node.offer,
                "priority": strategy.priority if node.priority is None else node.priority,
                "expected_value": node.expected_value, "not_before_hour": hours.get(node.id),
            } if isinstance(node, Action) else {}
            for node in graph.nodes
        ]  # fmt: skip
        self._salts = [f"{strategy.name}:{node.id}:" for node in graph.nodes]
        self._by_code = pa.Table.from_pylist(rows, schema=_OF_ACTION)

    def candidates(self, people: pa.Table, codes: Codes) -> pa.Table:
        """A candidate for each of some people, by the code of the action that each stands at.

        :data:`CANDIDATES`, one action after the other, each in the order of the people.
        """
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        ids = people.select(["enrolment_id", "customer_id"]).take(pa.array(order))
        said = self._by_code.take(pa.array(codes))
        salts = (self._salts[code] for code in codes.tolist())
        ties = [
            hashlib.md5(f"{salt}{one}".encode(), usedforsecurity=False).hexdigest()
            for salt, one in zip(salts, ids["customer_id"].to_pylist(), strict=True)
        ]
        columns = dict(zip(said.column_names, said.columns, strict=True))
        columns |= {name: ids[name] for name in ids.column_names} | {"tie": pa.array(ties, pa.string())}
        return pa.table([columns[name] for name in CANDIDATES.names], schema=CANDIDATES)
