"""What an audience is made of: its condition, what it is called, and the conditions it joins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from journeykit.compiler import compile_rows
from journeykit.dialects.aggregates import storage_block
from journeykit.errors import DefinitionError
from journeykit.expressions import And, AnyNode, Node, Or
from journeykit.i18n import in_language
from journeykit.mart.mart import CUSTOMER_ID, Everyone, Mart
from journeykit.segments.phrases import sentence
from journeykit.segments.speech import speech

LANGUAGES = ("en", "zh")


def condition_of(audience: Any) -> AnyNode:
    """The condition of a segment, a handle, a node itself, or of everyone.

    Raises
    ------
    DefinitionError
        It is none of these.
    """
    if isinstance(audience, Everyone):
        return And(operands=())
    found = audience if isinstance(audience, Node) else getattr(audience, "node", None)
    if not isinstance(found, Node):
        raise DefinitionError(
            f"{audience!r} is no segment. Give a Segment, or a condition such as t.aum > 5."
        )
    return found  # type: ignore[return-value]


def parts_of(condition: AnyNode) -> tuple[AnyNode, ...]:
    """The conditions that must hold together, in their order; the condition itself when it is one."""
    return condition.operands if isinstance(condition, And) and condition.operands else (condition,)


def titles(audience: Any, mart: Mart) -> tuple[str, str]:
    """What an audience is called, in English and in Chinese: its title, its name, or its condition."""
    own = getattr(audience, "name", "")
    if own:
        english, chinese = getattr(audience, "title", ""), getattr(audience, "title_zh", "")
        return in_language("en", english, chinese) or own, in_language("zh", english, chinese) or own
    return sentences(condition_of(audience), mart)


def sentences(condition: AnyNode, mart: Mart) -> tuple[str, str]:
    """A condition in English and in Chinese, tags called as the mart's catalogue calls them."""
    english, chinese = (sentence(condition, speech(one, mart.tags)) for one in LANGUAGES)
    joined = isinstance(condition, And | Or) and len(condition.operands) > 1
    return (english[1:-1], chinese[1:-1]) if joined else (english, chinese)  # without the parentheses


def rows_of(expressions: Mapping[str, AnyNode], mart: Mart, every: int = 1) -> sa.Subquery:
    """One row per customer, with each expression under its label; conditions are true or false.

    Of the blocks in which rows are stored only one in `every` is read.
    """
    scope = mart.scope
    rows = compile_rows(expressions, scope)
    if every > 1:
        rows = rows.where(storage_block(scope.relation, CUSTOMER_ID) % sa.literal_column(str(every)) == 0)
    return rows.subquery("members")
