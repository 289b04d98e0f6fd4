"""`manage.py promote_field`: build the index of a custom field, or all that were asked for, while everybody works."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.entities.models import FieldIndex, IndexStatus
from apps.entities.selectors.indexed import Wanted, table_of
from apps.entities.selectors.kinds import readers_in_use
from apps.entities.services.promoting import note_wanted, promote, waiting
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.concurrently import Watch
from apps.progress.contracts import progress_bar

PAUSE = 5  # seconds between two looks of `--watch`


class Command(BaseCommand):
    """Build indexes as the owner of the tables."""

    help = (
        "Build the index that serves filters and sorting by a custom field, for every tenant that has it. Nobody waits"
        " meanwhile. Needs DATABASE_OWNER_URL. Safe to repeat and to interrupt: what is half-built is removed first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("entity", nargs="?", help="kind of record, such as currencies.currency or custom.<type>")
        parser.add_argument("key", nargs="?", help="the key of the field")
        add_reader(parser)
        parser.add_argument("--requested", action="store_true", help="build every index that users have asked for")
        parser.add_argument("--watch", action="store_true", help="go on building what is asked for until interrupted")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, report, and fail if something could not be built."""
        if options["watch"]:
            self._watch()
        elif options["requested"]:
            self._build(waiting())
        else:
            self._build([_noted(index) for index in wanted_of(options)])

    def _watch(self) -> None:
        try:
            while True:
                if rows := waiting():
                    self._build_what_goes(rows)
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _build_what_goes(self, rows: list[FieldIndex]) -> None:
        try:
            self._build(rows, may_fail=True)
        except CommandError as refusal:
            self.stderr.write(str(refusal))

    def _build(self, rows: list[FieldIndex], *, may_fail: bool = False) -> None:
        if not rows:
            self.stdout.write("No index is asked for.")
            return
        try:
            with progress_bar(100 * len(rows), "Building indexes") as bar:
                done = promote(rows, watch=_showing(bar))
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal
        for row in done:
            outcome = "is served by" if row.status == IndexStatus.READY else f"could not be indexed ({row.reason}):"
            self.stdout.write(f"{row.entity} {row.key} {outcome} {row.name}")
        if not may_fail and any(row.status == IndexStatus.FAILED for row in done):
            raise CommandError("Some indexes could not be built.")


def add_reader(parser: CommandParser) -> None:
    """The option that says how a field is read."""
    parser.add_argument(
        "--read-as",
        choices=("text", "num", "time", "bool"),
        help="how values are read, where tenants have fields of different kinds under this key",
    )


def wanted_of(options: dict[str, Any]) -> list[Wanted]:
    """The index that the command line names. Raises CommandError for none, and where it could be several."""
    entity, key = options["entity"], options["key"]
    if not entity or not key:
        raise CommandError("Name the kind of record and the key of the field.")
    try:
        table_of(entity)
    except PlatformError as refusal:
        raise CommandError(f"{entity} is no kind of record with custom fields.") from refusal
    given = options["read_as"]
    readers = {f"cf_{given}"} if given else readers_in_use(entity, key)
    if not readers:
        raise CommandError(f"No tenant has a field {key} of {entity} that an index could serve.")
    if len(readers) > 1:
        names = ", ".join(sorted(name.removeprefix("cf_") for name in readers))
        raise CommandError(f"Tenants have fields of different kinds under this key. Say --read-as one of: {names}.")
    return [Wanted(entity, key, reader) for reader in readers]


def _noted(index: Wanted) -> FieldIndex:
    try:
        with transaction.atomic():  # scope: a global table
            return note_wanted(index)
    except PlatformError as refusal:
        raise CommandError(refusal.detail) from refusal


def _showing(bar: Any) -> Watch:
    def show(done: int, total: int) -> None:
        bar.update(max(done - bar.n % total, 0))

    return show
