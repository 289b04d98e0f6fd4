"""Web addresses, e-mail addresses and phone numbers in the form in which they are compared."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

from apps.entities.calculations.wrong import Wrong

_URL: Final = URLValidator(schemes=["http", "https"])
_EMAIL: Final = EmailValidator()
_BETWEEN: Final = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


def web_address(text: str) -> str:
    """An address of http or https, scheme and host in small letters. Raises Wrong."""
    try:
        _URL(text)
        parts = urlsplit(text)
        host = (parts.hostname or "") if parts.port is None else f"{parts.hostname}:{parts.port}"
    except (ValidationError, ValueError):
        raise Wrong("invalid", _("Give a web address that begins with https:// or http://.")) from None
    if parts.username is not None or parts.password is not None:
        raise Wrong("invalid", _("A web address with a user name in it is not kept."))
    if ":" in (parts.hostname or ""):
        host = host.replace(parts.hostname or "", f"[{parts.hostname}]")
    return urlunsplit((parts.scheme.lower(), host.lower(), parts.path, parts.query, parts.fragment))


def email_address(text: str) -> str:
    """An e-mail address with its domain in small letters. Raises Wrong."""
    try:
        _EMAIL(text)
    except ValidationError:
        raise Wrong("invalid", _("Give an e-mail address.")) from None
    name, _at, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def phone_number(text: str) -> str:
    """A number as E.164 has it: `+`, country and number, 7 to 15 digits. What people put between is taken out.

    Raises Wrong for a number without its country: nobody could tell which one is meant.
    """
    number = _BETWEEN.sub("", text)
    number = f"+{number[2:]}" if number.startswith("00") else number
    if not _E164.fullmatch(number):
        raise Wrong("invalid", _("Give a phone number with its country, such as +48 22 123 45 67."))
    return number
