"""Job parameters, checked against the notebook's `parameters` cell before any kernel starts (design D12)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from journeykit.errors import DefinitionError, unknown_name

Value = str | int | float | bool

_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
RUNNER_GIVEN = ("as_of", "run_id", "build_id")


@dataclass(frozen=True)
class Parameter:
    """One line of a `parameters` cell: ``name: type = default``."""

    name: str
    kind: str
    default: Value


def declared_parameters(notebook: Path) -> dict[str, Parameter]:
    """The parameters a notebook takes, from its cell tagged `parameters`.

    Raises
    ------
    DefinitionError
        The notebook cannot be read, has no such cell, the cell holds anything but lines of the form
        ``name: type = default``, or it does not declare `as_of`.
    """
    try:
        content = nbformat.read(notebook, as_version=4)
    except (OSError, ValueError, AttributeError) as error:
        raise DefinitionError(
            f"Cannot read the notebook {notebook}: {error}. Open and save it in JupyterLab."
        ) from error
    cells = [cell for cell in content.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise DefinitionError(
            f"{notebook} has {len(cells)} cells tagged 'parameters'; it needs one. Tag the first code cell."
        )
    declared = {found.name: found for found in _lines(cells[0].source, notebook)}
    if declared.get("as_of", Parameter("", "", "")).kind != "str":
        raise DefinitionError(f'{notebook} takes no as_of. Add to its parameters cell: as_of: str = ""')
    return declared


def check_parameters(
    given: Mapping[str, Any], declared: Mapping[str, Parameter], job: str
) -> dict[str, Value]:
    """`given`, once every name is declared and every value has the declared type.

    Raises
    ------
    DefinitionError
        All that is wrong, in one message.

    Examples
    --------
    >>> check_parameters({"top": "ten"}, {"top": Parameter("top", "int", 10)}, "weekly")
    Traceback (most recent call last):
    journeykit.errors.DefinitionError: Job 'weekly': parameter 'top' must be int, not 'ten'.
    """
    wrong = []
    for name, value in given.items():
        if name in RUNNER_GIVEN:
            wrong.append(f"'{name}' is set by the run itself; choose the day with --as-of")
        elif name not in declared:
            settable = sorted(set(declared) - set(RUNNER_GIVEN))
            wrong.append(str(unknown_name("parameter", name, settable, "See the notebook's parameters cell")))
        elif not _fits(value, declared[name].kind):
            wrong.append(f"parameter '{name}' must be {declared[name].kind}, not {value!r}")
    if wrong:
        raise DefinitionError(f"Job '{job}': {'; '.join(wrong)}.")
    return {name: float(value) if declared[name].kind == "float" else value for name, value in given.items()}


def read_parameters(texts: Iterable[str], declared: Mapping[str, Parameter], job: str) -> dict[str, Value]:
    """Parameters written as ``name=value``, each read as the type its notebook declares.

    Examples
    --------
    >>> read_parameters(["top=10"], {"top": Parameter("top", "int", 5)}, "weekly")
    {'top': 10}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise DefinitionError(f"'{text}' is no parameter. Write it as: --parameter name=value")
        found[name] = _read(value, declared[name].kind) if name in declared else value
    return check_parameters(found, declared, job)


def _lines(source: str, notebook: Path) -> Iterable[Parameter]:
    hint = "Each line is: name: type = default, with type one of " + ", ".join(_TYPES)
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise DefinitionError(
            f"{notebook}: the parameters cell is not Python: {error.msg}. {hint}."
        ) from error
    for statement in statements:
        try:
            match statement:
                case ast.AnnAssign(ast.Name(name), ast.Name(kind), default) if kind in _TYPES and default:
                    value = ast.literal_eval(default)
                case _:
                    raise ValueError
            if not _fits(value, kind):
                raise ValueError
        except ValueError:
            line = ast.unparse(statement)
            raise DefinitionError(
                f"{notebook}: '{line}' in the parameters cell declares nothing. {hint}."
            ) from None
        yield Parameter(name, kind, value)


def _fits(value: Any, kind: str) -> bool:
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is _TYPES[kind]


def _read(text: str, kind: str) -> Any:
    """`text` as `kind`; as it stands when it is none, for the check to name."""
    if kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    try:
        return _TYPES[kind](text)
    except ValueError:
        return text
