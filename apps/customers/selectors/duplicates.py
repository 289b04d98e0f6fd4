"""Customers that look like one: whom a new one looks like, and pairs among those that are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from apps.customers.calculations import Likeness, Traits, likeness, needed_similarity
from apps.customers.models import Channel, Company, ContactPoint, Customer, CustomerRecord, NotDuplicate
from apps.customers.selectors.name_keys import key_of, named_like
from apps.customers.selectors.records import addresses_of, points_of
from apps.kernel.crypto.fields import hash_for_lookup
from apps.kernel.registry.entities import ENTITIES

MOST_SHARING = 30  # a phone that more people have is a switchboard's
MOST_GROUPS = 500  # of each reason
MOST_PAIRS = 2000  # that are compared at once
MOST_TOLD = 10
REACHED = ("value_index", "customer_id")
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody who is compared, whether there is such a record (`id`) or not yet. All in normal forms.

    `organization_id` None: with records of every organization in sight.
    """

    name: str = ""
    emails: Collection[str] = ()
    phones: Collection[str] = ()
    domain: str = ""
    places: Collection[tuple[str, str]] = ()
    id: UUID | None = None
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A record that looks like the one in question."""

    id: UUID
    label: str
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Twins:
    """Two records that look like one, the older first."""

    kind: str
    first: CustomerRecord
    second: CustomerRecord
    likeness: Likeness


def lookalikes(model: type[CustomerRecord], asked: Described) -> list[Lookalike]:
    """Living records that the actor sees and that look like the described one, likeliest first; at most ten.

    A fixed number of queries, each on an index, however many records there are.
    """
    ids = {*_reached_by(asked), *_in_domain(model, asked)}
    # Who shares more than a place is among them already, unless there are more of those than anybody looks at.
    is_whole = len(ids) < MOST_SHARING
    near = needed_similarity(supported=bool(asked.places) or not is_whole)
    if asked.name:
        ids |= {*named_like(_living(asked), asked.name, model.kind, near=near)}
    ids -= {asked.id}
    if asked.id is not None:
        ids -= _decided_about(asked.id)
    judged = [
        Lookalike(item.record.pk, item.record.display_name, likeness(_own(asked, item), item.traits))
        for item in _traits_of(model, ids, name=asked.name).values()
        if asked.organization_id in {None, item.record.organization_id}
    ]
    likely = [item for item in judged if item.likeness.is_likely]
    return sorted(likely, key=lambda item: (-item.likeness.score, item.id))[:MOST_TOLD]


def _own(asked: Described, other: Compared) -> Traits:
    emails, phones, places = frozenset(asked.emails), frozenset(asked.phones), frozenset(asked.places)
    return Traits(other.asked_key, emails, phones, asked.domain, places)


def _living(asked: Described) -> Any:
    rows = Customer.objects.filter(deleted_at__isnull=True)
    return rows.filter(organization_id=asked.organization_id) if asked.organization_id else rows


def _reached_by(asked: Described) -> Iterable[UUID]:
    values = [*asked.emails, *asked.phones]
    if not values:
        return ()
    field: Any = ContactPoint._meta.get_field("value")
    rows = ContactPoint.objects.filter(value_index__in=[hash_for_lookup(field, value) for value in values])
    found: Iterable[UUID] = rows.order_by("pk").values_list("customer_id", flat=True)[: MOST_SHARING * len(values)]
    return found


def _in_domain(model: type[CustomerRecord], asked: Described) -> Iterable[UUID]:
    if not asked.domain or not issubclass(model, Company):
        return ()
    rows = Company.objects.filter(domain=asked.domain, deleted_at__isnull=True)
    found: Iterable[UUID] = rows.order_by("pk").values_list("pk", flat=True)[:MOST_SHARING]
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """A record with what it is compared by, and the words of the name in question."""

    record: CustomerRecord
    traits: Traits
    asked_key: str


def _traits_of(model: type[CustomerRecord], ids: Collection[UUID], *, name: str = "") -> dict[UUID, Compared]:
    """Visible living records among the ids; three queries."""
    if not ids:
        return {}
    rows = ENTITIES[str(model.entity_id)].living().filter(pk__in=ids)
    keyed = rows.annotate(name_key=F("customer__name_key"), asked_key=key_of(name, model.kind))
    records = {row.pk: row for row in keyed.order_by("pk")}
    points, addresses = points_of(records), addresses_of(records)
    return {
        pk: Compared(row, _traits(row, points.get(pk, ()), addresses.get(pk, ())), row.asked_key)
        for pk, row in records.items()
    }


def _traits(row: Any, points: Iterable[ContactPoint], addresses: Iterable[Any]) -> Traits:
    values = {channel: frozenset(str(item.value) for item in points if item.channel == channel) for channel in Channel}
    domain, places = getattr(row, "domain", ""), frozenset(places_in(addresses))
    return Traits(row.name_key, values[Channel.EMAIL], values[Channel.PHONE], domain, places)


def described_record(record: CustomerRecord) -> Described:
    """A record that is there, as others are compared with it; three queries."""
    found = _traits_of(type(record), {record.pk})
    own = found[record.pk].traits if record.pk in found else Traits()
    return Described(
        record.display_name, own.emails, own.phones, own.domain, own.places, record.pk, record.organization_id
    )


def places_in(addresses: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Postal codes with their cities, as they are compared; addresses are rows or mappings."""
    for item in addresses:
        get = item.get if isinstance(item, dict) else lambda name, row=item: getattr(row, name, "")
        code, city = (" ".join(str(get(name) or "").casefold().split()) for name in ("postal_code", "city"))
        if code and city:
            yield code, city


