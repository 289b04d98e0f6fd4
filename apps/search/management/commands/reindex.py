"""`manage.py reindex`: make the search index anew, from the records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.kernel.tenancy.scope import system_scope
from apps.progress.contracts import progress_bar
from apps.search.contracts import Searchable
from apps.search.management.choosing import add_choices, chosen
from apps.search.models import SearchIndex
from apps.search.services.rebuilding import carry_out, start_here


class Command(BaseCommand):
    """Rebuild kinds of record, one after the other."""

    help = (
        "Rebuild the search index. Searches go on meanwhile and miss nothing. Stop it at any time (Ctrl-C, kill): the"
        " next run goes on behind the last record that was done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        add_choices(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, report, and fail if some records could not be indexed."""
        failed = 0
        for tenant_id, kind in chosen(options["tenant"], options["entity"]):
            index = self._rebuilt(tenant_id, kind)
            self.stdout.write(f"{tenant_id} {kind.entity}: {index.done} records")
            failed += index.failed_at is not None
        if failed:
            raise CommandError(f"{failed} indexes lack records that could not be indexed; the log names them.")

    def _rebuilt(self, tenant_id: UUID, kind: Searchable) -> SearchIndex:
        with system_scope(tenant_id, "reindex"):
            index = start_here(kind.entity, name=f"reindex {kind.entity}")
            began = index.done
            with progress_bar(index.total, kind.entity) as bar:
                if began:
                    bar.update(began)
                done = began

                def watch(now: SearchIndex) -> None:
                    nonlocal done
                    bar.update(now.done - done)
                    done = now.done

                try:
                    carry_out(index, watch)
                except KeyboardInterrupt:
                    raise CommandError(f"Stopped behind {index.done} records; run it again to go on.") from None
        return index
