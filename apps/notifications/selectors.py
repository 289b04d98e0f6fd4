"""Reads of mails and notifications that are more than one filter."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.kernel import clock
from apps.kernel.registry.notices import CHANNELS, NotificationType
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, scope_or_none
from apps.kernel.work.models import Work
from apps.notifications.calculations import ALL_TYPES, Choices, Peace, is_wanted
from apps.notifications.errors import NoInbox
from apps.notifications.models import (
    WAITING,
    DigestEvery,
    Mail,
    Notification,
    NotificationPreference,
    NotificationSettings,
    Status,
)

MAIL_WORK = "notifications.mail"
PEOPLE = frozenset({ActorKind.STAFF, ActorKind.CUSTOMER})
MOST_COUNTED = 100


def lost_mails() -> QuerySet[Mail]:
    """Mails that say they wait or are being sent, while no worker will come for them: theirs died too often."""
    work = Work.objects.filter(
        kind=MAIL_WORK, tenant_id=current_scope().tenant_id, ref_id=OuterRef("pk"), parked_at__isnull=True
    )
    rows: QuerySet[Mail] = Mail.objects.filter(status__in=WAITING)
    return rows.exclude(Exists(work))


def reader_or_none() -> Actor | None:
    """Who reads their own notifications; None for programs and for nobody."""
    scope = scope_or_none()
    actor = scope.actor if scope is not None else None
    return actor if actor is not None and actor.kind in PEOPLE and actor.id is not None else None


def own() -> dict[str, object]:
    """Columns by which rows are the reader's own. Raises NoInbox for programs."""
    actor = reader_or_none()
    if actor is None:
        raise NoInbox
    return {"recipient_kind": str(actor.kind), "recipient_id": actor.id}


def own_notifications() -> QuerySet[Notification]:
    """The reader's own that stand in their list and have not expired; none for programs."""
    actor = reader_or_none()
    rows: QuerySet[Notification] = Notification.objects.filter(in_app=True).filter(is_live())
    if actor is None:
        return rows.none()
    return rows.filter(**own())


def is_live() -> Q:
    """The condition that a notification has not expired."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())


def unread_count() -> int:
    """How many the reader has not read; stops counting at 100."""
    return own_notifications().filter(status=Status.UNREAD)[:MOST_COUNTED].count()


def choices_of(kind: str, ids: Collection[UUID], types: Collection[str] | None = None) -> dict[UUID, Choices]:
    """What people have chosen, by person; of some types and of all types, or everything where none are named."""
    rows = NotificationPreference.objects.filter(recipient_kind=kind, recipient_id__in=ids)
    if types is not None:
        rows = rows.filter(type__in=[ALL_TYPES, *types])
    found: dict[UUID, dict[tuple[str, str], bool]] = {}
    for person, type_id, channel, wanted in rows.values_list("recipient_id", "type", "channel", "is_wanted"):
        found.setdefault(person, {})[type_id, channel] = wanted
    return dict(found)


def settings_of(kind: str, ids: Collection[UUID]) -> dict[UUID, NotificationSettings]:
    """Settings of those who have set something."""
    rows = NotificationSettings.objects.filter(recipient_kind=kind, recipient_id__in=ids)
    return {item.recipient_id: item for item in rows}


def peace_of(stored: NotificationSettings | None, time_zone: str) -> Peace:
    """When somebody wants peace; `time_zone` is theirs where they have set no other."""
    if stored is None:
        return Peace(zone_of(time_zone))
    return Peace(
        zone_of(stored.time_zone or time_zone),
        quiet_from=stored.quiet_from,
        quiet_until=stored.quiet_until,
        is_muted=stored.is_muted,
        muted_until=stored.muted_until,
        hour=stored.digest_hour,
        weekday=stored.digest_weekday if stored.digest_every == DigestEvery.WEEKLY else None,
    )


def zone_of(name: str) -> ZoneInfo:
    """The zone of a name; UTC where there is none of it."""
    return zone_or_none(name) or ZoneInfo("UTC")


def zone_or_none(name: str) -> ZoneInfo | None:
    """The zone of a name, None where there is none of it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # malformed, a folder, unknown
        return None


def wanted_channels(choices: Choices, declared: NotificationType) -> frozenset[str]:
    """The channels by which somebody who chose so wants the type."""
    return frozenset(
        name for name in CHANNELS if is_wanted(choices, declared.id, name, default=name in declared.channels)
    )
