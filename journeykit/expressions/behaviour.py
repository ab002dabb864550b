"""Nodes about what customers did: how often, how much, in which order.

They read the rows of an event subject: what customers did (`event`), moved (`txn`), were told (`contact`) …
A window of n days as of D covers D-n+1 to D (design D3); without one, all history up to D counts. One that
begins on a day E covers E to E+n-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from journeykit.contract import SUBJECTS, Subject, Time, Type
from journeykit.errors import DefinitionError, unknown_name
from journeykit.expressions.base import WHOLE, Node, quote, show_part, unwrap_optional, walk

if TYPE_CHECKING:
    from journeykit.expressions.nodes import AnyNode

BARRED = ("consent",)  # no complement may ever reach someone who never answered (design D4)
ACTIONS = SUBJECTS["event"].column("action").values
NUMBERS = (Type.INTEGER, Type.DECIMAL, Type.RATE)
Days = Annotated[int, Field(ge=1, lt=2**31), WHOLE]
Times = Annotated[int, Field(ge=0, lt=2**31), WHOLE]


def event_subjects() -> tuple[str, ...]:
    """The subjects whose rows are something a customer did or met at a time."""
    return tuple(
        name
        for name, one in SUBJECTS.items()
        if one.time is Time.EVENT and one.owner == "customer_id" and name not in BARRED
    )


class Selection(Node):
    """Which rows are meant: an action of `event`, or an event subject, and a condition over its columns."""

    event: str
    where: Annotated[AnyNode | None, BeforeValidator(unwrap_optional)] = None

    @property
    def subject(self) -> Subject:
        """The subject whose rows are read."""
        return SUBJECTS["event" if self.event in ACTIONS else self.event]

    @property
    def at(self) -> str:
        """The column that tells when a row was."""
        return self.subject.at or ""

    @property
    def action(self) -> str | None:
        """The one action that is meant, when it is one."""
        return self.event if self.event in ACTIONS else None

    @model_validator(mode="after")
    def _check_selection(self) -> Selection:
        known = (*ACTIONS, *event_subjects())
        if self.event not in known:
            raise ValueError(str(unknown_name("event", self.event, known, f"Use one of {', '.join(known)}.")))
        if self.where is not None:
            _check_where(self, self.where)
        return self

    def show(self) -> str:
        """The call of did() that selects these rows."""
        return f"did({', '.join([quote(self.event), *_show_where(self.where)])})"


class Events(Selection):
    """Rows in a window that ends at as_of, or since the customer came to a node of a journey."""

    within_days: Days | None = None
    since_entry: StrictBool = False

    @model_validator(mode="after")
    def _check_window(self) -> Events:
        if self.within_days is not None and self.since_entry:
            raise ValueError("within() and since_entry() are two windows; keep one of them")
        return self

    def show_window(self) -> str:
        """The calls that narrow the time."""
        return _show_window(self.within_days, self.since_entry)

    def __repr__(self) -> str:
        return self.show() + self.show_window()


class Did(Node):
    """How often something happened; with `every_days`, in each period of so many days of the window."""

    node: Literal["did"] = "did"
    events: Events
    op: Literal["at_least", "at_most", "exactly"] = "at_least"
    times: Times = 1
    every_days: Days | None = None

    @model_validator(mode="after")
    def _check(self) -> Did:
        within = self.events.within_days
        if self.every_days is not None and within is not None and within % self.every_days:
            raise ValueError(f"{within} days are not whole periods of {self.every_days} days")
        return self

    @property
    def periods(self) -> int:
        """How many periods of `every_days` its window has; one where there are none."""
        return (self.events.within_days or 1) // self.every_days if self.every_days else 1

    def __repr__(self) -> str:
        times = "" if (self.op, self.times) == ("at_least", 1) else f".{self.op}({self.times})"
        each = "" if self.every_days is None else f".in_each(days={self.every_days})"
        return f"{self.events.show()}{times}{each}{self.events.show_window()}"


class Measure(Node):
    """A value over events: how many, how much of a column, when first or last.

    Counts and sums over no rows are 0; the others are missing. A mean is in double precision.
    """

    node: Literal["measure"] = "measure"
    events: Events
    function: Literal["count", "sum", "mean", "min", "max", "first_time", "last_time"]
    of: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Measure:
        takes = self.function in ("sum", "mean", "min", "max")
        if takes != (self.of is not None):
            raise ValueError(
                f"{self.function}() needs a column, as in .{self.function}('amount')"
                if takes
                else f"{self.function}() takes no column"
            )
        if self.of is not None:
            home = self.events.subject
            numbers = [one.name for one in home.columns if one.type in NUMBERS]
            if self.of not in numbers:
                raise ValueError(
                    str(unknown_name(f"number of {home.name}", self.of, numbers, "Use a number of these."))
                )
        return self

    @property
    def type(self) -> Type:
        """Of the value."""
        home = self.events.subject
        if self.function == "count":
            return Type.INTEGER
        if self.function == "mean":
            return Type.RATE
        return home.column(self.of or self.events.at).type

    def __repr__(self) -> str:
        of = "" if self.of is None else quote(self.of)
        return f"{self.events!r}.{self.function}({of})"


class Step(Selection):
    """A step of a sequence: so many rows after the step before, the last of them within some days of it."""

    times: Annotated[int, Field(ge=1, lt=2**31), WHOLE] = 1
    within_days: Days | None = None

    def __repr__(self) -> str:
        times = "" if self.times == 1 else f".at_least({self.times})"
        return f"{self.show()}{times}{_show_window(self.within_days, since_entry=False)}"


class Without(Selection):
    """What must not follow a sequence: ever, or in the days from its end on, once these are over."""

    within_days: Days | None = None

    def __repr__(self) -> str:
        days = "" if self.within_days is None else f", days={self.within_days}"
        return f".without({self.show()}{days})"


class Sequence(Node):
    """Steps one after the other; one match suffices, and equal times are not in order.

    `within_days` and `since_entry` say which rows are looked at at all.
    """

    node: Literal["sequence"] = "sequence"
    steps: tuple[Step, ...] = Field(min_length=2, max_length=10)
    without: Without | None = None
    within_days: Days | None = None
    since_entry: StrictBool = False

    @model_validator(mode="after")
    def _check(self) -> Sequence:
        if self.steps[0].within_days is not None:
            raise ValueError(
                "the first step has none before it, so no within(); write sequence(...).within(days=...)"
            )
        if self.within_days is not None and self.since_entry:
            raise ValueError("within() and since_entry() are two windows; keep one of them")
        return self

    def __repr__(self) -> str:
        without = "" if self.without is None else repr(self.without)
        steps = ", ".join(map(repr, self.steps))
        return f"sequence({steps}){without}{_show_window(self.within_days, self.since_entry)}"


def _check_where(selection: Selection, where: Node) -> None:
    """Refuse a filter that is not a condition over the subject's own columns, or can never hold."""
    # Types and values are told by modules that need every kind of node, this one's included.
    from journeykit.expressions.nodes import ColumnRef, TagRef
    from journeykit.expressions.types import check_predicate
    from journeykit.expressions.values import check_values

    home = selection.subject
    for part in walk(where):
        if isinstance(part, TagRef):
            raise ValueError(f"a filter of did() looks at one row, so {part!r} cannot stand in it")
        if isinstance(part, ColumnRef) and part.of is not None:
            raise ValueError(f"a filter of did() looks at {home.name} alone, and {part!r} is elsewhere")
        if isinstance(part, ColumnRef) and part.name == home.owner:
            raise ValueError(f"{home.name}.{home.owner} is the customer; filter what was done, not by whom")
    try:
        check_predicate(where, {}, home.name)
        check_values(where, {}, home.name)
    except DefinitionError as error:
        raise ValueError(str(error)) from error


def _show_window(within_days: int | None, since_entry: bool) -> str:
    return ".since_entry()" * since_entry + ("" if within_days is None else f".within(days={within_days})")


def _show_where(where: Node | None) -> list[str]:
    """The filters of a call of did(): conditions, then what can be written as keywords."""
    from journeykit.expressions.nodes import And

    if where is None:
        return []
    parts = list(where.operands) if isinstance(where, And) and len(where.operands) > 1 else [where]
    keywords: dict[str, str] = {}
    while parts and (found := _keyword(parts[-1])) and found[0] not in keywords:
        keywords[found[0]] = found[1]
        parts.pop()
    shown = [show_part(part) if len(parts) > 1 else repr(part) for part in parts]
    return shown + [f"{name}={value}" for name, value in reversed(keywords.items())]


def _keyword(part: Node) -> tuple[str, str] | None:
    """A column and its value, or list of values, when that is all a condition says."""
    from journeykit.expressions.nodes import ColumnRef, Compare, IsIn, Value

    match part:
        case Compare(op="==", left=ColumnRef(name=name, of=None), right=Value() as value):
            return name, repr(value)
        case IsIn(operand=ColumnRef(name=name, of=None), values=values):
            return name, f"[{', '.join(map(repr, values))}]"
    return None
