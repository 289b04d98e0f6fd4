"""What makes a mail safe to send, and when people want to be told things; pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from apps.kernel.errors import FieldError
from apps.notifications.errors import AddressInvalid, LinkRefused, SubjectInvalid

LONGEST_ADDRESS: Final = 254
LONGEST_SUBJECT: Final = 200
LONGEST_TITLE: Final = 500
LONGEST_BODY: Final = 2000
ALL_TYPES: Final = ""
_ENHANCED: Final = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_is_address: Final = EmailValidator()


def plain_address(text: str) -> str:
    """The address `name@domain` and nothing else. Raises AddressInvalid."""
    address = text.strip(" ")
    try:
        _is_address(address)
    except ValidationError:
        raise _complaint(AddressInvalid, "to") from None
    if len(address) > LONGEST_ADDRESS or not _is_visible(address):
        raise _complaint(AddressInvalid, "to")
    return address


def one_line(text: str) -> str:
    """The subject, cut when it is too long for a list of mails. Raises SubjectInvalid for none or a second line."""
    subject = text.strip(" \t")
    if not subject or not _is_visible(subject):
        raise _complaint(SubjectInvalid, "subject")
    return clipped(subject, LONGEST_SUBJECT)


def clipped(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def headline(text: str) -> str:
    """A title: one line without control characters, cut at 500 characters."""
    return clipped(" ".join(_shown(text).split()), LONGEST_TITLE)


def prose(text: str) -> str:
    """The text of a notification: paragraphs without control characters, cut at 2000 characters."""
    return clipped(tidy("\n".join(_shown(line) for line in text.splitlines())), LONGEST_BODY)


def _shown(text: str) -> str:
    return "".join(sign if unicodedata.category(sign) not in {"Cc", "Cs"} else " " for sign in text)


def absolute_link(address: str, base: str) -> str:
    """The address below `base` (the installation's own), which a mail's button may open.

    `address` is a path, or begins with the same origin as `base`. Raises LinkRefused for everything else: another
    host, another scheme, `//host`, backslashes and blanks, which browsers read in ways of their own.
    """
    root = base.rstrip("/")
    if not _is_visible(address) or any(character.isspace() or character in '\\<>"' for character in address):
        raise _complaint(LinkRefused, "link")
    if address.startswith("/") and not address.startswith("//"):
        return f"{root}{address}"
    if _origin(address) is None or _origin(address) != _origin(root):
        raise _complaint(LinkRefused, "link")
    return address


def paragraphs(text: str) -> list[list[str]]:
    """The lines of each paragraph; blank lines part paragraphs."""
    found = [part.strip() for part in _BLANK_LINES.split(text.strip())]
    return [[line.strip() for line in part.split("\n")] for part in found if part]


def tidy(text: str) -> str:
    """The text with one blank line between paragraphs and none around them."""
    return "\n\n".join("\n".join(lines) for lines in paragraphs(text))


def reply_code(code: int, text: str | bytes) -> str:
    """The numbers of a mail server's reply, `550 5.1.1`; its words often repeat the address and are left out."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    enhanced = _ENHANCED.match(words)
    return f"{code} {enhanced[1]}" if enhanced else str(code)


@dataclass(frozen=True, slots=True)
class Peace:
    """When one person wants to be left in peace, and when their digest comes; times are of `zone`.

    `muted_until` None is for as long as it is muted. `weekday` counts from Monday; None is every day.
    """

    zone: ZoneInfo
    quiet_from: time | None = None
    quiet_until: time | None = None
    is_muted: bool = False
    muted_until: datetime | None = None
    hour: int = 8
    weekday: int | None = None

    def muted(self, now: datetime) -> bool:
        """Say whether nothing may be sent now."""
        return self.is_muted and (self.muted_until is None or now < self.muted_until)

    def quiet_ends(self, now: datetime) -> datetime | None:
        """When the quiet hours of now end; None when there are none now."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        local = now.astimezone(self.zone)
        clock, begin, end = local.time(), self.quiet_from, self.quiet_until
        over_midnight = begin > end
        is_quiet = (clock >= begin or clock < end) if over_midnight else begin <= clock < end
        if not is_quiet:
            return None
        days = 1 if over_midnight and clock >= begin else 0
        ends = datetime.combine(local.date() + timedelta(days=days), end, self.zone)
        first, second = (ends.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        return first if first > now else second  # the hour that the clock shows twice

    def next_digest(self, now: datetime) -> datetime:
        """When the next digest comes, after now."""
        day = now.astimezone(self.zone).date()
        while (moment := self._hour_of(day)) <= now or self.weekday not in {None, day.weekday()}:
            day += timedelta(days=1)
        return moment

    def _hour_of(self, day: date) -> datetime:
        return datetime.combine(day, time(self.hour), self.zone).astimezone(UTC)


Choices = Mapping[tuple[str, str], bool]


def is_wanted(choices: Choices, type_id: str, channel: str, *, default: bool) -> bool:
    """Say whether somebody wants a type by a channel: their word about the type, about all, or the type's default."""
    if (type_id, channel) in choices:
        return choices[type_id, channel]
    return choices.get((ALL_TYPES, channel), default)


def _origin(address: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no address of a web page or hides a user name."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}[parts.scheme]


def _is_visible(text: str) -> bool:
    """Say whether it holds no control character, no separator of lines and no half of a character."""
    return not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text)


def _complaint(
    kind: type[AddressInvalid | SubjectInvalid | LinkRefused], field: str
) -> AddressInvalid | SubjectInvalid | LinkRefused:
    return kind(errors=(FieldError(field, kind.code, str(kind.message)),))
