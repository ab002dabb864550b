"""Expressions to SQLAlchemy Core, one function per kind of node.

Values are always bound and names are looked up in the :class:`Scope`, so nothing an analyst writes
becomes SQL text. Conditions are two-valued (design D4).
"""

from journeykit.compiler import behaviour, membership, sequences  # noqa: F401  (they register their nodes)
from journeykit.compiler.nodes import compile_node, compile_predicate
from journeykit.compiler.statements import compile_rows, compile_statement

__all__ = ["compile_node", "compile_predicate", "compile_rows", "compile_statement"]
