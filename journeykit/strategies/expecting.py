"""A verb that takes a strategy, a name or a mart says so when it is given something else."""

from __future__ import annotations

from journeykit.errors import DefinitionError
from journeykit.mart.mart import Mart
from journeykit.strategies.graph import Strategy


def expect_strategy(given: object, example: str) -> None:
    """Raise DefinitionError unless it is a strategy; `example` is the call, with the strategy as `plan`.

    Examples
    --------
    >>> expect_strategy("idle", "jk.check(plan, mart)")
    Traceback (most recent call last):
    ...
    journeykit.errors.DefinitionError: 'idle' is a name. Write for example \
jk.check(jk.Strategy.load('idle'), mart).
    """
    if isinstance(given, str):
        loaded = example.replace("plan", f"jk.Strategy.load({given!r})", 1)
        raise DefinitionError(f"{given!r} is a name. Write for example {loaded}.")
    if not isinstance(given, Strategy):
        raise DefinitionError(f"A strategy is expected, not {_kind(given)}. Write for example {example}.")


def expect_mart(given: object, example: str) -> None:
    """Raise DefinitionError unless it is a mart; `example` is the call, with one."""
    if not isinstance(given, Mart):
        raise DefinitionError(f"A mart is expected, not {_kind(given)}. Write for example {example}.")


def expect_name(given: object) -> None:
    """Raise DefinitionError unless it is text, such as a strategy is named with."""
    if not isinstance(given, str):
        name = repr(given.name) if isinstance(given, Strategy) else "plan.name"
        raise DefinitionError(f"A strategy's name is expected, not {_kind(given)}. Write {name}.")


def _kind(given: object) -> str:
    return "None" if given is None else f"a value of the type {type(given).__name__}"
