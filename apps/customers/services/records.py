"""What commands on people and on companies have in common: one identity, names that follow, lists, marks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from apps.customers.calculations import following
from apps.customers.errors import AlreadyMerged, NameMissing
from apps.customers.models import Company, Customer, CustomerGroup, CustomerRecord, Membership, Tag, Tagging
from apps.customers.selectors import living_marks
from apps.customers.services.erased import demand_not_erased
from apps.customers.services.lists import Given, Settled
from apps.customers.services.needs import demand_unneeded
from apps.customers.services.places import Places
from apps.customers.services.reaching import ADDRESSES, CONTACT_POINTS
from apps.kernel import clock
from apps.kernel.commands.amounts import incomplete_amounts, unknown_currencies
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.loading import keep_pointers_out, load_for_update, locked_or_none
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.references.usages import release
from apps.kernel.references.validation import hold, no_such_record, validate_references
from apps.kernel.registry.entities import ENTITIES

RecordT = TypeVar("RecordT", bound=CustomerRecord)
Ids = Sequence[UUID]


@dataclass
class Parts:
    """What comes with a customer beside its own columns; None leaves a part as it is."""

    contact_points: Given | None = None
    addresses: Given | None = None
    tag_ids: Ids | None = None
    group_ids: Ids | None = None
    places: Places = field(default_factory=lambda: Places(None))
    lists: list[Settled[Any]] = field(default_factory=list)

    def settle(self, customer: Customer) -> Iterator[FieldError]:
        """Make rows of the lists; what is wrong with them, and with tags and groups."""
        for kind, given in ((CONTACT_POINTS, self.contact_points), (ADDRESSES, self.addresses)):
            if given is not None:
                found: Settled[Any] = kind.settle(customer, given)
                self.lists.append(found)
                yield from found.complaints
        yield from _unknown(Tag.entity_id, "tag_ids", self.tag_ids)
        yield from _unknown(CustomerGroup.entity_id, "group_ids", self.group_ids)
        yield from self.places.settle(customer)

    def store(self, customer: Customer) -> None:
        """Write all of it."""
        for item in self.lists:
            item.store()
        _mark(Tagging, "tag_id", customer, self.tag_ids)
        _mark(Membership, "group_id", customer, self.group_ids)
        self.places.store(customer)


def taken(given: dict[str, Any]) -> Parts:
    """Take the parts out of a command's arguments."""
    places = Places(given.pop("companies", None))
    names = ("contact_points", "addresses", "tag_ids", "group_ids")
    return Parts(**{name: given.pop(name) for name in names}, places=places)


def _unknown(entity: str, argument: str, ids: Ids | None) -> Iterator[FieldError]:
    """Complaints about ids that are no living record of the scope; the others are held against deletion."""
    there = hold(ENTITIES[entity], set(ids)) if ids else set()
    for index, item in enumerate(ids or ()):
        if item not in there:
            yield no_such_record(f"{argument}.{index}")


def _mark(model: Any, column: str, customer: Customer, ids: Ids | None) -> None:
    """Let the customer have these marks and no others; those that the actor does not see stay whatever is given."""
    if ids is None:
        return
    there = set(living_marks(model).filter(customer=customer).values_list(column, flat=True))
    gone, added = there - set(ids), [item for item in dict.fromkeys(ids) if item not in there]
    if gone:
        model.objects.filter(customer=customer, **{f"{column}__in": gone}).delete()
    if added:
        # In the customer's own organization, whichever is selected: whoever sees the customer sees its marks.
        place = {"customer": customer, "organization_id": customer.organization_id}
        model.objects.bulk_create([model(**place, **{column: item}) for item in added])


def add_record(row: CustomerRecord, parts: Parts, *, fields: Iterable[str], derived: str) -> None:
    """Save a new customer with its identity and all that comes with it. Raises InvalidInput, NameMissing."""
    row.display_name = following(row.display_name or "", former="", derived=derived)
    customer = Customer(pk=row.pk, kind=row.kind, name=row.display_name)
    _demand_sound(row, parts, customer, fields=fields, changed=None)
    customer.save(force_insert=True)
    row.customer_id = customer.pk
    row.save(force_insert=True)
    parts.store(customer)


def change_record(row: CustomerRecord, parts: Parts, *, fields: Iterable[str], changed: Collection[str]) -> None:
    """Save a changed customer and what belongs to it. Raises InvalidInput, NameMissing, PersonErased."""
    demand_not_erased(row)
    customer = identity(row.pk)
    _demand_sound(row, parts, customer, fields=fields, changed=changed)
    parts.store(customer)
    if customer.name != row.display_name:
        customer.name = row.display_name
        customer.save(update_fields=["name"])
    row.save(update_fields=[*changed, "display_name", "version"])


def _demand_sound(
    row: CustomerRecord, parts: Parts, customer: Customer, *, fields: Iterable[str], changed: Collection[str] | None
) -> None:
    missing = [FieldError("display_name", NameMissing.code, str(NameMissing.message))] if not row.display_name else []
    amounts = revenue_complaints(row, changed) if isinstance(row, Company) else ()
    demand_valid(row, fields, more=[*missing, *amounts, *parts.settle(customer)])
    validate_references([row])


def revenue_complaints(company: Company, changed: Collection[str] | None) -> Iterator[FieldError]:
    """What is wrong with the revenue: half of it, or a currency that there is not; None: all of it is new."""
    yield from incomplete_amounts(company, "annual_revenue")
    yield from unknown_currencies(company, "annual_revenue_currency", among=changed)


def keep_newcomers_out(row: CustomerRecord) -> Customer:
    """Lock a loaded record and its identity, to which others point as well, against whoever is about to point there.

    The identity comes first, whoever locks both.
    """
    customer: Customer = Customer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    keep_pointers_out(row)
    return customer


def hide_record(row: CustomerRecord) -> None:
    """Hide a customer that nothing needs any more. Raises HasDeals, HasPeople and InUse with counts."""
    customer = keep_newcomers_out(row)
    demand_unneeded(row)
    release(str(row.entity_id), [row.pk])
    release(Customer.entity_id, [row.pk])
    _set_deleted(row, customer, at=clock.now())


def show_record(row: CustomerRecord) -> None:
    """Bring a hidden customer back. Raises AlreadyMerged."""
    customer = identity(row.pk)
    if customer.merged_into_id is not None:
        successor = Customer.objects.filter(pk=customer.merged_into_id).first()
        raise AlreadyMerged(customer=str(successor or ""))
    _set_deleted(row, customer, at=None)


def identity(record_id: UUID) -> Customer:
    """The identity of a customer, locked. Raises RowNotFound."""
    customer = locked_or_none(Customer, record_id)
    if customer is None:
        raise RowNotFound
    return customer


def _set_deleted(row: CustomerRecord, customer: Customer, *, at: Any) -> None:
    row.deleted_at = customer.deleted_at = at
    row.save(update_fields=["deleted_at", "version"])
    customer.save(update_fields=["deleted_at"])


def hidden_record(model: type[RecordT], record_id: UUID) -> RecordT:
    """The hidden customer, locked. Raises RowNotFound for one that is there."""
    row = load_for_update(model, record_id)
    if not row.is_deleted:
        raise RowNotFound
    return row
