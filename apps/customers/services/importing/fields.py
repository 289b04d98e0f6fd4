"""Where columns of a file may go, beside a customer's own columns: how they are reached, what they are marked with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers.calculations import country_code, normal_domain, normal_email, normal_phone
from apps.customers.calculations.headers import SHARED, Words
from apps.customers.features import MANAGE_SETTINGS
from apps.customers.models import Address, Channel, Company, ContactType, Purpose
from apps.customers.selectors.exporting import ADDRESS
from apps.customers.selectors.records import home_region
from apps.kernel.imports.planning.fields import FieldKind, ImportField, Text, Unreadable
from apps.kernel.tenancy.scope import current_scope


@dataclass(frozen=True, slots=True)
class Slot:
    """A column for one e-mail or phone; what stands in the first column of a channel is the primary one."""

    name: str
    channel: Channel
    type: ContactType
    label: Text
    is_first: bool = False


SLOTS: Final = (
    Slot("email", Channel.EMAIL, ContactType.WORK, gettext_lazy("E-mail"), is_first=True),
    Slot("email_2", Channel.EMAIL, ContactType.WORK, gettext_lazy("E-mail 2")),
    Slot("email_3", Channel.EMAIL, ContactType.WORK, gettext_lazy("E-mail 3")),
    Slot("phone", Channel.PHONE, ContactType.WORK, gettext_lazy("Phone"), is_first=True),
    Slot("phone_2", Channel.PHONE, ContactType.WORK, gettext_lazy("Phone 2")),
    Slot("phone_3", Channel.PHONE, ContactType.WORK, gettext_lazy("Phone 3")),
    Slot("mobile", Channel.PHONE, ContactType.MOBILE, gettext_lazy("Mobile phone")),
)
TAGS, NEW_TAGS, GROUPS, EMPLOYER = "tags", "new_tags", "groups", "company_id"
MARKS: Final = (TAGS, NEW_TAGS, GROUPS)


def part_fields(*, has_employer: bool) -> tuple[ImportField, ...]:
    """Fields for what belongs to a customer; tags that are not there are made for those who set up tags only."""
    allows = current_scope().actor.access.allows(MANAGE_SETTINGS)
    marks = [(TAGS, gettext_lazy("Tags")), (GROUPS, gettext_lazy("Groups"))]
    marks += [(NEW_TAGS, gettext_lazy("Tags, new ones are added"))] if allows else []
    employer = ImportField(EMPLOYER, FieldKind.REFERENCE, label=gettext_lazy("Company"), target=Company.entity_id)
    return (
        *_point_fields(),
        *_address_fields(),
        *(ImportField(name, FieldKind.LIST, label=label) for name, label in marks),
        *((employer,) if has_employer else ()),
    )


def _point_fields() -> list[ImportField]:
    readers: dict[Channel, Callable[[str], str]] = {
        Channel.EMAIL: read_email,
        Channel.PHONE: partial(read_phone, region=home_region()),
    }
    return [ImportField(slot.name, label=slot.label, normal=readers[slot.channel]) for slot in SLOTS]


def _address_fields() -> list[ImportField]:
    fields = []
    for name, column in ADDRESS.items():
        label = _capital(Address._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
        if column == "purpose":
            choices = tuple((str(item.value), item.label) for item in Purpose)
            fields.append(ImportField(name, FieldKind.CHOICE, label=_("Purpose of the address"), choices=choices))
        else:
            fields.append(ImportField(name, label=label, normal=read_country if column == "country" else None))
    return fields


def _capital(text: Any) -> str:
    return f"{str(text)[:1].upper()}{str(text)[1:]}"


def shaped(field: ImportField) -> ImportField:
    """A column of a customer's own, with what people write instead of domains and addresses mended."""
    normal = {"domain": read_domain, "website_url": read_address, "linkedin_url": read_address}.get(field.name)
    return replace(field, normal=normal) if normal is not None else field


def worded(field: ImportField, words: Words) -> ImportField:
    """The field with the names that columns of other programs have."""
    more = (*words.get(field.name, ()), *SHARED.get(field.name, ()))
    return replace(field, aliases=(*field.aliases, *more)) if more else field


def read_email(text: str) -> str:
    """The e-mail in its normal form. Raises Unreadable."""
    return _demanded(normal_email, text, "email", _("This is no e-mail address."))


def read_phone(text: str, *, region: str) -> str:
    """The number in E.164; `region` is that of numbers without a country code. Raises Unreadable."""
    told = _("This is no phone number with its country code.")
    return _demanded(partial(normal_phone, region=region), text, "phone", told)


def read_country(text: str) -> str:
    """Two letters for a code or a name. Raises Unreadable."""
    return _demanded(country_code, text, "country", _("There is no such country."))


def read_domain(text: str) -> str:
    """The domain of what may be an address. Raises Unreadable."""
    return _demanded(normal_domain, text, "domain", _("This is no domain."))


def read_address(text: str) -> str:
    """The address of a page; one without a scheme is meant to be secure."""
    return text if "://" in text else f"https://{text.strip()}"


def _demanded(normal: Callable[[str], str | None], text: str, code: str, told: str) -> str:
    found = normal(text)
    if found is None:
        raise Unreadable(code, told)
    return found
