"""`python -m benchmarks [name…]`: run benchmarks one after the other and print their figures."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

import django

from benchmarks.figures import Figure, table
from benchmarks.options import BENCHMARKS, Options, parse


def main() -> None:
    """Start the servers, run what is asked for, print."""
    options = parse()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    databases = importlib.import_module("benchmarks.databases")
    results = []
    with databases.template():
        for name in options.names:
            with databases.fresh():
                results.append(_run(name, options))
    if options.as_json:
        print(json.dumps(results, indent=2, ensure_ascii=False))


def _run(name: str, options: Options) -> dict[str, Any]:
    machine = importlib.import_module("benchmarks.machine")
    facts: dict[str, str] = machine.facts()
    print(f"{name} …", file=sys.stderr, flush=True)
    figures: list[Figure] = list(importlib.import_module(f"benchmarks.{name}").run(options))
    facts["load_after"] = str(machine.load())
    if not options.as_json:
        print(f"\n{name}: {BENCHMARKS[name]}")
        print(", ".join(f"{key} {value}" for key, value in facts.items()))
        print(f"\n{table(figures)}\n", flush=True)
    return {"benchmark": name, "machine": facts, "figures": [figure.as_json() for figure in figures]}


if __name__ == "__main__":
    main()
