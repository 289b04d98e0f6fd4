"""What somebody has chosen about notifications, beside everything that there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from apps.kernel.registry.notices import CHANNELS, NOTIFICATION_TYPES, NotificationType
from apps.notifications.calculations import ALL_TYPES, Choices
from apps.notifications.models import NotificationSettings
from apps.notifications.selectors import choices_of, own, settings_of, wanted_channels
from apps.notifications.services.choosing import SETTINGS


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind, the channels by which it comes (`channels`) and those for which somebody has said so (`chosen`)."""

    type: str
    label: str
    severity: str
    channels: dict[str, bool]
    chosen: dict[str, bool]


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """A channel, and what was said about it for all kinds; None where nothing was."""

    channel: str
    label: str
    chosen: bool | None


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything on the page of choices."""

    channels: list[ChannelChoice]
    types: list[KindChoice]
    time_zone: str
    quiet_from: time | None
    quiet_until: time | None
    is_muted: bool
    muted_until: datetime | None
    digest_every: str
    digest_hour: int
    digest_weekday: int


def preferences() -> Preferences:
    """What the actor has chosen; two queries. Raises NoInbox for programs."""
    mine = own()
    kind, reader_id = str(mine["recipient_kind"]), UUID(str(mine["recipient_id"]))
    chosen: Choices = choices_of(kind, [reader_id]).get(reader_id, {})
    stored = settings_of(kind, [reader_id]).get(reader_id) or NotificationSettings(**mine)
    settings: dict[str, Any] = {name: getattr(stored, name) for name in SETTINGS}
    return Preferences(
        channels=[
            ChannelChoice(item.id, str(item.label), chosen.get((ALL_TYPES, item.id))) for item in CHANNELS.values()
        ],
        types=[_kind(item, chosen) for item in kinds()],
        **settings,
    )


def kinds() -> list[NotificationType]:
    """Every declared kind, by module and label."""
    return sorted(NOTIFICATION_TYPES.values(), key=lambda item: (item.module, str(item.label).lower()))


def _kind(declared: NotificationType, chosen: Choices) -> KindChoice:
    wanted = wanted_channels(chosen, declared)
    return KindChoice(
        type=declared.id,
        label=str(declared.label),
        severity=str(declared.severity),
        channels={name: name in wanted for name in CHANNELS},
        chosen={name: chosen[declared.id, name] for name in CHANNELS if (declared.id, name) in chosen},
    )
