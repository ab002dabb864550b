"""Expressions as an analyst would type them: what their `repr` says, with the names of a notebook."""

from __future__ import annotations

import io
import keyword
import tokenize
from dataclasses import dataclass, field

from journeykit.contract import Type
from journeykit.expressions import nodes, walk
from journeykit.expressions.base import Node, quote
from journeykit.tags.catalogue import Catalogue

_OF_JK = {"as_of", "case", "column", "date_part", "days", "days_between", "did", "sample", "sequence",
          "start_of", "top"}  # fmt: skip
_IMPORTED = {"date": "datetime", "datetime": "datetime", "Decimal": "decimal"}
_TYPED = (Type.BOOLEAN, Type.INTEGER, Type.DECIMAL, Type.DATE, Type.TIMESTAMP, Type.TEXT)


@dataclass
class Imports:
    """What a piece of code has to import, by module."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def need(self, module: str, name: str) -> str:
        """The name, which is imported from now on."""
        self.names.setdefault(module, set()).add(name)
        return name

    def before(self, code: str) -> str:
        """The code, behind its imports."""
        lines = [
            f"from {module} import {', '.join(sorted(names))}\n"
            for module, names in sorted(self.names.items())
        ]
        return f"{''.join(lines)}\n{code}" if lines else code


def write(node: Node, imports: Imports) -> str:
    """An expression as text, in parentheses where it has to stand inside another one."""
    match node:
        case nodes.And(operands=parts) | nodes.Or(operands=parts) if is_joined(node):
            sign = " & " if isinstance(node, nodes.And) else " | "
            return sign.join(write_part(part, imports) for part in parts)
        case nodes.And(operands=parts) | nodes.Or(operands=parts):
            inner = "".join(f"{write(part, imports)}, " for part in parts).strip()
            kind = imports.need("journeykit.expressions", type(node).__name__)
            return f"{imports.need('journeykit.expressions', 'Expression')}({kind}(operands=({inner})))"
        case nodes.Not(operand=operand) if not isinstance(operand, nodes.Value):
            return f"~{write_part(operand, imports)}"
    if all(map(_reads_back, walk(node))):
        return _renamed(repr(node), imports)
    return read_back(node, imports)


def read_back(node: Node, imports: Imports) -> str:
    """An expression in its JSON form, where Python would make another of it."""
    wrap, read = (imports.need("journeykit.expressions", name) for name in ("Expression", "read_node"))
    return f"{wrap}({read}({node.model_dump(mode='json')!r}))"


def write_part(node: Node, imports: Imports) -> str:
    """An expression inside another one."""
    text = write(node, imports)
    return f"({text})" if node._binds else text


def is_joined(node: Node) -> bool:
    """Whether `&` or `|` between its parts makes it: of two or more, none of which would melt into it."""
    return (
        isinstance(node, nodes.And | nodes.Or)
        and len(node.operands) > 1
        and not any(isinstance(part, type(node)) for part in node.operands)
        and not all(isinstance(part, nodes.Value) for part in node.operands[:2])
    )


def _reads_back(node: Node) -> bool:
    """Whether Python makes the same of what its `repr` says."""
    match node:
        case nodes.And() | nodes.Or():
            return is_joined(node)
        case nodes.InList():
            return False  # its ids of today may be others
        case nodes.Sample():
            return str(node.share) == repr(float(node.share)) or node.share in (0, 1)
        case nodes.Value():
            return node.type in _TYPED and nodes.Value(type=node.type, value=node.value) == node
        case nodes.IsIn(values=values):
            return len(set(values)) == len(values) and not isinstance(node.operand, nodes.Value)
        case nodes.Compare():
            return not isinstance(node.left, nodes.Value)
        case nodes.Arithmetic():
            return not (isinstance(node.left, nodes.Value) and isinstance(node.right, nodes.Value))
        case nodes.Top():
            return not isinstance(node.by, nodes.Value) and not isinstance(node.among, nodes.Value)
    operand = getattr(node, "operand", None)
    return not isinstance(operand, nodes.Value)


def _renamed(text: str, imports: Imports) -> str:
    """A `repr` with tags of the catalogue `t`, the functions of `jk`, and digits in groups."""
    tokens = [one for one in tokenize.generate_tokens(io.StringIO(text).readline) if one.string]
    written, column, at = "", 0, 0
    while at < len(tokens):
        token = tokens[at]
        written += " " * (token.start[1] - column)
        called = at + 1 < len(tokens) and tokens[at + 1].string == "("
        free = at == 0 or tokens[at - 1].string != "."
        if token.string == "tag" and called and free:
            written += tag_text(str(tokens[at + 2].string)[1:-1])
            at += 3
        elif called and free and token.string in _OF_JK:
            written += f"jk.{token.string}"
        elif called and free and token.string in _IMPORTED:
            written += imports.need(_IMPORTED[token.string], token.string)
        elif token.type == tokenize.NUMBER and token.string.isdigit():
            written += digits(int(token.string))
        else:
            written += token.string
        column = tokens[at].end[1]
        at += 1
    return written


def tag_text(name: str) -> str:
    """The handle of a tag."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and not hasattr(Catalogue, name)
    return f"t.{name}" if plain else f"t[{quote(name)}]"


def digits(number: int) -> str:
    """A whole number, in groups of three where it is long."""
    return f"{number:_}" if abs(number) >= 10_000 else str(number)
