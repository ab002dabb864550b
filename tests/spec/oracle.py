"""The language in plain Python, over the JSON form of an expression; written without the compiler.

It favours what is plainly right over what is fast: a sequence tries every choice of events.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from hashlib import md5
from math import isfinite
from typing import Any

EXACT = Context(prec=200)
TIME_COLUMNS = {
    "event": "occurred_at",
    "txn": "occurred_at",
    "contact": "contacted_on",
    "balance": "balance_on",
    "referral": "referred_at",
    "risk_assessment": "assessed_on",
}


@dataclass(frozen=True)
class Facts:
    """All there is to know: None is a missing value everywhere.

    `people` are dicts of customer_id and tags, `events` rows by subject, `entry` the day each customer came
    to the node of a journey, `past` the people of an older snapshot by the days asked for, `lists` the ids
    on a list by name.
    """

    people: list[dict[str, Any]]
    as_of: date
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    entry: dict[str, date] = field(default_factory=dict)
    past: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    lists: dict[str, set[str]] = field(default_factory=dict)


def ids(node, facts):
    """The ids of everyone for whom the condition holds, sorted."""
    return sorted(one["customer_id"] for one in facts.people if value(node, one, facts) is True)


def value(node, person, facts, row=None):  # noqa: PLR0912 - one arm per kind of node
    """What an expression is for a person; `row` is the event in hand, for columns."""

    def of(part):
        return value(part, person, facts, row)

    match node["node"]:
        case "value":
            return constant(node)
        case "tag":
            return person[node["name"]]
        case "column":
            return row[node["name"]]
        case "as_of":
            return facts.as_of
        case "past":
            there = [one for one in facts.past[node["days"]] if one["customer_id"] == person["customer_id"]]
            return there[0][node["name"]] if there else None
        case "arithmetic":
            return calculate(node, of(node["left"]), of(node["right"]))
        case "days_between":
            start, end = of(node["start"]), of(node["end"])
            return None if start is None or end is None else (day(end) - day(start)).days
        case "days_later":
            found = of(node["operand"])
            return None if found is None else day(found) + timedelta(days=node["days"])
        case "start_of":
            found = of(node["operand"])
            return None if found is None else start_of(node["part"], day(found))
        case "date_part":
            found = of(node["operand"])
            if found is None:
                return None
            return found.isoweekday() if node["part"] == "weekday" else getattr(found, node["part"])
        case "compare":
            return compare(node["op"], of(node["left"]), of(node["right"]))
        case "is_in":
            return any(compare("==", of(node["operand"]), of(one)) for one in node["values"])
        case "between":
            found = of(node["operand"])
            return compare(">=", found, of(node["low"])) and compare("<=", found, of(node["high"]))
        case "text_match":
            found, text = of(node["operand"]), constant(node["text"])
            if found is None:
                return False
            return {"contains": text in found, "starts_with": found[: len(text)] == text,
                    "ends_with": found[-len(text) :] == text}[node["op"]]  # fmt: skip
        case "is_missing":
            return of(node["operand"]) is None
        case "fill":
            found = of(node["operand"])
            return as_kind(node, of(node["default"]) if found is None else found)
        case "and":
            return all(of(part) is True for part in node["operands"])
        case "or":
            return any(of(part) is True for part in node["operands"])
        case "not":
            return of(node["operand"]) is not True
        case "case":
            for arm in node["arms"]:
                if of(arm["condition"]) is True:
                    return as_kind(node, of(arm["then"]))
            return None if node["otherwise"] is None else as_kind(node, of(node["otherwise"]))
        case "in_list":
            return person["customer_id"] in facts.lists[node["name"]]
        case "sample":
            return drawn(node["salt"], person["customer_id"]) < Fraction(node["share"])
        case "top":
            return person["customer_id"] in best(node, facts)
        case "did":
            return did(node, person, facts)
        case "measure":
            return measure(node, person, facts)
        case "sequence":
            return sequence(node, person, facts)
    raise AssertionError(node)


def constant(node):
    readers = {
        "decimal": Decimal,
        "rate": Decimal,
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
    }
    return readers.get(node["type"], lambda same: same)(node["value"])


def day(moment):
    return moment.date() if isinstance(moment, datetime) else moment


def start_of(part, given):
    if part == "week":
        return given - timedelta(days=given.isoweekday() - 1)
    month = {"month": given.month, "quarter": (given.month - 1) // 3 * 3 + 1, "year": 1}[part]
    return date(given.year, month, 1)


# Numbers: exact until a quotient or a mean comes in, then in double precision.


def is_double(node):
    """Whether a number is in double precision, by the form of the expression alone."""
    match node["node"]:
        case "arithmetic":
            return node["op"] == "/" or is_double(node["left"]) or is_double(node["right"])
        case "fill":
            return is_double(node["operand"])
        case "case":
            last = [] if node["otherwise"] is None else [node["otherwise"]]
            return any(is_double(part) for part in [*(arm["then"] for arm in node["arms"]), *last])
        case "measure":
            return node["function"] == "mean"
    return False


def as_kind(node, found):
    return float(found) if found is not None and is_double(node) else found


def calculate(node, left, right):
    if left is None or right is None:
        return None
    if node["op"] == "/":
        return None if right == 0 else float(left) / float(right)
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
        found = {"+": left + right, "-": left - right, "*": left * right}[node["op"]]
        assert isfinite(found), node
        return found
    left, right = Decimal(left), Decimal(right)
    work = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}
    return work[node["op"]](left, right)


def compare(op, left, right):
    if left is None or right is None:
        return False
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    if op in ("==", "!="):
        return (left == right) == (op == "==")
    if op in ("<", ">="):
        return (left < right) == (op == "<")
    return (left > right) == (op == ">")


# Who else there is.


def drawn(salt, customer_id):
    """A number from 0 up to 1 that is always the same for a salt and a customer."""
    return Fraction(int(md5(f"{salt}:{customer_id}".encode()).hexdigest()[:8], 16), 16**8)


def best(node, facts):
    """The ids of the first so many in order of a value, then of the id."""
    ranked = []
    for one in facts.people:
        found = value(node["by"], one, facts)
        if found is not None and (node["among"] is None or value(node["among"], one, facts) is True):
            ranked.append((found, one["customer_id"]))
    ranked.sort(key=lambda pair: pair[1].encode())
    ranked.sort(key=lambda pair: pair[0], reverse=not node["lowest"])  # keeps equals in order of the id
    return [customer for _, customer in ranked[: node["count"]]]


# What people did.


def look_at(events, person, facts, within_days=None, since_entry=False):
    """The person's events of one kind that are looked at at all, each as its time and its row."""
    subject = events["event"] if events["event"] in TIME_COLUMNS else "event"
    found = []
    for row in facts.events.get(subject, []):
        at = row[TIME_COLUMNS[subject]]
        wanted = (
            row["customer_id"] is not None
            and row["customer_id"] == person["customer_id"]
            and (events["event"] == subject or row["action"] == events["event"])
            and day(at) <= facts.as_of
            and (events["where"] is None or value(events["where"], person, facts, row) is True)
        )
        if wanted and within_days is not None:
            wanted = (facts.as_of - day(at)).days < within_days
        if wanted and since_entry:
            came = facts.entry.get(person["customer_id"])
            wanted = came is not None and day(at) > came
        if wanted:
            found.append((at, row))
    return found


