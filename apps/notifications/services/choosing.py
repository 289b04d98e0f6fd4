"""What people choose about their notifications: kinds and channels, quiet hours, the digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock
from apps.kernel.commands.models import RowImage
from apps.kernel.errors import FieldError
from apps.kernel.registry.notices import CHANNELS, EMAIL, NOTIFICATION_TYPES
from apps.kernel.tenancy.scope import Scope
from apps.kernel.work.queueing import enqueue, withdraw
from apps.notifications.calculations import ALL_TYPES
from apps.notifications.errors import ChoiceInvalid
from apps.notifications.models import DigestEvery, Notification, NotificationPreference, NotificationSettings
from apps.notifications.selectors import own, peace_of, zone_or_none
from apps.notifications.services.carrying import reader_of
from apps.notifications.services.saying import DIGEST_WORK

SETTINGS: Final = (
    "time_zone",
    "quiet_from",
    "quiet_until",
    "is_muted",
    "muted_until",
    "digest_every",
    "digest_hour",
    "digest_weekday",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a type is wanted by a channel; the type "" is all that nothing is said about, None takes a word back."""

    type: str
    channel: str
    is_wanted: bool | None


def _example(scope: Scope) -> Mapping[str, Any]:
    return {"choices": [Choice(ALL_TYPES, EMAIL, True)], "settings": {"digest_hour": 7}}


@command(
    "notifications.settings.choose",
    open_reason="everybody decides what they are told",
    resource="notifications.settings",
    example=_example,
)
def choose(*, choices: Sequence[Choice] = (), settings: Mapping[str, Any] | None = None) -> NotificationSettings:
    """Change what the actor has chosen; what is not named stays. The later of two words about the same counts.

    Raises ChoiceInvalid with all complaints, NoInbox for programs.
    """
    mine = own()
    hold_lock(f"notifications {mine['recipient_id']}")
    row = NotificationSettings.objects.filter(**mine).first()
    is_new = row is None
    row = row or NotificationSettings(**mine)
    for name, value in (settings or {}).items():
        setattr(row, name, value)
    complaints = [*_complaints_of_choices(choices), *_complaints_of_settings(row, settings or {})]
    if complaints:
        raise ChoiceInvalid(errors=tuple(complaints))
    if is_new or settings:
        row.save(force_insert=is_new)
    _choose({(item.type, item.channel): item.is_wanted for item in choices}, mine)
    _move_digest(mine, row)
    return row


def follow_undo(settings_id: UUID) -> None:
    """Let a digest that waits come as settings say that somebody has taken back, or done again; any number of times."""
    row = NotificationSettings.objects.filter(pk=settings_id).first()
    kept: Any = RowImage.objects.filter(row_id=settings_id, table_name=NotificationSettings._meta.db_table)
    image = None if row is not None else kept.order_by("-seq").values_list("before", flat=True).first()
    if row is not None:
        _move_digest({"recipient_kind": row.recipient_kind, "recipient_id": row.recipient_id}, row)
    elif image:
        whose = {"recipient_kind": image["recipient_kind"], "recipient_id": UUID(image["recipient_id"])}
        _move_digest(whose, None)


def _choose(wanted: Mapping[tuple[str, str], bool | None], mine: Mapping[str, Any]) -> None:
    known = {(item.type, item.channel): item for item in NotificationPreference.objects.filter(**mine)}
    gone = [known[key].pk for key, value in wanted.items() if value is None and key in known]
    new = {key: value for key, value in wanted.items() if value is not None and key not in known}
    NotificationPreference.objects.filter(pk__in=gone).delete()
    for value in (True, False):
        changed = [known[key].pk for key in known if wanted.get(key) is value and known[key].is_wanted is not value]
        NotificationPreference.objects.filter(pk__in=changed).update(is_wanted=value, updated_at=clock.now())
    NotificationPreference.objects.bulk_create(
        [NotificationPreference(type=key[0], channel=key[1], is_wanted=value, **mine) for key, value in new.items()]
    )


def _move_digest(whose: Mapping[str, Any], row: NotificationSettings | None) -> None:
    """Let a digest that waits come when it is wanted now; None is as for everybody who has chosen nothing."""
    kind, reader_id = str(whose["recipient_kind"]), whose["recipient_id"]
    if not Notification.objects.filter(recipient_id=reader_id, in_digest=True).exists():
        return
    reader = reader_of(kind, reader_id)
    withdraw(DIGEST_WORK, [reader_id])
    enqueue(DIGEST_WORK, reader_id, peace_of(row, reader.time_zone if reader else "").next_digest(clock.now()))


def _complaints_of_choices(choices: Sequence[Choice]) -> Iterator[FieldError]:
    for number, item in enumerate(choices):
        if item.type != ALL_TYPES and item.type not in NOTIFICATION_TYPES:
            yield _complaint(f"choices.{number}.type", _("There is no such kind of notification."))
        if item.channel not in CHANNELS:
            yield _complaint(f"choices.{number}.channel", _("There is no such channel."))


def _complaints_of_settings(row: NotificationSettings, given: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in sorted(set(given) - set(SETTINGS)):
        yield _complaint(name, _("There is no such setting."))
    if row.time_zone and zone_or_none(row.time_zone) is None:
        yield _complaint("time_zone", _("There is no such time zone."))
    if (row.quiet_from is None) != (row.quiet_until is None):
        missing = "quiet_from" if row.quiet_from is None else "quiet_until"
        yield _complaint(missing, _("Quiet hours have a beginning and an end."))
    if row.digest_every not in DigestEvery.values:
        yield _complaint("digest_every", _("A digest comes every day or once a week."))
    if not 0 <= row.digest_hour <= 23:
        yield _complaint("digest_hour", _("An hour is from 0 to 23."))
    if not 0 <= row.digest_weekday <= 6:
        yield _complaint("digest_weekday", _("A day is from 0, Monday, to 6, Sunday."))


def _complaint(field: str, message: str) -> FieldError:
    return FieldError(field, ChoiceInvalid.code, message)
