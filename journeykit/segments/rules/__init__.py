"""Rule trees: a condition in the JSON form of react-querybuilder 8, which an editor in the browser shows.

A tree is a group, a group holds rules and groups, and a rule is a field, an operator and a value::

    {"combinator": "and", "not": false, "rules": [
        {"field": "aum", "operator": ">=", "value": 500000, "valueSource": "value"},
        {"field": "paid", "operator": "<", "value": "aum", "valueSource": "field"},
        {"field": "holds_wealth", "operator": "isNotTrue", "value": null},
        {"field": "did.view", "operator": "=", "match": {"mode": "atLeast", "threshold": 2},
         "value": {"combinator": "and", "not": false, "rules": [
             {"field": "object", "operator": "=", "value": "wealth", "valueSource": "value"}]},
         "within_days": 14}]}

A field is a tag. ``did.<event>`` is what customers did, in react-querybuilder's form of a list inside a
record: `match` says how often and the group in `value` which events, its fields being columns of the event;
`within_days`, `since_entry` and `every_days` stand beside them where they are set.

Operators are react-querybuilder's own, and ``isTrue`` and ``isNotTrue`` for what is a condition by itself.
``notIn``, ``notBetween``, ``doesNotContain`` … are exact complements: they hold where the value is missing.
``=`` and ``!=`` are comparisons, which never hold there.

There is one extension: a field or a value may be a node of the language in its own JSON form, for all that
react-querybuilder has no shape for. Plain JSON is a boolean, a whole number or a text; a constant of another
type is a node too, and a number with a point is read as the decimal that it prints as::

    {"field": "since", "operator": ">=", "value": {"node": "value", "type": "date", "value": "2024-02-29"},
     "valueSource": "value"}
    {"field": {"node": "sample", "share": "0.1", "salt": "pilot"}, "operator": "isTrue", "value": null}

Nothing else is accepted: no `muted` or `disabled` rules, no independent combinators, no ids
(``formatQuery(query, "json_without_ids")`` leaves them out). A group of a single rule means that rule.
"""

from journeykit.segments.rules.limits import MAX_LEVELS, MAX_RULES
from journeykit.segments.rules.reading import from_rules
from journeykit.segments.rules.schema import rule_schema
from journeykit.segments.rules.writing import to_rules

__all__ = ["MAX_LEVELS", "MAX_RULES", "from_rules", "rule_schema", "to_rules"]
