"""`manage.py fetch_rates`: fetch exchange rates now, for one tenant or all."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.currencies.contracts import RATE_PROVIDERS, RateProvider
from apps.currencies.errors import NothingToFetch
from apps.currencies.models import FetchRun, RunStatus, RunTrigger
from apps.currencies.providers.file.provider import FileProvider
from apps.currencies.services.fetching.requests import summary
from apps.currencies.services.fetching.runs import carry_out, told
from apps.currencies.services.fetching.sources import Source, demand_range, pieces_of, sources_of, today
from apps.currencies.services.fetching.storing import Asked, cancel_run, open_run
from apps.directory.contracts import TenantBook
from apps.kernel.errors import PlatformError
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress.contracts import Bar, progress_bar

REASON = "fetch_rates"
ORGANIZATIONS = "slug"


@dataclass(frozen=True, slots=True)
class Errand:
    """One source of one organization."""

    tenant_id: UUID
    organization_id: UUID
    name: str
    source: Source


class Command(BaseCommand):
    """Fetch rates of days, from every enabled source or from one provider."""

    help = "Fetch exchange rates now. Without days today's are fetched. Fetching the same days twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--date", type=day, help="one day, such as 2026-03-06")
        parser.add_argument("--from", dest="start", type=day, help="first day of a range")
        parser.add_argument("--to", dest="end", type=day, help="last day of a range (default: today)")
        parser.add_argument("--provider", help="only this one, even where its configuration is switched off")
        parser.add_argument("--tenant", default="", help="id of the tenant, or the handle of one of its organizations")
        parser.add_argument(
            "--file", type=Path, help="read this file as the table of the provider `file`, instead of its address"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch, report, and fail if some fetches did."""
        start, end = days_of(options)
        provider = self._provider(options)
        errands = list(_errands(options))
        if not errands:
            raise CommandError(str(NothingToFetch.message))
        try:
            demand_range(start, end, [errand.source for errand in errands])
        except PlatformError as refusal:
            raise CommandError(told(refusal)) from refusal
        runs: list[tuple[Errand, FetchRun]] = []
        try:
            with progress_bar(sum(_steps(errand, provider, start, end) for errand in errands), "Fetching rates") as bar:
                runs.extend((errand, _fetched(errand, (start, end), provider, bar)) for errand in errands)
        except KeyboardInterrupt:
            raise CommandError("Stopped. What is listed above is recorded.") from None
        finally:  # not between the steps of the bar, which would be torn apart
            for errand, run in runs:
                self.stdout.write(f"{errand.name}: {summary(run)}")
        failed = sum(run.status == RunStatus.FAILED for _errand, run in runs)
        if failed:
            raise CommandError(f"{failed} of {len(runs)} fetches failed.")

    def _provider(self, options: dict[str, Any]) -> RateProvider | None:
        """What stands in for the registered provider: a file on this machine."""
        if options["file"] is None:
            return None
        if options["provider"] != FileProvider.id or not options["tenant"]:
            raise CommandError("--file goes with --provider file and --tenant.")
        return FileProvider(options["file"])


def day(text: str) -> date:
    """A day in ISO 8601."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day; write 2026-03-06") from None


def days_of(options: dict[str, Any]) -> tuple[date, date]:
    """The range that was asked for. Raises CommandError."""
    if options["date"] and (options["start"] or options["end"]):
        raise CommandError("Give either --date or --from and --to.")
    end = options["date"] or options["end"] or today()
    return options["date"] or options["start"] or end, end


def _errands(options: dict[str, Any]) -> Iterator[Errand]:
    """Whom to fetch for. Only a tenant that is named fetches from a provider that is not configured there."""
    named, provider = options["tenant"], options["provider"]
    if provider is not None and provider not in RATE_PROVIDERS:
        raise CommandError(f"There is no provider {provider}; there are: {', '.join(sorted(RATE_PROVIDERS))}.")
    for tenant_id in [_tenant_of(named)] if named else _tenants():
        for organization_id, name in _organizations(tenant_id):
            with system_scope(tenant_id, REASON, organization_id=organization_id), scoped_transaction():
                try:
                    sources = sources_of(organization_id, provider, is_configured=not named)
                except NothingToFetch:
                    continue
            yield from (Errand(tenant_id, organization_id, name, source) for source in sources)


def _tenants() -> list[UUID]:
    rows = HandleIndex.objects.filter(kind=ORGANIZATIONS).order_by("tenant_id")
    return list(rows.values_list("tenant_id", flat=True).distinct())


def _tenant_of(name: str) -> UUID:
    try:
        tenant_id: UUID | None = UUID(name)
    except ValueError:
        rows = HandleIndex.objects.filter(kind=ORGANIZATIONS, value=name.strip().lower())
        tenant_id = rows.values_list("tenant_id", flat=True).first()
    if tenant_id is None:
        raise CommandError(f"There is no tenant {name}.")
    return tenant_id


def _organizations(tenant_id: UUID) -> list[tuple[UUID, str]]:
    """Living organizations of a tenant that may be worked in, with the name that a line of the report begins with."""
    tree = service(OrganizationTree)
    with system_scope(tenant_id, REASON), scoped_transaction():
        if not tree.tenant_is_open(tenant_id):
            return []
        tenant = service(TenantBook).profile().slug
        return [(pk, f"{tenant}/{name}") for pk, name, _depth in tree.choices(tree.all_living())]


def _fetched(errand: Errand, days: tuple[date, date], provider: RateProvider | None, bar: Bar) -> FetchRun:
    """Make one fetch; the bar goes on by all its steps, also where it ends early."""
    left = _steps(errand, provider, *days)

    def watch() -> None:
        nonlocal left
        left -= 1
        bar.update()

    bar.set_description(f"{errand.name}: {errand.source.name}")
    with system_scope(errand.tenant_id, REASON, organization_id=errand.organization_id):
        run = open_run(errand.source, *days, Asked(RunTrigger.COMMAND_LINE))
        try:
            return carry_out(run.pk, watch=watch, provider=provider).run
        except KeyboardInterrupt:
            cancel_run(run)
            raise
        finally:
            bar.update(left)


def _steps(errand: Errand, provider: RateProvider | None, start: date, end: date) -> int:
    """The documents, and the recording."""
    chosen = provider or RATE_PROVIDERS[errand.source.provider]
    return len(pieces_of(chosen, errand.source.options, start, end)) + 1
