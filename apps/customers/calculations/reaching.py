"""Normal forms of e-mails and phones, by which they are stored and found."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from idna import IDNAError, encode

LONGEST_EMAIL = 254


def normal_email(text: str) -> str | None:
    """The e-mail in lower case, its domain as letters of ASCII; None for what is none."""
    local, at, domain = text.strip().rpartition("@")
    if not at:
        return None
    try:
        ascii_domain = encode(domain.strip().rstrip("."), uts46=True).decode()
    except (IDNAError, UnicodeError):
        return None
    found = f"{local}@{ascii_domain}".lower()
    try:
        validate_email(found)
    except ValidationError:
        return None
    return found if len(found) <= LONGEST_EMAIL else None


def normal_phone(text: str, *, region: str = "") -> str | None:
    """The number in E.164 (`+48221234567`), an extension behind `;ext=`; None for what is none.

    `region` (ISO 3166-1, two letters) is that of numbers without a country code; without it they are none.
    """
    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written};ext={number.extension}" if number.extension else written


def typed_phones(normal: str) -> tuple[str, ...]:
    """How a number in its normal form may be typed: as it is, and as people of its country call it."""
    whole = normal.partition(";")[0]
    national = phonenumbers.format_number(phonenumbers.parse(whole), phonenumbers.PhoneNumberFormat.NATIONAL)
    return whole, national


def normal_domain(text: str) -> str | None:
    """The host of an address or of a domain that was typed, in lower case and without `www.`; None for what is none."""
    host = text.strip().lower().partition("://")[2] or text.strip().lower()
    host = host.partition("/")[0].partition(":")[0].removeprefix("www.").rstrip(".")
    try:
        found = encode(host, uts46=True).decode()
    except (IDNAError, UnicodeError):
        return None
    return found if "." in found else None
