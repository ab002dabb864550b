"""What the editor of rules in the browser asks, and the form in which it has them."""

from journeykit.widgets.rules.questions import RuleQuestions, read_rules, shown_rules

__all__ = ["RuleQuestions", "read_rules", "shown_rules"]
