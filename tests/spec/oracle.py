"""The language in plain Python, over the JSON form of an expression; written without the compiler.

A person is a dict of tag values (None is missing), an event a dict with customer_id, occurred_at,
action, object, channel and product_id.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Context, Decimal

EXACT = Context(prec=200)


def ids(node, people, events, as_of):
    """The ids of everyone for whom the condition holds, sorted."""
    return sorted(one["customer_id"] for one in people if value(node, one, events, as_of) is True)


def value(node, person, events, as_of):  # noqa: PLR0912 - one arm per kind of node
    def of(part):
        return value(part, person, events, as_of)

    match node["node"]:
        case "value":
            return constant(node)
        case "tag":
            return person[node["name"]]
        case "as_of":
            return as_of
        case "arithmetic":
            return calculate(node, of(node["left"]), of(node["right"]))
        case "days_between":
            start, end = of(node["start"]), of(node["end"])
            return None if start is None or end is None else (day(end) - day(start)).days
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
        case "did":
            return did(node, person, events, as_of)
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


def is_double(node):
    """Whether a number comes out of a division, by the form of the expression alone."""
    match node["node"]:
        case "arithmetic":
            return node["op"] == "/" or is_double(node["left"]) or is_double(node["right"])
        case "fill":
            return is_double(node["operand"])
        case "case":
            last = [] if node["otherwise"] is None else [node["otherwise"]]
            return any(is_double(part) for part in [*(arm["then"] for arm in node["arms"]), *last])
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
        return {"+": left + right, "-": left - right, "*": left * right}[node["op"]]
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


def did(node, person, events, as_of):
    wanted = {name: constant(one) for name, one in node["where"]}
    times = 0
    for event in events:
        ago = (as_of - event["occurred_at"].date()).days
        times += (
            event["customer_id"] == person["customer_id"]
            and event["action"] == node["action"]
            and all(event[name] == one for name, one in wanted.items())
            and ago >= 0
            and (node["within_days"] is None or ago < node["within_days"])
        )
    return {
        "at_least": times >= node["times"],
        "at_most": times <= node["times"],
        "exactly": times == node["times"],
    }[node["op"]]
