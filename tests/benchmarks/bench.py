"""Our work against hand-written DuckDB SQL that does the same, measured in one run.

Every step runs in a process of its own, so its peak memory is its own; both sides have two threads and the
same memory limit, ours goes first, so that the hand-written side finds the files in the page cache. Nothing
is printed as a ratio before both sides were found to have produced the same rows.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

STEPS = Path(__file__).with_name("steps.py")
ROUNDS = 2
PART = 5
"""pandas builds a fifth of the customers: 200,000 take it 4.2 GiB, so 8 GiB hold less than two fifths."""

WHAT = {
    "bank": "bank generation: ours all subjects with behaviour; by hand txn, event and balance at random",
    "load": "mart load: read, check, correct, land by month; by hand only keys and references are checked",
    "build": "tag build: every tag of the library into one sorted snapshot file",
}  # fmt: skip


def run_step(name: str, folder: Path, customers: int, command: list[str] | None = None) -> dict[str, Any]:
    """Run one step, of steps.py or by a command; its result, with seconds and peak memory in GiB."""
    print(f"  running {name} …", file=sys.stderr, flush=True)
    command = command or [sys.executable, str(STEPS), name, str(folder), str(customers)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output)
        # RUSAGE_CHILDREN holds the largest of all children so far; wait4 tells this one's.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"Step {name} failed with exit code {process.returncode}.")
        output.seek(0)
        result = json.loads(output.read().splitlines()[-1])
    return {**result, "gib": usage.ru_maxrss / 2**20}


def best(results: list[dict[str, Any]]) -> dict[str, Any]:
    """The round with the least CPU, the shortest time and the largest memory of any."""
    quickest = {point: min(one[point] for one in results) for point in ("seconds", "cpu")}
    return {**results[0], **quickest, "gib": max(one["gib"] for one in results)}


def measure(folder: Path, customers: int) -> dict[str, dict[str, Any]]:
    """Run every step and leave with an error when the two sides do not agree."""
    found = {name: run_step(name, folder, customers) for name in ("our_bank", "hand_bank")}
    found |= {name: run_step(name, folder, customers) for name in ("our_load", "hand_load")}
    run_step("models", folder, customers)
    rounds: dict[str, list[dict[str, Any]]] = {"our_build": [], "hand_build": []}
    for _ in range(ROUNDS):
        for name, results in rounds.items():
            results.append(run_step(name, folder, customers))
    found |= {name: best(results) for name, results in rounds.items()}
    found |= measure_part(folder, customers // PART)
    found["compare"] = run_step("compare", folder, customers)
    found["count"] = run_step("count", folder, customers)
    differences = list(found["compare"]["differences"])
    for one in found["count"]["segments"]:
        if one["sizes"]["ours"] != one["sizes"]["hand"]:
            differences.append(f"segment {one['name']}: {one['sizes']}")
    if differences:
        sys.exit("The two sides differ, so no ratio means anything:\n" + "\n".join(differences))
    return found


def measure_part(folder: Path, customers: int) -> dict[str, dict[str, Any]]:
    """Build a smaller bank by our code and by pandas."""
    part = folder / "part"
    part.mkdir()
    (part / "models").symlink_to(folder / "models")
    for name in ("our_bank", "our_load"):
        run_step(name, part, customers)
    return {f"part_{name}": run_step(name, part, customers) for name in ("our_build", "pandas_build")}


def report(found: dict[str, dict[str, Any]], customers: int) -> str:
    """The printed result."""
    rows = found["our_bank"]["of"]
    compared = found["compare"]["tags"]
    lines = [
        f"{customers:,} customers, {rows['txn']:,} transactions, {rows['event']:,} events, "
        f"{rows['balance']:,} balances; 2 threads, DuckDB memory limit 4 GB on both sides.",
        f"Agreed: the landed rows of every subject, {compared} of {found['our_build']['tags']} tags for "
        f"{found['our_build']['rows']:,} customers, value by value and type by type; every segment's size.",
        "",
        f"{'':18} {'ours':^29} {'by hand':^29} {'CPU ratio':>9} {'ratio':>6}",
    ]
    for step in WHAT:
        ours, hand = found[f"our_{step}"], found[f"hand_{step}"]
        cells = [_cell(ours), _cell(hand)]
        ratios = f"{ours['cpu'] / hand['cpu']:9.2f} {ours['seconds'] / hand['seconds']:6.2f}"
        lines.append(f"{step:18} {cells[0]:>29} {cells[1]:>29} {ratios}")
    for one in found["count"]["segments"]:
        for point in ("p50", "p95"):
            ours, hand = one["ours"][point], one["hand"][point]
            name = f"{one['name']} {point}"
            lines.append(f"{name:18} {f'{ours:.2f} ms':>29} {f'{hand:.2f} ms':>29} {ours / hand:16.2f}")
    ours, pandas = found["part_our_build"], found["part_pandas_build"]
    lines += ["", f"{ours['rows']:,} customers: ours {_cell(ours)}; pandas {_cell(pandas)}: pandas takes "
              f"{pandas['seconds'] / ours['seconds']:.1f} times as long, "
              f"{pandas['cpu'] / ours['cpu']:.1f} times the CPU."]  # fmt: skip
    lines += ["", f"Segment counts: peak {found['count']['gib']:.1f} GiB, 200 times each, in turn."]
    lines += [*WHAT.values(), f"The tag build shows the better of {ROUNDS} rounds in turn."]
    lines += ["CPU is the time of both threads; where others use the machine, its ratio is the one to read."]
    return "\n".join(lines)


def _cell(one: dict[str, Any]) -> str:
    return f"{one['seconds']:6.1f} s, CPU {one['cpu']:5.1f} s, {one['gib']:4.1f} GiB"


def main() -> None:
    """Measure in a temporary folder and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    customers = parser.parse_args().customers
    with tempfile.TemporaryDirectory(prefix="journeykit-bench-") as folder:
        print(report(measure(Path(folder), customers), customers))


if __name__ == "__main__":
    main()
