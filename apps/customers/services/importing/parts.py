"""What belongs to a customer, as a row of a file has it: nothing is taken away, what is new is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.customers.models import Address, Channel, ContactPoint, Customer, CustomerRecord, PersonCompany, Purpose
from apps.customers.selectors import addresses_of, groups_of, points_of, tags_of
from apps.customers.selectors.exporting import ADDRESS, leading_address
from apps.customers.services.importing.fields import SLOTS
from apps.customers.services.lists import Settled
from apps.customers.services.reaching import ADDRESSES, CONTACT_POINTS

HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Belongings:
    """What the customers of a batch have already, by customer."""

    points: Mapping[UUID, list[ContactPoint]]
    addresses: Mapping[UUID, list[Address]]
    tags: Mapping[UUID, list[UUID]]
    groups: Mapping[UUID, list[UUID]]
    employers: Mapping[UUID, UUID]


def belongings(ids: Iterable[UUID], names: Iterable[str], *, employs: bool) -> Belongings:
    """Read what they have, as far as columns of these names may change it; one query each."""
    listed, wanted = list(ids), set(names)
    reaching = {slot.name for slot in SLOTS}
    places = PersonCompany.objects.filter(person_id__in=listed, is_primary=True)
    return Belongings(
        points_of(listed) if listed and wanted & reaching else {},
        addresses_of(listed) if listed and wanted & set(ADDRESS) else {},
        tags_of(listed) if listed and wanted & {"tags", "new_tags"} else {},
        groups_of(listed) if listed and "groups" in wanted else {},
        dict(places.values_list("person_id", "company_id")) if listed and employs else {},
    )


@dataclass
class Told:
    """What a row changes beside the customer's own columns, in words: before and after, by column."""

    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, after: str, *, before: str = "") -> None:
        """Note one change."""
        self.before[name], self.after[name] = before, after


def settled_points(
    row: CustomerRecord, held: list[ContactPoint], values: Mapping[str, Any], told: Told
) -> Settled[Any] | None:
    """The e-mails and phones with those of the row; None where the customer has them all, the first one first."""
    rows: list[dict[str, Any]] = [{"id": point.pk} for point in held]
    places = {(point.channel, point.value): index for index, point in enumerate(held)}
    for slot in SLOTS:
        value = values.get(slot.name)
        if value is None:
            continue
        index = places.setdefault((slot.channel, value), len(rows))
        if index == len(rows):
            rows.append({"channel": slot.channel, "type": slot.type, "value": value})
            told.add(slot.name, HIDDEN)
        if slot.is_first and _take_lead(rows, held, index, slot.channel):
            told.add(slot.name, HIDDEN, before=HIDDEN)
    return _settled(CONTACT_POINTS, row, held, rows) if told.after else None


def _take_lead(rows: list[dict[str, Any]], held: list[ContactPoint], index: int, channel: Channel) -> bool:
    """Make the row the primary one of its channel; False where it is, or where the channel is empty."""
    leading = next((place for place, point in enumerate(held) if point.channel == channel and point.is_primary), None)
    if leading == index:
        return False
    rows[index]["is_primary"] = True
    if leading is not None:
        rows[leading]["is_primary"] = False
    return leading is not None


def settled_address(
    row: CustomerRecord, held: list[Address], values: Mapping[str, Any], told: Told
) -> Settled[Any] | None:
    """The addresses with that of the row, which changes the primary one of its purpose; None for no difference."""
    given = {column: values[name] for name, column in ADDRESS.items() if name in values}
    if not set(given) - {"purpose"}:
        return None
    leading = leading_address(held)
    purpose = given.setdefault("purpose", leading.purpose if leading is not None else Purpose.OFFICE.value)
    place = next((index for index, item in enumerate(held) if item.purpose == purpose and item.is_primary), None)
    known = held[place] if place is not None else None
    names = {column: name for name, column in ADDRESS.items()}
    for column, value in given.items():
        if known is None or getattr(known, column) != value:
            told.add(names[column], HIDDEN, before=HIDDEN if known is not None else "")
    if not told.after:
        return None
    rows: list[dict[str, Any]] = [{"id": item.pk} for item in held]
    if place is None:
        rows.append({**given, "is_primary": True})
    else:
        rows[place] |= given
    return _settled(ADDRESSES, row, held, rows)


def _settled(kind: Any, row: CustomerRecord, held: Iterable[Any], rows: Iterable[Mapping[str, Any]]) -> Settled[Any]:
    identity = Customer(pk=row.pk, kind=row.kind, name=row.display_name, organization_id=row.organization_id)
    found: Settled[Any] = Settled(kind, identity, {item.pk: item for item in held})
    for index, values in enumerate(rows):
        found.take(index, values)
    found.judge()
    return found
