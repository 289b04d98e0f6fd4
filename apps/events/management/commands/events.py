"""`manage.py events list | subscribers | dead | replay`: events from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Min

from apps.events.selectors import category_of, declared_events, visible_deliveries
from apps.events.services import replay_deliveries, replay_range
from apps.kernel.errors import PlatformError
from apps.kernel.eventbus.failing import DEAD_LETTER
from apps.kernel.eventbus.models import DeliveryStatus
from apps.kernel.eventbus.subscribing import SUBSCRIBERS
from apps.kernel.eventbus.wording import event_words
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.parking import parked

REASON = "events"
AT_ONCE = 1_000  # dead letters in one command
TENANT = "id of the tenant, or the handle of one of its organizations"


class Command(BaseCommand):
    """What is declared, who reacts, what was given up, and having it delivered again."""

    help = "Show declared events, subscribers and dead letters, and have events delivered again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the sub-commands."""
        what = parser.add_subparsers(dest="what", required=True)
        listed = what.add_parser("list", help="declared events")
        listed.add_argument("--module", help="id of the module that declares them")
        what.add_parser("subscribers", help="who reacts to which events, and how")
        dead = what.add_parser("dead", help="deliveries that were given up: by tenant, or those of one tenant")
        dead.add_argument("--tenant", help=TENANT)
        replay = what.add_parser("replay", help="deliver again: a subscriber's dead letters, or all of a period")
        replay.add_argument("--tenant", required=True, help=TENANT)
        replay.add_argument("--subscriber", required=True)
        replay.add_argument("--start", type=moment, help="with --end: every event of the period, delivered or not")
        replay.add_argument("--end", type=moment, help="ISO 8601; without an offset UTC is meant")
        replay.add_argument("--pattern", default="", help="only events with such names")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked for, and tell of refusals."""
        try:
            getattr(self, f"_{options['what']}")(options)
        except PlatformError as error:
            details = "; ".join(f"{item.field}: {item.message}" for item in error.errors)
            raise CommandError(f"{error.detail} {details}".strip()) from error

    def _list(self, options: dict[str, Any]) -> None:
        for event in declared_events(module=options["module"]):
            self.stdout.write(f"{event.name}  {category_of(event)}, {event.broadcast.value}  {event_words(event.name)}")

    def _subscribers(self, options: dict[str, Any]) -> None:
        for name, item in sorted(SUBSCRIBERS.items()):
            traits = [
                "persistent" if item.persistent else "in process",
                *(["ordered"] if item.ordered else []),
                *(["together"] if item.together else []),
            ]
            self.stdout.write(f"{name}  {item.pattern}  {', '.join(traits)}")

    def _dead(self, options: dict[str, Any]) -> None:
        if options["tenant"] is None:
            rows = parked(kind=DEAD_LETTER).order_by().values("tenant_id")
            for row in rows.annotate(number=Count("pk"), oldest=Min("parked_at")).order_by("oldest"):
                self.stdout.write(f"{row['tenant_id']}  {row['number']} since {row['oldest']:%Y-%m-%d %H:%M}")
            return
        with whole_tenant(options["tenant"]), scoped_transaction():
            for item in _dead_letters().select_related("event").order_by("created_at", "pk"):
                self.stdout.write(f"{item.pk}  {item.subscriber}  {item.event.name}  {item.last_error}")

    def _replay(self, options: dict[str, Any]) -> None:
        if (options["start"] is None) != (options["end"] is None):
            raise CommandError("A period has a --start and an --end.")
        with whole_tenant(options["tenant"]):
            if options["start"] is None:
                self._replay_dead(options["subscriber"])
                return
            given = {name: options[name] for name in ("subscriber", "start", "end", "pattern")}
            done = replay_range(**given)
        job = f" by the job {done.job_id}" if done.job_id else f": {done.count} deliveries"
        self.stdout.write(f"On their way{job}.")

    def _replay_dead(self, subscriber: str) -> None:
        with scoped_transaction():
            ids = list(_dead_letters().filter(subscriber=subscriber).order_by("seq").values_list("pk", flat=True))
        done = sum(replay_deliveries(ids[at : at + AT_ONCE]) for at in range(0, len(ids), AT_ONCE))
        self.stdout.write(f"On their way: {done} deliveries.")


def _dead_letters() -> Any:
    return visible_deliveries().filter(status=DeliveryStatus.DEAD)


@contextmanager
def whole_tenant(name: str) -> Iterator[None]:
    """The system's scope over the tenant of an id or handle. Raises CommandError for none."""
    tenant_id = _tenant_id(name)
    with system_scope(tenant_id, REASON), scoped_transaction():
        tree = service(OrganizationTree)
        known, organizations = tree.tenant_exists(tenant_id), tree.all_ever()
    if not known:
        raise CommandError(f"There is no tenant {name}.")
    with system_scope(tenant_id, REASON, organization_ids=organizations):
        yield


def _tenant_id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        found = HandleIndex.objects.filter(value=name.strip().lower()).values_list("tenant_id", flat=True).first()
    if found is None:
        raise CommandError(f"There is no tenant {name}.")
    return found


def moment(text: str) -> datetime:
    """An aware moment. Raises CommandError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no moment; write 2030-01-31 or 2030-01-31T12:00+01:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
