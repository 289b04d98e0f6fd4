"""What the command line of the benchmarks understands."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass

BENCHMARKS = {
    "plans": "each index under row-level security, with and without the leakproof marks",
    "lists": "a list page of 50 from 10 thousand and from 1 million rows",
    "api": "lists, signing in and an export over HTTP, beside stock DRF and bare bcrypt",
    "commands": "a command against the same save in a scoped transaction: statements and time",
    "undo": "one action over 100 thousand rows and its undo: seconds and memory",
    "crypto": "encryption, decryption and blind index of one value",
    "expressions": "parsing and evaluating a condition",
    "currencies": "a thousand conversions over twenty pairs, and a correction of a thousand rates",
    "search": "searches over 1 million documents in every way, and how soon a change is found",
    "custom_fields": "lists of 1 million records by a custom field, before, during and after its promotion",
    "customers": "1 million people: lists beside stock DRF and the bare query, a board, a timeline, likely duplicates",
    "catalog": "prices of a list, of a thousand lines, one decision over 50 prices, and its explanation",
    "imports": "a file of 50 thousand rows: check, import and undo, beside a bulk insert",
    "work": "claims of due work per second",
    "events": "committed events to one persistent subscriber per second",
    "pages": "server time and statements of every page of the back office, on the demonstration's data",
    "progress": "long jobs: writes and events a second, the time left, stopping, and a killed worker",
    "webhooks": "events noted for webhooks, and requests per second",
    "stream": "live streams of one process: from the commit until 500 clients have heard, and memory",
}
FULL = "full"


@dataclass(frozen=True, slots=True)
class Options:
    """What to run. `rows` replaces the size of the largest data; None leaves it to `full`."""

    names: tuple[str, ...]
    rows: int | None
    full: bool
    as_json: bool

    def size(self, full: int) -> int:
        """Rows to load where the documents speak of `full` rows: a tenth of them in a small run."""
        return self.rows or (full if self.full else full // 10)


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; ends the program for `--help` and for what it does not understand."""
    listing = "\n".join(f"  {name:<12} {about}" for name, about in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Print figures of the house, measured here and now, beside a baseline of the same run.",
        epilog=f"benchmarks (all of them by default):\n{listing}\n\nSee docs/how-to/benchmarks.md.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="name", help="a benchmark, see below")
    parser.add_argument("--rows", type=_positive, help="rows of the largest data, instead of what the size says")
    parser.add_argument("--full", action="store_true", help="the sizes of the documents; also AGORA_BENCH_SIZE=full")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON instead of tables")
    found = parser.parse_args(arguments)
    if unknown := [name for name in found.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    full = found.full or os.environ.get("AGORA_BENCH_SIZE", "") == FULL
    return Options(tuple(dict.fromkeys(found.names or BENCHMARKS)), found.rows, full, found.as_json)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("has to be 1 or more")
    return number
