"""`manage.py search_drift`: compare the search index with the records, and mend it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.kernel.tenancy.scope import system_scope
from apps.progress.contracts import progress_bar
from apps.search.contracts import Searchable
from apps.search.management.choosing import add_choices, chosen
from apps.search.services.drift import Drift, compare


class Command(BaseCommand):
    """Compare documents with what they would be now, by their checksums."""

    help = (
        "Compare the search index with the records: how many have no document, another one than they would get now,"
        " and how many documents have no record. Fails when something differs and --repair is not given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        add_choices(parser)
        parser.add_argument("--repair", action="store_true", help="bring what differs up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, report, and fail if something differs."""
        total = 0
        for tenant_id, kind in chosen(options["tenant"], options["entity"]):
            drift = _compared(tenant_id, kind, repair=options["repair"])
            self.stdout.write(f"{tenant_id} {_told(drift)}")
            total += drift.total
        if total and not options["repair"]:
            raise CommandError(f"{total} documents differ; --repair mends them.")


def _compared(tenant_id: UUID, kind: Searchable, *, repair: bool) -> Drift:
    with system_scope(tenant_id, "search_drift"), progress_bar(None, kind.entity) as bar:

        def tick(records: int) -> None:
            bar.update(records)

        return compare(kind, repair=repair, tick=tick)


def _told(drift: Drift) -> str:
    return (
        f"{drift.entity}: {drift.records} records, {drift.documents} documents,"
        f" {drift.missing} missing, {drift.stale} out of date, {drift.orphaned} without a record"
    )
