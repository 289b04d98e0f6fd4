"""Labels: words that a user marks customers with, for themselves alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.features import USE_LABELS
from apps.customers.models import Customer, Label, Labelling
from apps.customers.selectors.talking import seen_customers
from apps.customers.services.erased import demand_none_erased
from apps.customers.services.people import create_person
from apps.customers.services.topics import demand_person
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope

FIELDS = ("label", "color")


def _new_label(scope: Scope) -> dict[str, Any]:
    return {"label": f"Call back {uuid7().hex[-6:]}", "color": "#0A7D4F"}


def _some_label(scope: Scope) -> dict[str, Any]:
    return {"label_id": create_label(**_new_label(scope)).pk}


def _changed_label(scope: Scope) -> dict[str, Any]:
    return {**_some_label(scope), "color": "#B45309"}


def _given_label(scope: Scope) -> dict[str, Any]:
    return {**_some_label(scope), "customer_ids": [create_person(first_name="Ada").pk]}


def _assigned_label(scope: Scope) -> dict[str, Any]:
    found = _given_label(scope)
    assign_label(**found)
    return found


@command("customers.label.create", feature=USE_LABELS, example=_new_label)
def create_label(*, label: str, color: str = "") -> Label:
    """Add a label of the actor's own. Raises NoPerson, InvalidInput, Duplicate."""
    row = Label(label=label, color=color, user_id=demand_person())
    _demand_sound(row)
    row.save(force_insert=True)
    return row


@command("customers.label.update", feature=USE_LABELS, example=_changed_label)
def update_label(label_id: UUID, *, label: str | Unchanged = UNCHANGED, color: str | Unchanged = UNCHANGED) -> Label:
    """Change what is given. Raises NoPerson, RowNotFound, InvalidInput, Duplicate."""
    row = _own(label_id)
    changed = set_given(row, label=label, color=color)
    _demand_sound(row)
    row.save(update_fields=[*changed, "normalized_label", "version"])
    return row


@command("customers.label.delete", feature=USE_LABELS, example=_some_label)
def delete_label(label_id: UUID) -> Label:
    """Hide a label and take it from all customers; undo gives it back to them.

    Raises NoPerson, RowNotFound, InUse with counts.
    """
    row = _own(label_id)
    keep_pointers_out(row)
    Labelling.objects.filter(label=row).delete()
    hide(row)
    return row


@command("customers.label.assign", feature=USE_LABELS, example=_given_label)
def assign_label(label_id: UUID, *, customer_ids: Sequence[UUID]) -> Label:
    """Mark customers with the label; those that have it stay. Raises NoPerson, InvalidInput, PersonErased."""
    row = _named(label_id)
    found = _demand_customers(customer_ids)
    demand_none_erased({f"customer_ids.{place}": item for place, item in enumerate(customer_ids)})
    there = set(Labelling.objects.filter(label=row, customer__in=found).values_list("customer_id", flat=True))
    Labelling.objects.bulk_create(
        [
            Labelling(label=row, customer=item, organization_id=item.organization_id)
            for item in found
            if item.pk not in there
        ]
    )
    return row


@command("customers.label.unassign", feature=USE_LABELS, example=_assigned_label)
def unassign_label(label_id: UUID, *, customer_ids: Sequence[UUID]) -> Label:
    """Take the label from customers; those that do not have it stay. Raises NoPerson, InvalidInput."""
    row = _named(label_id)
    Labelling.objects.filter(label=row, customer__in=_demand_customers(customer_ids)).delete()
    return row


def _named(label_id: UUID) -> Label:
    """The actor's own label that a body names."""
    try:
        return _own(label_id)
    except RowNotFound:
        raise InvalidInput(errors=(no_such_record("label_id"),)) from None


def _own(label_id: UUID) -> Label:
    user_id = demand_person()
    row = load_for_update(Label, label_id)
    if row.is_deleted or row.user_id != user_id:
        raise RowNotFound
    return row


def _demand_customers(ids: Sequence[UUID]) -> list[Customer]:
    found = {row.pk: row for row in seen_customers().filter(pk__in=set(ids))}
    bad = [no_such_record(f"customer_ids.{place}") for place, item in enumerate(ids) if item not in found]
    if bad:
        raise InvalidInput(errors=tuple(bad))
    return sorted(found.values(), key=lambda row: row.pk)


def _demand_sound(row: Label) -> None:
    row.label = " ".join(row.label.split())
    row.normalized_label = row.label.casefold()
    demand_valid(row, FIELDS)
    twins = Label.objects.filter(
        user_id=row.user_id, normalized_label=row.normalized_label, deleted_at__isnull=True
    ).exclude(pk=row.pk)
    if twins.exists():
        text = _("You have a label of this text already.")
        raise Duplicate(errors=(FieldError("label", Duplicate.code, text),), fields="label")
