"""Each kind of node in words: as a condition, and as a part of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import singledispatch

from journeykit.contract import SUBJECTS, Type
from journeykit.expressions import nodes
from journeykit.i18n import in_language
from journeykit.segments.constants import constant
from journeykit.segments.speech import Speech
from journeykit.segments.wording import EVENTS

_DAYS = (Type.DATE, Type.TIMESTAMP)
_OPPOSITE = {"==": "differs", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def sentence(node: nodes.Node, say: Speech) -> str:
    """A condition in one sentence."""
    if isinstance(node, nodes.Not):
        return _deny(node.operand, say)
    if isinstance(node, nodes.TagRef | nodes.ColumnRef | nodes.Fill | nodes.Case | nodes.Past):
        return say("is_true", phrase(node, say))
    if isinstance(node, nodes.Value) and node.type is Type.BOOLEAN:
        return say("everyone" if node.value else "nobody")
    return phrase(node, say)


@singledispatch
def _deny(node: nodes.Node, say: Speech) -> str:
    """That a condition does not hold."""
    return say("not", sentence(node, say))


@_deny.register
def _(node: nodes.Not, say: Speech) -> str:
    return sentence(node.operand, say)


@_deny.register(nodes.TagRef)
@_deny.register(nodes.ColumnRef)
def _(node: nodes.Node, say: Speech) -> str:
    return say("is_false", phrase(node, say))


@_deny.register
def _(node: nodes.Compare, say: Speech) -> str:
    return say("or_missing", _comparison(node, _OPPOSITE[node.op], say))


@_deny.register
def _(node: nodes.IsIn, say: Speech) -> str:
    if not node.values:
        return say("everyone")
    return say("or_missing", say("is_not_in", phrase(node.operand, say), _choices(node, say)))


@_deny.register
def _(node: nodes.Between, say: Speech) -> str:
    return say("or_missing", say("not_between", *_bounds(node, say)))


@_deny.register
def _(node: nodes.TextMatch, say: Speech) -> str:
    found = say(f"not_{node.op}", phrase(node.operand, say), constant(node.text, node.operand, say))
    return say("or_missing", found)


@_deny.register
def _(node: nodes.IsMissing, say: Speech) -> str:
    return say("is_known", phrase(node.operand, say))


@_deny.register
def _(node: nodes.InList, say: Speech) -> str:
    return say("not_in_list", node.name)


@_deny.register
def _(node: nodes.Sample, say: Speech) -> str:
    return say("not_sample", _percent(node.share), node.salt)


@_deny.register
def _(node: nodes.Did, say: Speech) -> str:
    """Fewer than n is at most n - 1, also for people without any event; some in a period is some at all."""
    if node.times == 0 and (node.op == "exactly" or (node.op == "at_most" and node.every_days)):
        return phrase(node.model_copy(update={"op": "at_least", "times": 1, "every_days": None}), say)
    if node.every_days is None and node.op == "at_least" and node.times:
        return phrase(node.model_copy(update={"op": "at_most", "times": node.times - 1}), say)
    if node.every_days is None and node.op == "at_most":
        return phrase(node.model_copy(update={"op": "at_least", "times": node.times + 1}), say)
    return say("not", phrase(node, say))


@singledispatch
def phrase(node: nodes.Node, say: Speech) -> str:
    """What a node is called inside a sentence."""
    raise TypeError(f"{type(node).__name__} has no words yet; add them to segments/phrases.py")


@phrase.register
def _(node: nodes.Value, say: Speech) -> str:
    return constant(node, None, say)


@phrase.register
def _(node: nodes.TagRef, say: Speech) -> str:
    tag = say.tags.get(node.name)
    return say("quoted", in_language(say.language, tag.title, tag.title_zh) if tag else node.name)


@phrase.register
def _(node: nodes.ColumnRef, say: Speech) -> str:
    of = node.of or say.subject
    column = next((one for one in SUBJECTS[of].columns if one.name == node.name), None) if of else None
    english = node.name.replace("_", " ")
    named = in_language(say.language, english, column.meaning_zh if column else "")
    if node.of is None:
        return named
    home = SUBJECTS[node.of]
    return say("column_of", named, in_language(say.language, home.title.lower(), home.title_zh))


@phrase.register
def _(node: nodes.AsOf, say: Speech) -> str:
    return say("as_of")


@phrase.register
def _(node: nodes.Arithmetic, say: Speech) -> str:
    sides = (phrase(side, say).strip() for side in (node.left, node.right))
    return say("group", say(node.op, *sides))


@phrase.register
def _(node: nodes.DaysBetween, say: Speech) -> str:
    return say("days_between", phrase(node.start, say), phrase(node.end, say))


@phrase.register
def _(node: nodes.DatePart, say: Speech) -> str:
    return say(node.part, phrase(node.operand, say))


@phrase.register
def _(node: nodes.DaysLater, say: Speech) -> str:
    return say.days("later" if node.days >= 0 else "earlier", abs(node.days), phrase(node.operand, say))


@phrase.register
def _(node: nodes.StartOf, say: Speech) -> str:
    return say(f"start_of_{node.part}", phrase(node.operand, say))


@phrase.register
def _(node: nodes.Past, say: Speech) -> str:
    return say.days("past", node.days, phrase(nodes.TagRef(name=node.name), say))


@phrase.register
def _(node: nodes.Compare, say: Speech) -> str:
    return _comparison(node, node.op, say)


@phrase.register
def _(node: nodes.IsIn, say: Speech) -> str:
    operand = phrase(node.operand, say)
    return say("is_in", operand, _choices(node, say)) if node.values else say("is_in_nothing", operand)


@phrase.register
def _(node: nodes.Between, say: Speech) -> str:
    return say("between", *_bounds(node, say))


@phrase.register
def _(node: nodes.IsMissing, say: Speech) -> str:
    return say("is_missing", phrase(node.operand, say))


@phrase.register
def _(node: nodes.TextMatch, say: Speech) -> str:
    return say(node.op, phrase(node.operand, say), constant(node.text, node.operand, say))


@phrase.register
def _(node: nodes.Fill, say: Speech) -> str:
    return say("fill", phrase(node.operand, say), constant(node.default, node.operand, say))


@phrase.register(nodes.And)
@phrase.register(nodes.Or)
def _(node: nodes.And | nodes.Or, say: Speech) -> str:
    both = isinstance(node, nodes.And)
    if not node.operands:
        return say("everyone" if both else "nobody")
    if len(node.operands) == 1:
        return sentence(node.operands[0], say)
    return say("group", say("and" if both else "or").join(_part(one, say) for one in node.operands))


@phrase.register
def _(node: nodes.Not, say: Speech) -> str:
    return _part(node, say)


@phrase.register
def _(node: nodes.When, say: Speech) -> str:
    return say("when", sentence(node.condition, say), phrase(node.then, say))


@phrase.register
def _(node: nodes.Case, say: Speech) -> str:
    arms = [phrase(arm, say) for arm in node.arms]
    last = node.otherwise
    arms.append(say("otherwise_missing") if last is None else say("otherwise", phrase(last, say)))
    return say("group", say("case", say("between_cases").join(arms)))


@phrase.register
def _(node: nodes.Selection, say: Speech) -> str:
    return _events(node, say)


@phrase.register
def _(node: nodes.Events, say: Speech) -> str:
    return _in_window(_events(node, say), node, say)


@phrase.register
def _(node: nodes.Did, say: Speech) -> str:
    told = _times(node.op, node.times, node.events, say)
    every, within = node.every_days, node.events.within_days
    if every is None or within is None:
        return _in_window(told, node.events, say)
    periods = f"{every:,}", f"{within // every:,}"
    if node.times == 0 and node.op != "at_least":
        return say("each_never", _events(node.events, say), *periods)
    return say("each", told, *periods)


@phrase.register
def _(node: nodes.Measure, say: Speech) -> str:
    column = nodes.ColumnRef(name=node.of or node.events.at)
    named = phrase(column, replace(say, subject=node.events.subject.name))
    return say(node.function, phrase(node.events, say), named)


@phrase.register
def _(node: nodes.Sequence, say: Speech) -> str:
    steps = say("between_cases").join(sequence_steps(node, say))
    return say("group", f"{say('sequence', sequence_window(node, say))} {steps}")


@phrase.register
def _(node: nodes.Step, say: Speech) -> str:
    return _times("at_least", node.times, node, say)


@phrase.register
def _(node: nodes.Without, say: Speech) -> str:
    named = _events(node, say)
    if node.within_days is None:
        return say("without", named)
    return say.days("without_within", node.within_days, named)


@phrase.register
def _(node: nodes.InList, say: Speech) -> str:
    return say("in_list", node.name)


@phrase.register
def _(node: nodes.Sample, say: Speech) -> str:
    return say("sample", _percent(node.share), node.salt)


@phrase.register
def _(node: nodes.Top, say: Speech) -> str:
    key = ("top_lowest" if node.lowest else "top") + "_1" * (node.count == 1)
    told = say(key, phrase(node.by, say), f"{node.count:,}")
    return told if node.among is None else say("top_among", told, _bare(node.among, say))


def _events(node: nodes.Selection, say: Speech, plural: bool = True) -> str:
    one, many, chinese = EVENTS.get(
        node.event, (node.subject.title.lower(), node.subject.title.lower(), node.subject.title_zh)
    )
    named = in_language(say.language, many if plural else one, chinese)
    if node.where is None:
        return named
    return say("where", named, _bare(node.where, replace(say, subject=node.subject.name)))


def _bare(node: nodes.Node, say: Speech) -> str:
    """A sentence without the parentheses around all of it: it gets some where it is put."""
    text, inner = sentence(node, say), _inner(node)
    return text[1:-1] if isinstance(inner, nodes.And | nodes.Or) and inner.operands else text


def _part(node: nodes.Node, say: Speech) -> str:
    """A condition beside others: one that goes on as far as it can gets parentheses."""
    return say("group", sentence(node, say)) if _is_open(node) else sentence(node, say)


def _is_open(node: nodes.Node) -> bool:
    """Whether what follows could be read as a part of it: `…, or a value is missing`, `not so that …`."""
    inner = _inner(node)
    if not isinstance(inner, nodes.Not):
        return False
    denied = inner.operand
    if isinstance(denied, nodes.IsIn):
        return bool(denied.values)
    if isinstance(denied, nodes.Did):
        return denied.every_days is not None or denied.op == "exactly" or denied.times == 0
    return not isinstance(
        denied, nodes.TagRef | nodes.ColumnRef | nodes.IsMissing | nodes.InList | nodes.Sample
    )


def _inner(node: nodes.Node) -> nodes.Node:
    """What is said of it: without two denials in a row, and without a joint of one condition."""
    while True:
        if isinstance(node, nodes.Not) and isinstance(node.operand, nodes.Not):
            node = node.operand.operand
        elif isinstance(node, nodes.And | nodes.Or) and len(node.operands) == 1:
            node = node.operands[0]
        else:
            return node


def _times(op: str, times: int, events: nodes.Selection, say: Speech) -> str:
    if times == 0 and op != "at_least":
        return say("never", _events(events, say))
    return say(op, _events(events, say, plural=times != 1), f"{times:,}")


def _in_window(told: str, events: nodes.Events, say: Speech) -> str:
    if events.since_entry:
        return say("since_entry", told)
    return say("ever", told) if events.within_days is None else say.days("within", events.within_days, told)


def sequence_window(node: nodes.Sequence, say: Speech) -> str:
    """Which rows a sequence looks at."""
    if node.since_entry:
        return say("sequence.since_entry")
    if node.within_days is None:
        return say("sequence.ever")
    return say.days("sequence.within", node.within_days)


def sequence_steps(node: nodes.Sequence, say: Speech) -> Iterator[str]:
    """Each step of a sequence, and what must not follow."""
    for place, step in enumerate(node.steps):
        told = say("step_then" if place else "step", phrase(step, say))
        yield told if step.within_days is None else say.days("step_within", step.within_days, told)
    if node.without is not None:
        yield phrase(node.without, say)


def _comparison(node: nodes.Compare, op: str, say: Speech) -> str:
    left, right = node.left, node.right
    sides = (
        constant(left, right, say) if isinstance(left, nodes.Value) else phrase(left, say),
        constant(right, left, say) if isinstance(right, nodes.Value) else phrase(right, say),
    )
    of_days = op[0] in "<>" and (_is_day(left, say) or _is_day(right, say))
    return say(f"day {op}" if of_days else op, *sides).strip()


def _bounds(node: nodes.Between, say: Speech) -> tuple[str, str, str]:
    ends = (
        constant(end, node.operand, say) if isinstance(end, nodes.Value) else phrase(end, say)
        for end in (node.low, node.high)
    )
    low, high = ends
    return phrase(node.operand, say), low, high


def _choices(node: nodes.IsIn, say: Speech) -> str:
    return say.listed([constant(value, node.operand, say) for value in node.values])


def _is_day(node: nodes.Node, say: Speech) -> bool:
    """Whether it is a day or a time, for which `later` is said and not `more`."""
    if isinstance(node, nodes.Value | nodes.Measure):
        return node.type in _DAYS
    if isinstance(node, nodes.TagRef | nodes.Past):
        tag = say.tags.get(node.name)
        return tag is not None and tag.type in _DAYS
    if isinstance(node, nodes.ColumnRef) and (node.of or say.subject):
        return SUBJECTS[node.of or say.subject or ""].column(node.name).type in _DAYS
    if isinstance(node, nodes.Fill):
        return _is_day(node.operand, say)
    return isinstance(node, nodes.AsOf | nodes.DaysLater | nodes.StartOf)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
