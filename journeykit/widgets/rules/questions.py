"""What every widget with rules answers: what they can be about, how values are spread, what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from journeykit.expressions.nodes import AnyNode, read_node
from journeykit.mart.mart import Mart
from journeykit.segments.explaining import explain
from journeykit.segments.rules import from_rules, to_rules
from journeykit.widgets.asking import Json, Nothing, Question, answers
from journeykit.widgets.rules.sequences import fold_in, spell_out
from journeykit.widgets.rules.spreads import spread_of_column, spread_of_tag
from journeykit.widgets.rules.vocabulary import vocabulary


class _Field(Question):
    field: str = Field(max_length=200)


class _Tree(Question):
    tree: Json


class _Condition(Question):
    condition: Json


class RuleQuestions:
    """Mixed into a :class:`View` whose browser shows rules; it says with `mart` what they are about."""

    mart: Mart
    language: str

    @answers("fields", Nothing)
    def fields(self, _: Nothing) -> Json:
        """All that a rule can be about."""
        return vocabulary(self.mart, self.language)

    @answers("distribution", _Field)
    def distribution(self, asked: _Field) -> Json:
        """How a tag is spread over customers, or a column over events: ``aum``, ``view.object``."""
        event, dot, column = asked.field.partition(".")
        if dot:
            return spread_of_column(self.mart, event, column, self.language)
        return spread_of_tag(self.mart, asked.field, self.language)

    @answers("rules", _Condition)
    def rules(self, asked: _Condition) -> Json:
        """The rule tree of a condition, as the editor shows it."""
        return {"tree": shown_rules(read_node(asked.condition))}

    @answers("condition", _Tree)
    def condition(self, asked: _Tree) -> Json:
        """The condition that a rule tree says, and what it says in words."""
        node = self.read_tree(asked.tree)
        return {"condition": node.model_dump(mode="json"), "words": self.words_of(node)}

    @answers("words", _Tree)
    def words(self, asked: _Tree) -> Json:
        """What a rule tree says."""
        return {"lines": self.words_of(read_rules(asked.tree, None))}

    def read_tree(self, tree: Json) -> AnyNode:
        """A tree from the browser, checked against the catalogue."""
        return read_rules(tree, self.mart.tags)

    def words_of(self, node: AnyNode) -> list[list[Any]]:
        """What a condition says, line by line."""
        lines = explain(node, self.language, self.mart.tags).lines
        return [[line.depth, line.text] for line in lines]


def shown_rules(node: AnyNode) -> Json:
    """The rule tree of a condition, as the editor in the browser shows it."""
    return spell_out(to_rules(node))


def read_rules(tree: Json, tags: Mapping[str, Any] | None) -> AnyNode:
    """The condition of a rule tree from the browser.

    Raises
    ------
    DefinitionError
        It is no rule tree, or what it says cannot be said of these tags.
    """
    return from_rules(fold_in(tree), tags)
