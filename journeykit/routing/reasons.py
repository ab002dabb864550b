"""Why this lead: the segment's rule, and the customer's own values of the tags it reads."""

# pyarrow.compute makes its functions when imported, so no checker sees them.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from journeykit.display import show_value
from journeykit.expressions import tag_names
from journeykit.mart.mart import Mart
from journeykit.strategies.graph import Strategy
from journeykit.strategies.running import Running


def explain_leads(mart: Mart, running: Iterable[Running], leads: pa.Table) -> pa.Table:
    """Append a ``reason`` to each lead: JSON with rule, tag values, expected value and one line to read."""
    parts = [leads.slice(0, 0).append_column("reason", pa.array([], pa.string()))]
    for one in running:
        of_strategy = pc.equal(leads["strategy"], one.strategy.name)
        ours = leads.filter(pc.and_(of_strategy, pc.equal(leads["version"], one.version)))
        if ours.num_rows:
            reasons = pa.array(_reasons(mart, one.strategy, ours), pa.string())
            parts.append(ours.append_column("reason", reasons))
    return pa.concat_tables(parts)


def _reasons(mart: Mart, strategy: Strategy, leads: pa.Table) -> Iterator[str]:
    segment = strategy.starts[0].segment
    names = sorted(set(tag_names(segment.where)))
    tags = [mart.tags[name].tag for name in names]
    title, title_zh = segment.title or segment.name, segment.title_zh or segment.title or segment.name
    heads, heads_zh = [tag.title for tag in tags], [tag.title_zh or tag.title for tag in tags]
    columns = leads.select(["customer_id", "node", "expected_value"]).to_pydict()
    known = _tag_values(mart, names, leads["customer_id"])
    for customer_id, node, value in zip(*columns.values(), strict=True):
        own = known.get(customer_id, {})
        # A value that is gone since the customer entered says nothing; the tags below keep the gap.
        known_at = [i for i, name in enumerate(names) if own.get(name) is not None]
        facts = [(heads[i], heads_zh[i], show_value(own[names[i]])) for i in known_at]
        yield json.dumps(
            {
                "strategy": strategy.name,
                "node": node,
                "segment": segment.name,
                "rule": str(segment.where),
                "tags": {name: _plain(own.get(name)) for name in names},
                "expected_value": str(value),
                "summary": _line(title, [(en, value) for en, _, value in facts], ": ", "; "),
                "summary_zh": _line(title_zh, [(zh, value) for _, zh, value in facts], "：", "；"),
            },
            ensure_ascii=False,
        )


def _line(title: str, facts: list[tuple[str, str]], colon: str, semicolon: str) -> str:
    said = semicolon.join(f"{name} {value}" for name, value in facts)
    return f"{title}{colon}{said}" if said else title


def _tag_values(
    mart: Mart, names: list[str], customer_ids: pa.ChunkedArray
) -> Mapping[str, Mapping[str, Any]]:
    relation = mart.scope.relation
    chosen = sa.table("chosen", sa.column("customer_id", sa.Text))
    statement = sa.select(relation.c.customer_id, *(mart.scope.tags[name] for name in names)).where(
        relation.c.customer_id.in_(sa.select(chosen.c.customer_id))
    )
    rows = mart.run(statement, {"chosen": pa.table({"customer_id": customer_ids})}).to_pylist()
    return {row["customer_id"]: row for row in rows}


def _plain(value: Any) -> bool | int | str | None:
    """A tag's value for JSON: decimals and dates as text, so that nothing is rounded."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value) if isinstance(value, Decimal) else value.isoformat()
