"""What a build must keep to be published: limits declared in ``scheduled/quality.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from journeykit.errors import unknown_name
from journeykit.tags.binning import OTHER
from journeykit.tags.drift import Drift, measure_drift
from journeykit.tags.profile import Profile, TagProfile
from journeykit.yaml_files import read_definition

Share = Decimal

FREQUENT = 100
"""A value that so many sampled customers have is no secret of any of them."""

_WHOLE = "See whether the bank's customer file is whole, and load the day again."


class _Limits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CustomerLimits(_Limits):
    """`min` rows at least; `max_change` is the largest share by which they may grow or shrink."""

    min: int | None = Field(default=None, ge=0)
    max_change: Share | None = Field(default=None, ge=0)


class EveryTag(_Limits):
    """Of every tag: `coverage_drop` in points of 1 (0.05 is five per cent points), `drift` as an index.

    A tag that the snapshot before had and that can no longer be built is known for nobody. Unless `values`
    is false a tag may have no other values than those that it declares.
    """

    coverage_drop: Share | None = Field(default=None, ge=0, le=1)
    drift: Share | None = Field(default=None, ge=0)
    values: bool = True


class OneTag(EveryTag):
    """Of one tag, instead of what holds for all; `coverage_min` is the smallest share with a value."""

    coverage_min: Share | None = Field(default=None, ge=0, le=1)


class Limits(_Limits):
    """Limits of a build; only what is declared is checked, and that tags keep to their declared values.

    Examples
    --------
    >>> limits = Limits.model_validate({"customers": {"min": 1000}, "tags": {"aum": {"coverage_min": "0.9"}}})
    >>> limits.of("aum").coverage_min, limits.of("age").coverage_min
    (Decimal('0.9'), None)
    """

    customers: CustomerLimits = CustomerLimits()
    every_tag: EveryTag = EveryTag()
    tags: Mapping[str, OneTag] = Field(default_factory=dict)

    def of(self, name: str) -> OneTag:
        """What holds for a tag: its own limits before those of every tag."""
        own = self.tags[name].model_dump(exclude_unset=True) if name in self.tags else {}
        return OneTag.model_validate({**self.every_tag.model_dump(), **own})

    @property
    def of_drift(self) -> bool:
        """Whether any limit is on drift."""
        return any(one.drift is not None for one in (self.every_tag, *self.tags.values()))


@dataclass(frozen=True)
class Breach:
    """A limit that a build breaks.

    `rule` is the key of the limit, `tag` is empty where it is about the customers; `message` says in words
    what was found and what to do.
    """

    rule: str
    tag: str
    measured: float
    limit: float
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Gate:
    """What a build is held against: declared limits, and the profile of the snapshot before it."""

    limits: Limits
    previous: Profile | None

    def judge(self, connection: sa.Connection, schema: str | None, new: Profile) -> tuple[Breach, ...]:
        """The limits that a build breaks whose file, not yet published, is attached under `schema`."""
        compared = self.previous if self.limits.of_drift else None
        drift = measure_drift(connection, schema, new, compared) if compared else None
        return check_build(new, self.previous, drift, self.limits)


def read_limits(path: Path, names: Iterable[str]) -> Limits:
    """The limits in a YAML file; none at all when there is no such file.

    Parameters
    ----------
    path : Path
        ``scheduled/quality.yaml``.
    names : iterable of str
        The tags of the catalogue.

    Raises
    ------
    DefinitionError
        The file is not valid, or has a limit on an unknown tag; the message names the key.
    """
    limits = read_definition(path, Limits) if path.exists() else Limits()
    known = set(names)
    for name in limits.tags:
        if name not in known:
            raise unknown_name("tag", name, known, f"{path} has limits on it.")
    return limits


def check_build(
    new: Profile, previous: Profile | None, drift: Drift | None, limits: Limits
) -> tuple[Breach, ...]:
    """Every limit that a new build breaks.

    Parameters
    ----------
    new : Profile
        Of the build to judge.
    previous : Profile or None
        Of the snapshot before it; without one nothing is compared.
    drift : Drift or None
        From `previous` to `new`; may be left out where no limit is on drift.
    limits : Limits
        What was declared.
    """
    return (
        *_of_customers(new, previous, limits.customers),
        *_of_absent(new, limits),
        *_of_lost(new, previous, limits),
        *_of_tags(new, previous, drift, limits),
    )


def _of_customers(new: Profile, previous: Profile | None, limits: CustomerLimits) -> Iterator[Breach]:
    rows = new.customers
    if limits.min is not None and rows < limits.min:
        yield Breach(
            "customers.min", "", rows, limits.min,
            f"The build has {rows:,} customers, fewer than {limits.min:,}. {_WHOLE}",
        )  # fmt: skip
    if limits.max_change is None or previous is None or not previous.customers:
        return
    change = Fraction(rows, previous.customers) - 1
    if abs(change) > Fraction(limits.max_change):
        yield Breach(
            "customers.max_change", "", float(abs(change)), float(limits.max_change),
            f"The build has {rows:,} customers, {float(change):+.1%} against {previous.customers:,} on "
            f"{previous.as_of}; allowed is {limits.max_change:.1%}. {_WHOLE}",
        )  # fmt: skip


def _of_absent(new: Profile, limits: Limits) -> Iterator[Breach]:
    for name, own in sorted(limits.tags.items()):
        if name not in new.tags and own.coverage_min:
            yield Breach(
                "coverage_min", name, 0.0, float(own.coverage_min),
                f"'{name}' cannot be built{_without(new, name)}, and {own.coverage_min:.1%} of the customers "
                f"should have it. {_advice(name)}",
            )  # fmt: skip


def _of_lost(new: Profile, previous: Profile | None, limits: Limits) -> Iterator[Breach]:
    """Tags that are still declared, were there before, and whose data or model is gone: none is known."""
    for name in sorted(previous.tags.keys() & new.unavailable.keys()) if previous else ():
        limit = limits.of(name).coverage_drop
        if previous and limit is not None and _coverage(previous[name]) > Fraction(limit):
            yield Breach(
                "coverage_drop", name, previous[name].coverage, float(limit),
                f"'{name}' cannot be built{_without(new, name)}, and was known for "
                f"{previous[name].coverage:.2%} of the customers on {previous.as_of}; allowed is a drop of "
                f"{limit:.2%}. {_advice(name)}",
            )  # fmt: skip


def _without(new: Profile, name: str) -> str:
    return f" without {new.unavailable[name]}" if name in new.unavailable else ""


def _of_tags(new: Profile, previous: Profile | None, drift: Drift | None, limits: Limits) -> Iterator[Breach]:
    for name in sorted(new.tags):
        of = limits.of(name)
        coverage = _coverage(new[name])
        if of.coverage_min is not None and coverage < Fraction(of.coverage_min):
            yield Breach(
                "coverage_min", name, float(coverage), float(of.coverage_min),
                f"'{name}' is known for {float(coverage):.1%} of the customers, less than "
                f"{of.coverage_min:.1%}. {_advice(name)}",
            )  # fmt: skip
        before = previous.tags.get(name) if previous else None
        if previous and before and of.coverage_drop is not None:
            drop = _coverage(before) - coverage
            if drop > Fraction(of.coverage_drop):
                yield Breach(
                    "coverage_drop", name, float(drop), float(of.coverage_drop),
                    f"'{name}' is known for {float(coverage):.2%} of the customers, and was for "
                    f"{before.coverage:.2%} on {previous.as_of}; allowed is a drop of "
                    f"{of.coverage_drop:.2%}. {_advice(name)}",
                )  # fmt: skip
        if of.values and new[name].undeclared:
            yield _undeclared(new[name])
        index = drift.indices.get(name) if drift else None
        if drift and index is not None and of.drift is not None and index > of.drift:
            yield Breach(
                "drift", name, index, float(of.drift),
                f"'{name}' is spread otherwise than on {drift.previous}: index {index:.3f}, allowed is "
                f"{of.drift}. {_advice(name)}",
            )  # fmt: skip


def _undeclared(one: TagProfile) -> Breach:
    """Frequent values are named, rare ones not: this message is mailed, and a value may be a person's."""
    others = [
        f"'{label}'"
        for label, count in zip(one.labels, one.counts, strict=False)
        if label not in (*one.declared, OTHER) and count >= FREQUENT
    ]
    many = f"{one.undeclared:,}" if one.undeclared >= FREQUENT else f"fewer than {FREQUENT}"
    return Breach(
        "values", one.tag, one.undeclared, 0,
        f"'{one.tag}' has values that it does not declare, for {many} customers"
        f"{' (among them ' + ', '.join(others) + ')' if others else ''}; declared are "
        f"{', '.join(one.declared)}. Correct the definition or the data, declare the values, or allow any "
        f"with values: false under tags.{one.tag} in scheduled/quality.yaml.",
    )  # fmt: skip


def _coverage(one: TagProfile) -> Fraction:
    """Exact, so that a tag right at its limit keeps it."""
    return Fraction(one.known, one.customers or 1)


def _advice(name: str) -> str:
    return (
        f"Correct data or mapping and load again, or change the limit under tags.{name} in "
        "scheduled/quality.yaml."
    )