def _decided_about(customer_id: UUID) -> set[UUID]:
    rows = NotDuplicate.objects.filter(Q(first=customer_id) | Q(second=customer_id))
    return {item for pair in rows.values_list("first_id", "second_id") for item in pair}


def duplicate_pairs(model: type[CustomerRecord]) -> list[Twins]:
    """Pairs of living records that look like one, likeliest first, without those that were decided about.

    Records are brought together by what they share (an e-mail or phone, a domain, a name), in one statement for each;
    nothing is compared with everything. At most five hundred groups of each reason and two thousand pairs are looked
    at, first of those who share an e-mail or phone.
    """
    pairs = _candidates(model)
    described = _traits_of(model, {item for pair in pairs for item in pair})
    decided = set(
        NotDuplicate.objects.filter(first__in={pair[0] for pair in pairs}).values_list("first_id", "second_id")
    )
    found = []
    for first, second in sorted(pairs - decided):
        if first not in described or second not in described:
            continue
        one, other = described[first], described[second]
        alike = likeness(one.traits, other.traits)
        if alike.is_likely and one.record.organization_id == other.record.organization_id:
            found.append(Twins(model.kind, one.record, other.record, alike))
    return sorted(found, key=lambda item: (-item.likeness.score, item.first.pk, item.second.pk))


def _candidates(model: type[CustomerRecord]) -> set[Pair]:
    found: set[Pair] = set()
    for rows, column, owner in _shared(model):
        for group in _groups(rows, column, owner):
            found |= set(combinations(sorted(group), 2))
            if len(found) >= MOST_PAIRS:
                return set(sorted(found)[:MOST_PAIRS])
    return found


def _shared(model: type[CustomerRecord]) -> Iterator[tuple[Any, str, str]]:
    """What records may have in common: rows, the column, and the column that says whose it is."""
    yield ContactPoint.objects.filter(customer__kind=model.kind, customer__deleted_at__isnull=True), *REACHED
    if issubclass(model, Company):
        yield Company.objects.filter(deleted_at__isnull=True).exclude(domain=""), "domain", "pk"
    living = Customer.objects.filter(kind=model.kind, deleted_at__isnull=True)
    yield living.exclude(name_key=""), "name_key", "pk"


def _groups(rows: Any, column: str, owner: str) -> list[set[UUID]]:
    """Owners of rows that have the same in the column; two queries."""
    counted = rows.values(column).annotate(owners=Count(owner, distinct=True)).order_by(column)
    shared = list(counted.filter(owners__range=(2, MOST_SHARING)).values_list(column, flat=True)[:MOST_GROUPS])
    found: dict[Any, set[UUID]] = defaultdict(set)
    for value, pk in rows.filter(**{f"{column}__in": shared}).values_list(column, owner):
        found[bytes(value) if isinstance(value, memoryview) else value].add(pk)
    return list(found.values())
