"""`manage.py modules`: what is installed, what is wrong with it, and who knows whom."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from apps.kernel.management.overview.drawing import FORMATS, edges_of, table
from apps.kernel.management.overview.facts import Facts, facts_of, idle_modules
from apps.kernel.management.overview.judging import problems_of
from apps.kernel.registry.modules import ModuleConfig

COUNTED = ("entities", "routes", "features", "events", "commands")
HEAD = ("module", "label", "enabled", "migration", *COUNTED, "requires")


class Command(BaseCommand):
    """Look at the modules."""

    help = "List the modules, judge them, or draw who knows whom. Changes nothing."
    # A module that the checks stop at is just what is looked for here.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what can be asked."""
        asked = parser.add_subparsers(dest="asked", required=True)
        for name, words in (
            ("list", "what each module consists of"),
            ("check", "missing files, requirements, features and tests, each with a hint; exits with 1 for any"),
            ("graph", "who requires whom, imports whose contracts, hears whose events"),
        ):
            way = asked.add_parser(name, help=words)
            way.add_argument("--json", action="store_true", help="for programs")
            if name == "graph":
                way.add_argument("--format", choices=sorted(FORMATS), default="text", help="default: text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer, in English: ids and hints are for who writes modules."""
        with translation.override("en"):
            configs = [item for item in apps.get_app_configs() if isinstance(item, ModuleConfig)]
            {"list": self._list, "check": self._check, "graph": self._graph}[options["asked"]](configs, options)

    def _list(self, configs: list[ModuleConfig], options: dict[str, Any]) -> None:
        facts = facts_of(configs)
        idle = idle_modules(Path(settings.BASE_DIR) / "apps", {item.name for item in apps.get_app_configs()})
        if options["json"]:
            self._say([{**asdict(item), "enabled": True} for item in facts], idle=idle)
            return
        rows = [_row(item) for item in facts] + [[name, "", "no", *[""] * (len(HEAD) - 3)] for name in idle]
        self.stdout.write(table(HEAD, rows, right=frozenset(COUNTED)))

    def _check(self, configs: list[ModuleConfig], options: dict[str, Any]) -> None:
        found = problems_of(configs, facts_of(configs), root=Path(settings.BASE_DIR))
        if options["json"]:
            self.stdout.write(json.dumps([asdict(problem) for problem in found], indent=2))
        for problem in () if options["json"] else found:
            self.stdout.write(f"{problem.module}: {problem.text}\n    {problem.hint}")
        if found:
            raise SystemExit(1)
        if not options["json"]:
            self.stdout.write(f"{len(configs)} modules, nothing is wrong.")

    def _graph(self, configs: list[ModuleConfig], options: dict[str, Any]) -> None:
        facts = facts_of(configs)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(edge) for edge in edges_of(facts)], indent=2))
            return
        self.stdout.write(FORMATS[options["format"]](facts))

    def _say(self, installed: list[dict[str, Any]], *, idle: list[str]) -> None:
        others = [{"id": name, "enabled": False} for name in idle]
        self.stdout.write(json.dumps([*installed, *others], indent=2, ensure_ascii=False))


def _row(facts: Facts) -> list[str]:
    counts = [str(len(getattr(facts, name))) for name in COUNTED]
    return [facts.id, facts.label, "yes", facts.migration, *counts, ", ".join(facts.requires)]
