"""What makes a mail safe to send: addresses, subjects, links, and replies of mail servers; pure functions."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from apps.kernel.errors import FieldError
from apps.notifications.errors import AddressInvalid, LinkRefused, SubjectInvalid

LONGEST_ADDRESS: Final = 254
LONGEST_SUBJECT: Final = 200
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
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1].rstrip()}…"


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
