"""E-mails, phones and postal addresses of a customer."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.customers.calculations import normal_email, normal_phone
from apps.customers.models import Address, Channel, ContactPoint
from apps.customers.selectors.records import home_region
from apps.customers.services.lists import ListOf
from apps.kernel.errors import FieldError


def _normal_point(point: ContactPoint) -> Iterator[FieldError]:
    text = point.value or ""
    if point.channel == Channel.EMAIL:
        found, complaint = normal_email(text), _("Enter a valid e-mail address.")
    else:
        # Only a number without a country code has somebody look for one.
        found = normal_phone(text) or normal_phone(text, region=home_region())
        complaint = _("Enter a phone number with its country code.")
    if found is None:
        yield FieldError("value", "customers.contact_point.value_invalid", complaint)
    else:
        point.value = found


def _normal_address(address: Address) -> Iterator[FieldError]:
    address.country = address.country.strip().upper()
    yield from ()


CONTACT_POINTS = ListOf(
    ContactPoint, "contact_points", ("channel", "type", "value", "is_primary"), "channel", "value", _normal_point
)
ADDRESSES = ListOf(
    Address,
    "addresses",
    ("purpose", "is_primary", "recipient", "line1", "line2", "postal_code", "city", "region", "country"),
    "purpose",
    "",
    _normal_address,
)
