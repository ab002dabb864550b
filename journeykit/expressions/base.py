"""What every expression node is: a frozen value, not nested too deeply, whose `repr` is Python."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PrivateAttr, ValidationInfo

if TYPE_CHECKING:
    import sqlalchemy as sa

    from journeykit.mart.scope import Scope

MAX_DEPTH = 50  # Python's stack, with room for a notebook's own frames
MAX_PRODUCTS = 4  # keeps doubles finite for any 18-digit input, and divisors short once engines expand them


class Node(BaseModel):
    """Base of every expression node."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    _depth: int = PrivateAttr(default=1)
    _products: int = PrivateAttr(default=0)

    def model_post_init(self, context: Any, /) -> None:
        """Refuse nesting so deep that an engine or Python itself would give up on it."""
        below = tuple(self.children())
        self._depth = 1 + max((child._depth for child in below), default=0)
        self._products = max((child._products for child in below), default=0) + self._multiplies
        for what, found, limit in (
            ("the expression is", self._depth, MAX_DEPTH),
            ("* and / are", self._products, MAX_PRODUCTS),
        ):
            if found > limit:
                raise ValueError(f"{what} nested more than {limit} deep; define a tag for a part of it")

    @property
    def _multiplies(self) -> bool:
        """Whether it is a product or quotient, of which only a few may be nested."""
        return False

    @property
    def _binds(self) -> bool:
        """Whether its `repr` needs parentheses inside another node."""
        return False

    def children(self) -> Iterator[Node]:
        """The nodes directly below this one."""
        for name in type(self).model_fields:
            part = getattr(self, name)
            for item in part if isinstance(part, tuple) else (part,):
                if isinstance(item, Node):
                    yield item

    def statement(self, scope: Scope) -> sa.Select[Any]:
        """Select the customers for whom it holds, as an audience of a mart."""
        from journeykit.compiler import compile_statement

        return compile_statement(self, scope)

    def __str__(self) -> str:
        return repr(self)


def walk(node: Node) -> Iterator[Node]:
    """The node itself and every node below it."""
    yield node
    for child in node.children():
        yield from walk(child)


def unwrap(value: Any, info: ValidationInfo) -> Any:
    """Let a definition be given a handle; it keeps the node inside."""
    inner = getattr(value, "node", None)
    if isinstance(inner, Node):
        return inner
    if isinstance(value, str) and value.isidentifier():
        field = f"{info.field_name}=" if info.field_name else ""
        raise ValueError(
            f"'{value}' is text. Write {field}column('{value}') for a column, {field}tag('{value}') for a "
            f"tag; in YAML {{node: column, name: {value}}}"
        )
    if not isinstance(value, Node | dict):
        raise ValueError(f"{reprlib.repr(value)} is no expression. Write one such as tag('aum') > 5")
    return value


def unwrap_optional(value: Any, info: ValidationInfo) -> Any:
    """The same, where there may be none."""
    return None if value is None else unwrap(value, info)


def _whole(value: Any) -> Any:
    """Refuse what is no whole number; pydantic would read true and "2" as one, and write 1e-999999999 out."""
    if isinstance(value, str | bool | float | Decimal):
        raise ValueError(f"a whole number is expected, not {reprlib.repr(value)}")
    return value


WHOLE = BeforeValidator(_whole)


def show_part(node: Node) -> str:
    """A node inside another one, in parentheses where Python needs them."""
    return f"({node!r})" if node._binds else repr(node)


def quote(text: str) -> str:
    """A text as Python and JSON write it."""
    return json.dumps(text, ensure_ascii=False)
