"""What a tag is: a frozen value that says what it means and how it is computed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from journeykit.contract import Privacy, Type
from journeykit.errors import DefinitionError
from journeykit.expressions import AnyNode, Expression, Node, TagRef, tag_names
from journeykit.settings import find_root
from journeykit.tags.checking import (
    check_aggregate,
    check_attribute,
    check_declared,
    check_expression,
    check_given,
    check_ranking,
    check_score,
    texts_of,
)
from journeykit.tags.columns import columns_in
from journeykit.yaml_files import Name, definition_error, from_yaml, to_yaml, write_definition

if TYPE_CHECKING:
    from journeykit.mart.mart import Mart
    from journeykit.tags.preview import Preview

Function = Literal[
    "count", "sum", "mean", "min", "max", "first", "last", "distinct", "days_since", "exists", "share",
    "mode", "slope", "volatility", "daily_mean",
]  # fmt: skip

# A tag is also an attribute of the catalogue and a column beside customer_id, so these are taken.
RESERVED = frozenset(
    {"customer_id", "get", "in_order", "items", "keys", "of", "rows", "search", "to_frame", "values"}
)
MAX_DAYS = 36_500
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def name_of(tag: object) -> str:
    """The name of a tag that is given by name, by handle or as itself.

    Raises
    ------
    DefinitionError
        It is no tag, but a calculation with tags, or something else.

    Examples
    --------
    >>> from journeykit.expressions import tag
    >>> name_of("aum"), name_of(tag("aum"))
    ('aum', 'aum')
    """
    if isinstance(tag, str):
        return tag
    if isinstance(tag, Tag):
        return tag.name
    if isinstance(tag, Expression) and isinstance(tag.node, TagRef):
        return tag.node.name
    raise DefinitionError(
        f"{tag!r} is no tag. Give a tag's name or handle; a calculation becomes a tag by "
        "jk.Tag(name=..., title=..., type=..., compute=jk.Formula(expression=...))."
    )


class _Compute(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **parts: Any) -> None:
        check_given(type(self), parts)
        try:
            super().__init__(**parts)
        except ValidationError as error:
            raise definition_error(type(self).__name__, error) from error


class Attribute(_Compute):
    """A column of the customer, or of a subject the customer references (branch, manager).

    A missing boolean reads as false, since boolean tags are never missing. Of a date, `function` may ask
    for the ``days_since`` it or the full ``years_since`` it, up to as_of.
    """

    kind: Literal["attribute"] = "attribute"
    subject: str = "customer"
    column: str
    function: Literal["value", "days_since", "years_since"] = "value"


class Aggregate(_Compute):
    """Rows of a subject, summed up for whom they belong to.

    Parameters
    ----------
    subject : str
        Any subject of the mart whose rows belong to a customer, a manager or a branch; the values of
        a manager or branch are given to each of their customers.
    function : str
        ``count`` of rows, ``sum``, ``mean``, ``min``, ``max``, ``first`` and ``last`` by the subject's
        time (ties by its key), ``distinct`` values, ``days_since`` the latest day, ``exists``;
        ``share`` of the rows for which the condition `of` holds; ``mode``, the most frequent value, of
        equally frequent ones the smallest. Over time: ``slope``, the least-squares change from one period
        of `per_days` to the next, and ``volatility``, the population standard deviation over the periods, of
        each period's sum of `of` (of its number of rows without `of`); ``daily_mean`` of balances.
    of : expression, optional
        What is summed up; missing values are passed over. None for ``count`` and ``exists``.
    where : expression, optional
        Only these rows. Columns of a referenced subject are ``column("risk_level", of="product")``.
    within_days : int, optional
        Only rows of the last n days: of as_of D, those of D-n+1 to D by the subject's time.
    by : str, optional
        The column that says whom a row belongs to; the subject's owner when left out.
    each : str, optional
        For ``first`` and ``last`` of numbers: taken for each value of this column and then summed, as
        in the last balance of each account.
    per_days : int, optional
        For ``slope`` and ``volatility``: the window's days are cut into periods of so many.
    carry_days : int, optional
        Rows are balances: each holds from its day until the next row of the same `each`, for at most so
        many days, and a window's total is that of every day. ``daily_mean`` is its mean over the days;
        ``slope`` and ``volatility`` then take the daily means of their periods.
    """

    kind: Literal["aggregate"] = "aggregate"
    subject: str
    function: Function
    of: AnyNode | None = None
    where: AnyNode | None = None
    within_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    by: str | None = None
    each: str | None = None
    per_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    carry_days: int | None = Field(default=None, ge=1, le=MAX_DAYS)

    @property
    def periods(self) -> int:
        """How many periods its window has; 1 without periods."""
        return (self.within_days or 1) // self.per_days if self.per_days else 1


class Formula(_Compute):
    """An expression over other tags and as_of."""

    kind: Literal["formula"] = "formula"
    expression: AnyNode


class Ranking(_Compute):
    """Where a customer stands by a tag among all customers who have a value of it.

    Parameters
    ----------
    tag : str or handle
        A number or date tag.
    function : str
        ``rank``: 1 is the first; equal values share the smaller rank. ``quantile``: the share of the
        ranked who stand at or behind this customer, 1 for the first. ``groups``: n for the foremost n-th
        part down to 1; by how many stand behind, so equal values are in one group.
    groups : int
        How many groups; 5 makes quintiles.
    lowest_first : bool
        Whether the smallest value stands first.
    where : expression, optional
        Only these customers are ranked, by a condition over tags; the others have no value.
    """

    kind: Literal["ranking"] = "ranking"
    tag: Annotated[str, BeforeValidator(name_of)]
    function: Literal["rank", "quantile", "groups"]
    groups: int = Field(default=5, ge=2, le=100)
    lowest_first: bool = False
    where: AnyNode | None = None


class Score(_Compute):
    """The probability that a trained model gives; the tag cannot be built before the model is trained."""

    kind: Literal["score"] = "score"
    model: Name


def _no_expression(value: Any) -> Any:
    if isinstance(value, Expression | Node):
        raise ValueError(f"{value!r} is an expression. Write compute=jk.Formula(expression=...)")
    return value


Compute = Annotated[
    Annotated[Attribute | Aggregate | Formula | Ranking | Score, Field(discriminator="kind")],
    BeforeValidator(_no_expression),
]


class Tag(BaseModel):
    """One fact about each customer, as of a day.

    Parameters
    ----------
    name : str
        Lower-case identifier; the column of the snapshot.
    title, title_zh, description, description_zh : str
        What a reader sees, in both languages.
    family : str
        The group the catalogue lists it under.
    unit : str
        ``yuan``, ``days``, ``times`` …; empty for text, booleans and shares.
    type : Type
        ``decimal`` has two places, ``rate`` six; results are rounded half-up to them.
    owner : str
        The department that answers for its meaning.
    sensitivity : str
        Privacy class C1 to C3 after JR/T 0171. When left out, a catalogue takes C2, or that of what it is
        computed from when that is higher; only a condition or a text with declared values may say less.
    values : tuple of str
        Every value a text tag may have; empty when it is open.
    compute : Attribute, Aggregate, Formula, Ranking or Score
        How it is computed.

    Examples
    --------
    >>> large = Tag(name="large_inflows_30d", title="Large inflows", type="integer", unit="times",
    ...             compute=Aggregate(subject="txn", function="count", within_days=30))
    >>> large.compute.kind, large.scale
    ('aggregate', 0)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    title_zh: str = ""
    description: str = ""
    description_zh: str = ""
    family: str = "own"
    unit: str = ""
    type: Type
    owner: str = ""
    sensitivity: Privacy | None = None
    values: tuple[str, ...] = ()
    compute: Compute

    def __init__(self, **parts: Any) -> None:
        check_given(type(self), parts)
        try:
            super().__init__(**parts)
        except ValidationError as error:
            raise definition_error(f"Tag '{parts.get('name', '')}'", error) from error

    @model_validator(mode="after")
    def _check(self) -> Tag:
        if not NAME.fullmatch(self.name) or self.name in RESERVED:
            raise DefinitionError(
                f"'{self.name}' cannot name a tag. Use lower-case letters, digits and _, starting with a "
                f"letter, up to 63 of them, and none of: {', '.join(sorted(RESERVED))}."
            )
        if self.values and self.type is not Type.TEXT:
            raise DefinitionError(
                f"Tag '{self.name}': allowed values are for text tags; its type is {self.type}. "
                "Leave them out."
            )
        match self.compute:
            case Attribute():
                check_attribute(self.name, self.type, self.compute, self.values)
            case Aggregate():
                check_aggregate(self.name, self.type, self.compute)
            case Formula():
                check_expression(self.name, self.compute.expression)
                check_declared(self.name, self.values, texts_of(self.compute.expression))
            case Ranking():
                check_ranking(self.name, self.type, self.compute)
            case Score():
                check_score(self.name, self.type)
        return self

    @property
    def scale(self) -> int:
        """Decimal places of its values."""
        return {Type.DECIMAL: 2, Type.RATE: 6}.get(self.type, 0)

    def to_yaml(self) -> str:
        """The tag as YAML, from which :meth:`from_yaml` makes an equal one."""
        return to_yaml(self)

    @classmethod
    def from_yaml(cls, text: str) -> Tag:
        """Read a tag from YAML text; :class:`DefinitionError` names what is wrong."""
        return from_yaml(text, cls)

    def save(self, folder: Path | None = None) -> Path:
        """Write ``<name>.yaml`` in a folder, by default ``scheduled/tags``; the next build picks it up.

        Raises
        ------
        DefinitionError
            The library has a tag of that name, or it does not fit the library and the tags that are saved
            there; nothing is written.
        """
        from journeykit.tags.catalogue import check_saved

        folder = folder or find_root() / "scheduled" / "tags"
        check_saved(self, folder)
        return write_definition(folder / f"{self.name}.yaml", self)

    def preview(self, mart: Mart) -> Preview:
        """Compute it for everyone; see :meth:`journeykit.mart.mart.Mart.preview`."""
        from journeykit.tags.preview import preview

        return preview(mart, self)

    @property
    def subject(self) -> str:
        """The subject whose rows it is computed from; empty when it is computed from other tags."""
        return self.compute.subject if isinstance(self.compute, Attribute | Aggregate) else ""

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The subject and name of each column whose values it is computed from; not those that link rows."""
        match self.compute:
            case Attribute(subject=of, column=name):
                return ((of, name),)
            case Aggregate(subject=home, of=of, where=where):
                return tuple((ref.of or home, ref.name) for ref in columns_in(of, where))
        return ()

    @property
    def uses(self) -> tuple[str, ...]:
        """The tags that it is computed from, sorted; a model's features are not known here."""
        match self.compute:
            case Formula(expression=expression):
                return tag_names(expression)
            case Ranking(tag=name, where=where):
                return tuple(sorted({name, *(tag_names(where) if where else ())}))
        return ()
