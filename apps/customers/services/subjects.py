"""What this module holds about a person: for their export, and to be erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.models import (
    Address,
    Channel,
    Consent,
    ContactPoint,
    Membership,
    Person,
    PersonCompany,
    Tagging,
)
from apps.kernel.commands.history.privacy import Unreadable, opened
from apps.kernel.commands.models import RowImage
from apps.kernel.registry.subjects import Erased, Subject, SubjectSource, subject_source

HIDDEN = ("tenant_id", "organization_id", "version", "customer_id", "value_index")


def subject_of(person: Person) -> Subject:
    """The person as other modules know them, with every e-mail and phone that the history has of them."""
    ways = {(row.channel, str(row.value)) for row in ContactPoint.objects.filter(customer=person.pk)}
    ways |= set(_former_ways(person.pk))
    by_channel = {channel: tuple(sorted(text for kind, text in ways if kind == channel)) for channel in Channel.values}
    emails, phones = by_channel[Channel.EMAIL], by_channel[Channel.PHONE]
    return Subject(Person.entity_id, person.pk, person.organization_id, emails, phones)


def _former_ways(person_id: UUID) -> Iterator[tuple[str, str]]:
    field = ContactPoint._meta.get_field("value")
    own = models.Q(before__contains={"customer_id": str(person_id)}, operation="D")
    living = models.Q(row_id__in=ContactPoint.objects.filter(customer=person_id).values("pk"))
    rows = RowImage.objects.filter(own | living, table_name=ContactPoint._meta.db_table)
    for images in rows.values_list("before", "after"):
        for image in images:
            if image and image.get("value"):
                try:
                    yield image["channel"], str(opened(field, image["value"]))
                except Unreadable:
                    continue


def plain(row: models.Model) -> dict[str, Any]:
    """The row's columns by name, without those that are of use to the database alone."""
    fields = (field for field in row._meta.concrete_fields if field.attname not in HIDDEN)
    return {field.attname: getattr(row, field.attname) for field in fields}


def _read(model: type[models.Model], column: str) -> Callable[[Subject], Iterable[Mapping[str, Any]]]:
    def read(subject: Subject) -> Iterator[Mapping[str, Any]]:
        for row in model._default_manager.filter(**{column: subject.id}).order_by("pk"):
            yield plain(row)

    return read


def _erase(model: type[models.Model], column: str) -> Callable[[Subject], Erased]:
    def erase(subject: Subject) -> Erased:
        rows = model._default_manager.filter(**{column: subject.id})
        ids = frozenset(rows.values_list("pk", flat=True))
        rows.delete()
        return Erased({model._meta.db_table: len(ids)}, rows=ids)

    return erase


def own_rows(source_id: str, label: Any, model: type[models.Model], column: str) -> SubjectSource:
    """A source of rows that are all about the person whose id stands in the column: exported whole, and deleted."""
    pointers = ((model._meta.db_table, column),)
    return subject_source(
        SubjectSource(source_id, label, read=_read(model, column), erase=_erase(model, column), pointers=pointers)
    )


subject_source(SubjectSource("customers.person", _("Record"), read=_read(Person, "pk")))  # the command itself erases it
own_rows("customers.contact_points", _("E-mails and phones"), ContactPoint, "customer_id")
own_rows("customers.addresses", _("Addresses"), Address, "customer_id")
own_rows("customers.consents", _("Consents"), Consent, "customer_id")
own_rows("customers.employments", _("Companies that the person works for"), PersonCompany, "person_id")
own_rows("customers.taggings", _("Tags"), Tagging, "customer_id")
own_rows("customers.memberships", _("Groups"), Membership, "customer_id")
