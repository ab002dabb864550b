"""The command line: ``generate`` a bank, ``advance`` it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import synthetic_data
from journeykit.errors import JourneykitError
from synthetic_data.advancing import advance
from synthetic_data.generating import generate
from synthetic_data.seasons import BASE_DAY


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m synthetic_data", description=synthetic_data.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("generate", help="write a bank and its history as of a day")
    make.add_argument("--customers", type=int, default=20_000, help="customers known by the default day")
    make.add_argument("--seed", type=int, default=1, help="same seed, same rows")
    make.add_argument(
        "--as-of", type=date.fromisoformat, default=BASE_DAY, help="last day shown (YYYY-MM-DD)"
    )
    make.add_argument("--out", type=Path, required=True, help="folder for the files")
    move = commands.add_parser("advance", help="let business days pass; customers answer leads")
    move.add_argument("--leads", type=Path, required=True, help="JSON of journeykit leads list --json")
    move.add_argument("--days", type=int, default=1, help="business days that pass")
    move.add_argument("--out", type=Path, required=True, help="the bank's folder")
    return parser.parse_args(arguments)


def main() -> int:
    """Run a command; an error is one clear sentence and a non-zero exit."""
    given = read_arguments()
    try:
        if given.command == "generate":
            rows = generate(given.customers, given.seed, given.as_of, given.out)
        else:
            rows = advance(given.leads, given.days, given.out)
    except JourneykitError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    for subject, count in rows.items():
        sys.stdout.write(f"{subject:20} {count:>12,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
