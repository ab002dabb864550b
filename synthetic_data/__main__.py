"""The command line: ``generate`` a bank, ``advance`` it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from journeykit.errors import JourneykitError
from synthetic_data.generating import generate
from synthetic_data.seasons import BASE_DAY


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m synthetic_data", description=sys.modules[__package__].__doc__
    )
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("generate", help="write a bank and its history as of a day")
    make.add_argument("--customers", type=int, default=20_000, help="customers known by the default day")
    make.add_argument("--seed", type=int, default=1, help="same seed, same rows")
    make.add_argument(
        "--as-of", type=date.fromisoformat, default=BASE_DAY, help="last day shown (YYYY-MM-DD)"
    )
    make.add_argument("--out", type=Path, required=True, help="folder for the files")
    return parser.parse_args(arguments)


def main() -> int:
    """Run a command; an error is one clear sentence and a non-zero exit."""
    given = read_arguments()
    try:
        rows = generate(given.customers, given.seed, given.as_of, given.out)
    except JourneykitError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    for subject, count in rows.items():
        sys.stdout.write(f"{subject:20} {count:>12,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
