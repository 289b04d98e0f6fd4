"""Merging: one of two people, or of two companies, takes the other's place everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.customers.calculations import Side, by_field, chosen_sides, first_of, following, joined, taken_from
from apps.customers.errors import AccessDiffers, MergeImpossible, ParentInCircle
from apps.customers.events import COMPANY_MERGED, PERSON_MERGED
from apps.customers.features import MERGE
from apps.customers.models import Address, Company, Customer, CustomerRecord, Person
from apps.customers.selectors import ancestors
from apps.customers.services.companies import create_company, hold_tree
from apps.customers.services.duplicates import turn_decisions
from apps.customers.services.erased import demand_not_erased
from apps.customers.services.joining import join_rows, make_way
from apps.customers.services.people import create_person
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import load_living
from apps.kernel.commands.widening import across_organizations
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.references.usages import repoint
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope

RecordT = TypeVar("RecordT", bound=CustomerRecord)
Choices = Mapping[str, str]

CUSTOM = "cf_"
STANDING = ("description", "owner_id", "status_id", "lifecycle_stage_id", "source_id", "temperature_id")
PERSON_FIELDS = (
    "display_name",
    "first_name",
    "last_name",
    "preferred_name",
    "job_title",
    "department",
    "seniority",
    "time_zone",
    "linkedin_url",
    *STANDING,
)
COMPANY_FIELDS = (
    "display_name",
    "brand_name",
    "legal_name",
    "tax_id",
    "domain",
    "website_url",
    "industry_id",
    "size_bucket",
    "annual_revenue",
    "parent_id",
    *STANDING,
)
TOGETHER = {"annual_revenue": ("annual_revenue_currency",)}  # one choice for what is nothing without the other


def merge_fields(model: type[CustomerRecord]) -> tuple[str, ...]:
    """Columns of which the one or the other value is taken."""
    return PERSON_FIELDS if issubclass(model, Person) else COMPANY_FIELDS


def _pair(scope: Scope, create: Any, **same: Any) -> tuple[UUID, UUID]:
    point = {"channel": "email", "type": "work", "value": "ada@example.org"}
    other = {"channel": "email", "type": "work", "value": "lovelace@example.org"}
    first = create(**same, contact_points=[point]).pk
    return first, create(**same, description="Met at the fair", contact_points=[point, other]).pk


def _two_people(scope: Scope) -> dict[str, Any]:
    first, second = _pair(scope, create_person, first_name="Ada", last_name="Lovelace")
    return {"person_id": first, "other_id": second, "choices": {"description": "other"}}


def _two_companies(scope: Scope) -> dict[str, Any]:
    first, second = _pair(scope, create_company, brand_name="Engines", domain="engines.example")
    return {"company_id": first, "other_id": second}


@command("customers.person.merge", feature=MERGE, example=_two_people, retryable=True)
def merge_people(person_id: UUID, *, other_id: UUID, choices: Choices | None = None) -> Person:
    """Let `person_id` take the place of the other, who is hidden. `choices`: whose value it is (`this`, `other`), by
    field, `cf_<key>` for a custom one; where nobody chose, the one that is there, else that of whoever was changed
    later.

    One action: one undo brings both back as they were. Raises RowNotFound, MergeImpossible, PersonErased,
    AccessDiffers, InTheWay, InvalidInput, Conflict where something cannot be re-pointed.
    """
    pair = _locked(Person, person_id, other_id)
    _take(pair, choices or {}, derived=lambda row: joined(row.first_name, row.last_name))
    moved = _finish(pair)
    PERSON_MERGED.emit(resource_id=pair.other.pk, into_id=pair.this.pk, moved=moved)
    return pair.this


@command("customers.company.merge", feature=MERGE, example=_two_companies, retryable=True)
def merge_companies(company_id: UUID, *, other_id: UUID, choices: Choices | None = None) -> Company:
    """The same for companies. What belongs to the other belongs to this one. Raises ParentInCircle as well."""
    pair = _locked(Company, company_id, other_id)
    _take(pair, choices or {}, derived=lambda row: first_of(row.brand_name, row.legal_name))
    _place(pair)
    moved = _finish(pair)
    if pair.this.parent_id is not None and pair.this.pk in ancestors(pair.this.parent_id):
        raise ParentInCircle(company=pair.this.display_name)
    COMPANY_MERGED.emit(resource_id=pair.other.pk, into_id=pair.this.pk, moved=moved)
    return pair.this


@dataclass(frozen=True, slots=True)
class Pair(Generic[RecordT]):
    """Two records of one kind and organization, locked: the one that stays and the one that goes."""

    this: RecordT
    other: RecordT

    @property
    def newer(self) -> Side:
        """Who was changed later."""
        return Side.OTHER if self.other.updated_at > self.this.updated_at else Side.THIS


def _locked(model: type[RecordT], this_id: UUID, other_id: UUID) -> Pair[RecordT]:
    """Both records, locked by id: rows of the kind, the tree of companies, then identities against new pointers.

    Of two merges that share a record the second one waits, and then does not find it. Raises RowNotFound for this
    one, MergeImpossible for the other, PersonErased.
    """
    if this_id == other_id:
        raise _impossible(_("Choose another record."))
    rows = model._default_manager.filter(pk__in=(this_id, other_id)).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    this = load_living(model, this_id)
    try:
        other = load_living(model, other_id)
    except RowNotFound:
        raise InvalidInput(errors=(no_such_record("other_id"),)) from None
    for record in (this, other):
        demand_not_erased(record)
    if this.organization_id != other.organization_id:
        raise _impossible(_("It belongs to another organization."))
    if this.is_restricted != other.is_restricted:
        raise AccessDiffers
    if issubclass(model, Company):
        hold_tree(this.organization_id)
    for held in (Customer, model):
        list(held._default_manager.select_for_update(of=("self",)).filter(pk__in=(this_id, other_id)).order_by("pk"))
    return Pair(this, other)


def _impossible(text: str) -> MergeImpossible:
    return MergeImpossible(errors=(FieldError("other_id", MergeImpossible.code, text),))


def _take(pair: Pair[Any], choices: Choices, *, derived: Any) -> None:
    """Give this record the chosen values. A display name that was made of the names follows them."""
    this, other = pair.this, pair.other
    names = merge_fields(type(this))
    customs = by_field(this.custom), by_field(other.custom)
    _demand_known(choices, {*names, *(f"{CUSTOM}{key}" for custom in customs for key in custom)})
    former = {side: derived(row) for side, row in ((Side.THIS, this), (Side.OTHER, other))}
    values = [{name: getattr(row, name) for name in names} for row in (this, other)]
    sides = chosen_sides(*values, choices=choices, newer=pair.newer)
    for name, side in sides.items():
        for column in (name, *TOGETHER.get(name, ())):
            setattr(this, column, getattr(other if side is Side.OTHER else this, column))
    name_side = sides["display_name"]
    this.display_name = following(this.display_name, former=former[name_side], derived=derived(this))
    own = {name.removeprefix(CUSTOM): side for name, side in choices.items() if name.startswith(CUSTOM)}
    # They were judged when they were stored, and nobody else holds a unique one: the other record goes.
    this.settle(taken_from(*customs, chosen_sides(*customs, choices=own, newer=pair.newer)))


def _demand_known(choices: Choices, names: set[str]) -> None:
    """Raises InvalidInput for a choice about what is no field, or between what is no side."""
    unknown = [
        FieldError(f"choices.{name}", "customers.merge.field_unknown", _("There is no such field to choose."))
        for name in choices
        if name not in names
    ]
    wrong = [
        FieldError(f"choices.{name}", "customers.merge.side_unknown", _("Choose `this` or `other`."))
        for name, side in choices.items()
        if name in names and side not in set(Side)
    ]
    if found := (*unknown, *wrong):
        raise InvalidInput(errors=found)


def _place(pair: Pair[Company]) -> None:
    """Let the merged company not belong to either of the two: what is above the other is above it then."""
    this, other = pair.this, pair.other
    if this.parent_id == other.pk:
        this.parent_id = other.parent_id
    if this.parent_id == this.pk:
        this.parent_id = None


def _finish(pair: Pair[Any]) -> int:
    """Hide the other, save this one, and turn everything that points to the other. Says how many rows that were."""
    this, other = pair.this, pair.other
    Customer.objects.filter(pk=other.pk).update(deleted_at=clock.now(), merged_into_id=this.pk, updated_at=clock.now())
    mark_hidden(other)
    Customer.objects.filter(pk=this.pk).exclude(name=this.display_name).update(
        name=this.display_name, updated_at=clock.now()
    )
    this.save()  # before the pointers are turned: a company may have belonged to the other
    with across_organizations():
        moved = _turn(type(this), other.pk, this.pk)
    this.audit_label = _("%(this)s, with %(other)s") % {"this": this.display_name, "other": other.display_name}
    return moved


def _turn(model: type[CustomerRecord], old: UUID, new: UUID) -> int:
    turn_decisions(old, new)
    _drop_same_addresses(old, new)
    moved = join_rows(Customer, old, new) + join_rows(model, old, new)
    for entity in (Customer.entity_id, str(model.entity_id)):
        make_way(entity, old, new)
        moved += repoint(entity, old, new)
    return moved


ADDRESS = ("purpose", "recipient", "line1", "line2", "postal_code", "city", "region", "country")


def _drop_same_addresses(old: UUID, new: UUID) -> None:
    """Leave out addresses that both have. They are encrypted, so they are compared here: at most fifty of each."""
    known = {_written(row) for row in Address.objects.filter(customer=new)}
    doubles = [row.pk for row in Address.objects.filter(customer=old) if _written(row) in known]
    if doubles:
        Address.objects.filter(pk__in=doubles).delete()


def _written(address: models.Model) -> tuple[str, ...]:
    return tuple(" ".join(str(getattr(address, name)).casefold().split()) for name in ADDRESS)
