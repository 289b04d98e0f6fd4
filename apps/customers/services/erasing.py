"""Erasing a person: nothing that says who they were is left, and a certificate proves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.customers.errors import NameNotConfirmed
from apps.customers.features import ERASE
from apps.customers.models import Person
from apps.customers.services.erased import demand_not_erased
from apps.customers.services.records import keep_newcomers_out
from apps.customers.services.subjects import subject_of
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.erasing import erase_subject
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.models import Erasure
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.registry.subjects import Erased

LONGEST_REASON = 500
FINAL: Any = _("what has been erased cannot be brought back by anybody.")
# Where the record came from stays: it says nothing about who it was, and counts by source go on being right.
STAYING = frozenset(
    {
        "id",
        "tenant_id",
        "organization_id",
        "customer_id",
        "source_id",
        "is_restricted",
        "version",
        "created_at",
        "updated_at",
        "deleted_at",
    }
)


@command(
    "customers.person.erase",
    feature=ERASE,
    undoable=False,
    undo_reason=FINAL,
    secret=("name",),
    resource="kernel.erasure",
)
def erase_person(person_id: UUID, *, name: str, reason: str) -> Erasure:
    """Erase a person, deleted or not, whose name is given as it stands on the record. Nobody can take this back.

    The row stays, so that what points to it is not left hanging; it is called "Erased person" and a few letters of its
    id. What was merged into the person goes the same way, each with a certificate of its own. Raises RowNotFound,
    PersonErased, NameNotConfirmed, InvalidInput.
    """
    person = load_for_update(Person, person_id)
    demand_not_erased(person)
    _demand_confirmed(person, name, reason)
    for former in _merged_into(person.pk):
        _erase(former, reason)
    return _erase(person, reason)


def _merged_into(person_id: UUID) -> Iterator[Person]:
    """People in whose place the person stands, the earliest ones first, by way of further merges too."""
    rows = Person.objects.select_for_update(no_key=True, of=("self",)).filter(customer__merged_into_id=person_id)
    for row in rows.filter(erased_at__isnull=True).order_by("pk"):
        yield from _merged_into(row.pk)
        yield row


def _erase(person: Person, reason: str) -> Erasure:
    customer = keep_newcomers_out(person)  # who then find the person erased
    subject = subject_of(person)
    called = f"Erased person {person.pk.hex[-8:]}"
    _empty(person, called)
    customer.name = called
    customer.save(update_fields=["name"])
    own = Erased({"person": 1, "customer": 1}, rows=frozenset({person.pk}))
    return erase_subject(subject, label=called, reason=reason.strip(), own=own)


def _demand_confirmed(person: Person, name: str, reason: str) -> None:
    wrong = []
    if " ".join(name.split()).casefold() != " ".join(person.display_name.split()).casefold():
        wrong.append(FieldError("name", NameNotConfirmed.code, str(NameNotConfirmed.message)))
    if not reason.strip():
        wrong.append(FieldError("reason", "blank", str(_("Say why, for example with the date of the request."))))
    elif len(reason) > LONGEST_REASON:
        wrong.append(FieldError("reason", "max_length", str(_("This is too long."))))
    if wrong:
        raise InvalidInput(errors=tuple(wrong))


def _empty(person: Person, called: str) -> None:
    """Give every column its empty value, also one that the model gets later, and custom fields none at all."""
    fields = [field for field in person._meta.concrete_fields if field.attname not in {*STAYING, "custom"}]
    for field in fields:
        setattr(person, field.attname, None if field.null else field.get_default())
    person.settle({})  # without judgement, which would keep what is required and what has no definition any more
    person.display_name, person.erased_at = called, clock.now()
    person.save(update_fields=[*(field.name for field in fields), "version"])
