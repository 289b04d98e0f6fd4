"""`manage.py startmodule`: write a module that runs, is tested and documented."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext

from apps.kernel.management.scaffolding.fields import EntityText, Kind, NotUnderstood, entity_of
from apps.kernel.management.scaffolding.names import ImpossibleName, check_module, in_words, sentence
from apps.kernel.management.scaffolding.plan import ModulePlan, plan_of
from apps.kernel.management.scaffolding.rendering import Files, Surroundings, files_of, texts_of
from apps.kernel.management.scaffolding.writing import Desk, Line, NotWritten, all_or_nothing, tidy, write_files
from apps.kernel.registry.entities import ENTITIES

EXAMPLES = f"""
An entity is a name and its fields; a field is name:type[:modifier…]. The first field, a text, names the record.

types      {", ".join(kind for kind in Kind if kind not in {Kind.CHOICE, Kind.REFERENCE, Kind.EMAIL})},
           choice(a|b|c), reference(module.entity), email, email(encrypted)
modifiers  required, unique (among living records of one owner), indexed (lists can be sorted by it)

examples:
  manage.py startmodule library --entity book:title:text,isbn:text:unique,pages:integer,price:money,published:date
  manage.py startmodule library --dry-run \\
      --entity author:name:text,email:email(encrypted) \\
      --entity 'book:title:text,kind:choice(novel|poetry):required,author:reference(library.author):required'
  manage.py startmodule rooms --tenant --label "Meeting rooms" --entity room:name:text:unique,seats:integer
"""
MIGRATION = "apps.kernel.management.scaffolding.migration"


class Command(BaseCommand):
    """Write a CRUD module: models, commands, REST, back office, events, features, tests, page."""

    help = "Write a new module into the project: all of its files, or, where something is in the way, none."
    # It writes files, and may be needed just when a module is broken.
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Keep the lines of the examples."""
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("id", help="id of the module: first word of its public names, folder under apps/")
        parser.add_argument("--entity", action="append", required=True, metavar="NAME:FIELDS", help="may be repeated")
        parser.add_argument("--label", default="", help="name of the module for people (default: from its id)")
        parser.add_argument(
            "--plural", action="append", default=[], metavar="NAME=PLURAL", help="for an entity with another plural"
        )
        level = parser.add_mutually_exclusive_group()
        level.add_argument("--organization", action="store_true", help="records of organizations (the default)")
        level.add_argument("--tenant", action="store_true", help="records of the whole tenant")
        parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan, write, and say what is left to do."""
        try:
            plan = self._plan(options)
            absent = self._absent(plan)
            # Files that another module reads are written where that module is.
            around = Surroundings(absent, apps.is_installed("apps.entities"), apps.is_installed("apps.search"))
            files = files_of(plan, around)
            self._write(plan, files, is_trial=options["dry_run"])
        except (NotUnderstood, ImpossibleName, NotWritten) as error:
            raise CommandError(str(error)) from error
        for target in sorted(absent):
            self.stdout.write(f"{target} is not installed: its field is left out everywhere until it is.")
        if not options["dry_run"]:
            self.stdout.write(LEFT.format(id=plan.id, count=len(untranslated(files))))

    def _plan(self, options: dict[str, Any]) -> ModulePlan:
        module = options["id"]
        check_module(module)
        demand_unknown(module)
        plurals = dict(item.partition("=")[::2] for item in options["plural"])
        described: list[EntityText] = [entity_of(text, plurals=plurals) for text in options["entity"]]
        if strange := sorted(set(plurals) - {item.name for item in described}):
            raise NotUnderstood(f"--plural names {', '.join(strange)}, which is no --entity.")
        label = options["label"] or sentence(in_words(module))
        return plan_of(module, label, described, is_of_tenant=options["tenant"])

    def _absent(self, plan: ModulePlan) -> frozenset[str]:
        outer = [column for entity in plan.entities for column in entity.outer]
        missing = {column.field.parameter for column in outer if column.field.parameter not in ENTITIES}
        needed = sorted({column.field.parameter for column in outer if column.is_required} & missing)
        if needed:
            raise NotUnderstood(
                f"required references need a kind of record that is there, and {', '.join(needed)} is not."
                f" There are: {', '.join(sorted(ENTITIES))}."
            )
        return frozenset(missing)

    def _write(self, plan: ModulePlan, files: Files, *, is_trial: bool) -> None:
        desk = Desk(Path(settings.BASE_DIR))
        desk.demand_free(f"apps/{plan.id}", f"tests/{plan.id}", f"docs/modules/{plan.id}.md")
        lines = lines_of(plan)
        migration = f"apps/{plan.id}/migrations/0001_initial.py"
        for line in lines:
            line.added((desk.root / line.path).read_text())
        if find_spec("ruff") is None:
            raise NotWritten("the files are formatted by ruff, which is not installed; make check installs it.")
        if not is_trial:
            with all_or_nothing(desk.root) as opened:
                write_files(opened, files)
                for line in lines:
                    opened.add(line)
                opened.write(migration, opened.python("-m", MIGRATION, plan.id))
                tidy(opened, migration)
        self._report([*files, migration], lines, is_trial=is_trial)

    def _report(self, paths: list[str], lines: list[Line], *, is_trial: bool) -> None:
        self.stdout.write("would write:" if is_trial else "written:")
        for path in sorted(paths):
            self.stdout.write(f"  {path}")
        for line in lines:
            self.stdout.write(f"  {line.path}: {line.text.strip()}")


LEFT = """
Its pages and addresses are found by themselves: /backend/{id}/, /api/{id}/.

left to do:
  1. read docs/modules/{id}.md and say there what the module is for
  2. make messages, and translate its {count} new texts: docs/how-to/translate.md
  3. python -m tests.architecture.public_names
  4. AGORA_RENEW_COUNTS=1 python -m pytest tests/architecture/test_query_counts.py -n 0
  5. python -m pytest tests/{id} -n 0
  6. make check
Until 2, 3 and 4 are done, tests/architecture says so; make check and the module's own tests pass without them."""


def untranslated(files: Files) -> list[str]:
    """Texts of the files that nobody has translated into any language so far."""
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]

    def is_known(text: str, language: str) -> bool:
        with translation.override(language):
            return gettext(text) != text

    return [text for text in texts_of(files) if not any(is_known(text, language) for language in others)]


def demand_unknown(module: str) -> None:
    """Check that no installed app bears the name. Raises ImpossibleName."""
    for config in apps.get_app_configs():
        if module in {config.label, config.name.rpartition(".")[2]}:
            raise ImpossibleName(f"module {module!r}: {config.name} is installed under that name.")


def lines_of(plan: ModulePlan) -> list[Line]:
    """Lines that the module adds to files of the project."""
    page = f"docs/modules/{plan.id}.md"
    return [
        Line("config/settings.py", f'    "apps.{plan.id}",\n', '    "apps.backoffice",'),
        Line("README.md", f"| [{plan.id}]({page}) | {plan.description} |\n", "| [backoffice]("),
        Line("docs/README.md", f"· [{plan.id}](modules/{plan.id}.md)\n", "## Decisions", joins=True),
    ]
