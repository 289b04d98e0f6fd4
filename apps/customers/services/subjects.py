"""What this module holds about a person: for their export, and to be erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.models import (
    Address,
    Channel,
    Comment,
    Consent,
    ContactPoint,
    DealPerson,
    Follower,
    Interaction,
    Labelling,
    Membership,
    Participant,
    Person,
    PersonCompany,
    PersonCompanyRole,
    Tagging,
)
from apps.kernel.commands.history.privacy import Unreadable, opened
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.entities import ENTITIES
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
    """The row's columns by name, with the labels of what they point to; what is of use to the database alone is out."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.attname not in HIDDEN:
            value = getattr(row, field.attname)
            found[field.attname] = value
            if isinstance(field, ReferenceField) and value is not None and field.is_available:
                found[field.attname.removesuffix("_id")] = ENTITIES[field.target].labels([value]).get(value, "")
    return found


def read_history(subject: Subject) -> Iterator[Mapping[str, Any]]:
    """Who did what to the record when, with former and later values of its own columns, the oldest first."""
    images: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for image in RowImage.objects.filter(row_id=subject.id, table_name=Person._meta.db_table).order_by("seq"):
        images[image.action_id].append(_changes(image.before or {}, image.after or {}))
    about = models.Q(pk__in=list(images)) | models.Q(resource_id=subject.id)
    for action in Action.objects.filter(about).order_by("created_at", "pk"):
        yield {
            "at": action.created_at,
            "command": action.command,
            "who": action.actor_label,
            "reason": action.reason,
            "changes": images[action.pk],
        }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name in {**before, **after} if name not in (*HIDDEN, "updated_at")]
    return {
        name: {"from": before.get(name), "to": after.get(name)} for name in names if before.get(name) != after.get(name)
    }


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
subject_source(
    SubjectSource(
        "customers.employment_roles",
        _("Roles of the person in companies"),
        read=_read(PersonCompanyRole, "place__person"),
        erase=_erase(PersonCompanyRole, "place__person"),
    )
)
own_rows("customers.employments", _("Companies that the person works for"), PersonCompany, "person_id")
own_rows("customers.taggings", _("Tags"), Tagging, "customer_id")
own_rows("customers.memberships", _("Groups"), Membership, "customer_id")
own_rows("customers.interactions", _("Interactions"), Interaction, "customer_id")
own_rows("customers.participations", _("Interactions that the person takes part in"), Participant, "customer_id")
own_rows("customers.comments", _("Comments"), Comment, "customer_id")
own_rows("customers.labellings", _("Labels"), Labelling, "customer_id")
own_rows("customers.followers", _("Followers"), Follower, "customer_id")
own_rows("customers.deals", _("Deals that the person is part of"), DealPerson, "person_id")
subject_source(SubjectSource("customers.history", _("History"), read=read_history))
