"""What becomes of a notification for each of its readers: where it goes, when, and how loudly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.kernel.registry.notices import DIGEST, EMAIL, IN_APP, NotificationType, Recipient
from apps.notifications.calculations import Choices, Peace
from apps.notifications.selectors import choices_of, peace_of, settings_of, wanted_channels
from apps.notifications.services.rendering import language_of

NOTHING_CHOSEN: Choices = {}


@dataclass(frozen=True, slots=True)
class Decision:
    """For one reader: whether it stands in their list, pops up, waits for their digest, and by which channels it
    leaves when."""

    reader: Recipient
    locale: str
    in_app: bool
    is_silent: bool
    digest_at: datetime | None
    leaves: Mapping[str, datetime]

    @property
    def is_worth_a_row(self) -> bool:
        """Say whether the reader wants it anywhere."""
        return self.in_app or self.digest_at is not None or bool(self.leaves)


def decisions(declared: NotificationType, readers: Sequence[Recipient], *, kind: str, now: datetime) -> list[Decision]:
    """What each of the readers wants of it; two queries however many they are."""
    ids = [item.id for item in readers]
    chosen, settings = choices_of(kind, ids, [declared.id]), settings_of(kind, ids)
    made = []
    for reader in readers:
        wanted = wanted_channels(chosen.get(reader.id, NOTHING_CHOSEN), declared)
        peace = peace_of(settings.get(reader.id), reader.time_zone)
        made.append(_decision(reader, wanted, peace, now=now))
    return [item for item in made if item.is_worth_a_row]


def _decision(reader: Recipient, wanted: frozenset[str], peace: Peace, *, now: datetime) -> Decision:
    is_muted, quiet_ends = peace.muted(now), peace.quiet_ends(now)
    unreachable = set() if reader.email else {EMAIL}
    leaving = set() if is_muted else wanted - {IN_APP, DIGEST} - unreachable
    return Decision(
        reader=reader,
        locale=language_of(reader.locale),
        in_app=IN_APP in wanted,
        is_silent=is_muted or quiet_ends is not None,
        digest_at=peace.next_digest(now) if DIGEST in wanted and not is_muted else None,
        leaves=dict.fromkeys(sorted(leaving), quiet_ends or now),
    )
