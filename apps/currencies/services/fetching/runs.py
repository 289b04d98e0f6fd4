"""One fetch from beginning to end: first everything is read, then everything is recorded, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from apps.currencies.contracts import RATE_PROVIDERS, RateProvider, RateQuote
from apps.currencies.errors import DocumentBroken, FetchFailed
from apps.currencies.models import FetchRun, RunStatus
from apps.currencies.services.fetching.sources import pieces_of
from apps.currencies.services.fetching.storing import cancel_run, fail_run, finish_run
from apps.kernel import clock
from apps.kernel.errors import InvalidInput, PlatformError
from apps.kernel.outbound import OutboundRefused
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

Watch = Callable[[], None]
SHOWN_COMPLAINTS = 5


class Stopped(Exception):
    """Somebody asked to stop: raised by a watch between two documents."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fetch. `may_succeed_later` says that the failure may pass, `after` when to try again."""

    run: FetchRun
    may_succeed_later: bool = False
    after: timedelta | None = None


@contextmanager
def working_in(organization_id: UUID, asked_by: UUID | None = None) -> Iterator[None]:
    """Work in one organization and nowhere else, on behalf of whoever asked."""
    scope = current_scope()
    actor = replace(scope.actor, on_behalf_of=asked_by)
    seen = frozenset({organization_id})
    with using_scope(replace(scope, organization_id=organization_id, organization_ids=seen, actor=actor)):
        yield


def carry_out(run_id: UUID, *, watch: Watch, provider: RateProvider | None = None) -> Outcome:
    """Fetch and record in the scope of the run's organization, outside any transaction.

    `watch` is called before each document and before the rates are recorded. `provider` stands in for the
    registered one. A run that has ended is left alone.
    """
    run = _begun(run_id)
    if run.has_ended:
        return Outcome(run)
    try:
        quotes = _gathered(run, provider or RATE_PROVIDERS[run.provider], watch)
        return Outcome(finish_run(run.pk, quotes=quotes))
    except Stopped:
        return Outcome(cancel_run(run))
    except (OutboundRefused, FetchFailed, DocumentBroken, InvalidInput) as refusal:
        failed = fail_run(run.pk, code=refusal.code, error=told(refusal))
        return Outcome(failed, bool(getattr(refusal, "retryable", False)), getattr(refusal, "after", None))


def told(refusal: PlatformError) -> str:
    """A refusal with its first complaints, for people."""
    return "\n".join([refusal.detail, *(f"{item.field}: {item.message}" for item in refusal.errors[:SHOWN_COMPLAINTS])])


def _begun(run_id: UUID) -> FetchRun:
    with scoped_transaction():
        run: FetchRun = FetchRun.objects.get(pk=run_id)
        if not run.has_ended:
            run.status, run.started_at = RunStatus.RUNNING, clock.now()
            run.save(update_fields=["status", "started_at"])
    return run


def _gathered(run: FetchRun, provider: RateProvider, watch: Watch) -> Sequence[RateQuote]:
    found: dict[tuple[object, ...], RateQuote] = {}
    for piece in pieces_of(provider, run.options, run.start_on, run.end_on):
        watch()
        for quote in provider.quotes(piece, run.options):
            key = (quote.from_code, quote.to_code, quote.effective_on, quote.kind)
            if found.setdefault(key, quote).rate != quote.rate:
                _refuse_two(found[key], quote)
    watch()
    return list(found.values())


def _refuse_two(first: RateQuote, second: RateQuote) -> None:
    text = _("It has two rates of {pair} for {day}: {first} and {second}.")
    pair = f"{first.from_code}/{first.to_code}"
    rates = {"first": f"{first.rate.normalize():f}", "second": f"{second.rate.normalize():f}"}
    raise DocumentBroken(why=text.format(pair=pair, day=first.effective_on, **rates))