def of_window(events, person, facts):
    return look_at(events, person, facts, events["within_days"], events["since_entry"])


def did(node, person, facts):
    found = [at for at, _ in of_window(node["events"], person, facts)]
    length = node["every_days"]
    if length is None:
        return often_enough(node, len(found))
    ages = [(facts.as_of - day(at)).days for at in found]
    periods = range(node["events"]["within_days"] // length)
    return all(often_enough(node, sum(age // length == period for age in ages)) for period in periods)


def often_enough(node, times):
    return {
        "at_least": times >= node["times"],
        "at_most": times <= node["times"],
        "exactly": times == node["times"],
    }[node["op"]]


def measure(node, person, facts):
    found = of_window(node["events"], person, facts)
    function = node["function"]
    if function == "count":
        return len(found)
    if function in ("first_time", "last_time"):
        times = [at for at, _ in found]
        return (min if function == "first_time" else max)(times, default=None)
    numbers = [row[node["of"]] for _, row in found if row[node["of"]] is not None]
    if function == "sum":
        return sum(numbers)
    if not numbers:
        return None
    return {"mean": float(sum(numbers)) / len(numbers), "min": min(numbers), "max": max(numbers)}[function]


def sequence(node, person, facts):
    """Try every choice of completions; a date is its midnight beside times."""

    def times(kind):
        found = look_at(kind, person, facts, node["within_days"], node["since_entry"])
        return sorted(at if isinstance(at, datetime) else datetime.combine(at, time()) for at, _ in found)

    return completes([(step, times(step)) for step in node["steps"]], None, node["without"], times, facts)


def completes(steps, before, without, times, facts):
    """Whether the steps that are left can be completed after a moment, and nothing follows that may not."""
    if not steps:
        return without is None or stayed_away(without, times(without), before, facts)
    (step, candidates), *later = steps
    after = [at for at in candidates if before is None or at > before]
    for completion in after[step["times"] - 1 :]:
        in_time = step["within_days"] is None or before is None or \
            (completion.date() - before.date()).days < step["within_days"]  # fmt: skip
        if in_time and completes(later, completion, without, times, facts):
            return True
    return False


def stayed_away(without, times, completion, facts):
    after = [at for at in times if at > completion]
    if without["within_days"] is None:
        return not after
    last_day = completion.date() + timedelta(days=without["within_days"] - 1)
    return last_day <= facts.as_of and not any(at.date() <= last_day for at in after)
