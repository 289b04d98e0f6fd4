"""Drafts become prices: what is left out is filled in, and everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.calculations.periods import Period
from apps.catalog.models import DisplayMode, Price
from apps.catalog.selectors.prices import range_of
from apps.catalog.services.price_drafts import PriceDraft, Surroundings, surroundings
from apps.kernel.commands.checking import complaints_of
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.fields import reference_fields
from apps.kernel.references.validation import closed_among, demand_targets, no_such_record

FIELDS = ("currency", "amount", "min_quantity", "max_quantity")
FOR_WHOM = ("channel_id", "customer_id", "customer_group_id", "user_id", "user_group_id")
ONE_AMOUNT = "catalog.price.one_amount"
TAX_TWICE = "catalog.price.tax_twice"
OTHER_PRODUCT = "catalog.price.of_another_product"
OTHER_VARIANT = "catalog.price.of_another_variant"
OF_LIST = "catalog.price.other_than_list"
OF_OFFER = "catalog.price.other_than_offer"
OTHER_ORGANIZATION = "catalog.price.of_another_organization"
NO_CURRENCY = "catalog.price.currency_missing"
NOT_HELD = "catalog.price.currency_not_held"
MIN_ABOVE_MAX = "catalog.price.min_above_max"
NOT_POSITIVE = "catalog.price.quantity_not_positive"
END_BEFORE_START = "catalog.price.end_before_start"
OUT_OF_CALENDAR = "catalog.price.moment_out_of_range"
YEARS = (1900, 9000)  # beyond them another time zone, or the days before, may fall out of the calendar
MOST_COMPLAINTS = 100
Place = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Settled:
    """A draft with everything that it points to, and the row that it becomes."""

    draft: PriceDraft
    row: Price
    around: Surroundings

    @property
    def product(self) -> Any:
        return self.around.products.get(self.draft.product_id)

    @property
    def variant(self) -> Any:
        return self.around.variants.get(self.draft.variant_id) if self.draft.variant_id else None

    @property
    def offer(self) -> Any:
        return self.around.offers.get(self.draft.offer_id) if self.draft.offer_id else None

    @property
    def kind(self) -> Any:
        return self.around.kinds.get(self.draft.kind_id)

    @property
    def price_list(self) -> Any:
        return self.around.lists.get(self.draft.price_list_id) if self.draft.price_list_id else None

    def complaints(self) -> Iterator[FieldError]:
        """Everything that is wrong with it."""
        yield from self._strangers()
        yield from self._of_others()
        yield from self._of_list()
        yield from self._of_offer()
        yield from self._amounts()
        yield from self._limits()
        yield from self._currency()

    def _strangers(self) -> Iterator[FieldError]:
        for name in ("product", "variant", "offer", "kind", "price_list"):
            if getattr(self.draft, f"{name}_id") is not None and getattr(self, name) is None:
                yield no_such_record(f"{name}_id")

    def _of_others(self) -> Iterator[FieldError]:
        draft = self.draft
        if self.variant is not None and self.variant.product_id != draft.product_id:
            yield FieldError("variant_id", OTHER_PRODUCT, _("This belongs to another product."))
        if self.offer is not None and self.offer.product_id != draft.product_id:
            yield FieldError("offer_id", OTHER_PRODUCT, _("This belongs to another product."))
        elif self.offer is not None and self.offer.variant_id not in {None, draft.variant_id}:
            yield FieldError("offer_id", OTHER_VARIANT, _("This offer is for another variant."))
        owner = None if self.product is None else self.product.organization_id
        if self.price_list is not None and owner not in {None, self.price_list.organization_id}:
            yield FieldError("price_list_id", OTHER_ORGANIZATION, _("The list belongs to another organization."))

    def _of_list(self) -> Iterator[FieldError]:
        for name in ("currency", "channel_id", "customer_group_id"):
            own = getattr(self.price_list, name, None)
            if own and getattr(self.row, name) != own:
                yield FieldError(name, OF_LIST, _("A price in a list has what the list says."))

    def _of_offer(self) -> Iterator[FieldError]:
        own = getattr(self.offer, "channel_id", None)
        if own is not None and self.row.channel_id != own:
            yield FieldError("channel_id", OF_OFFER, _("The offer is for another channel."))

    def _amounts(self) -> Iterator[FieldError]:
        draft = self.draft
        given = [name for name in ("amount", "net", "gross") if getattr(draft, name) is not None]
        if len(given) != 1:
            yield FieldError("amount", ONE_AMOUNT, _("Give one of amount, net and gross."))
        elif given != ["amount"] and draft.includes_tax not in {None, given == ["gross"]}:
            yield FieldError("includes_tax", TAX_TWICE, _("A net amount is without tax, a gross one with it."))

    def _limits(self) -> Iterator[FieldError]:
        draft = self.draft
        if draft.min_quantity <= 0:
            yield FieldError("min_quantity", NOT_POSITIVE, _("Quantities begin above zero."))
        if draft.max_quantity is not None and draft.max_quantity < draft.min_quantity:
            yield FieldError("max_quantity", MIN_ABOVE_MAX, _("The most is less than the least."))
        yield from untimely(draft.valid_from, draft.valid_until)

    def _currency(self) -> Iterator[FieldError]:
        names = [name for name in FIELDS if name != "amount" or self.row.amount is not None]
        if not self.row.currency:
            names.remove("currency")
            yield FieldError("currency", NO_CURRENCY, _("Say in which currency."))
        named = _amount_name(self.draft)
        for item in complaints_of(self.row, names):
            yield replace(item, field=named) if item.field == "amount" else item
        held = self.around.currencies.get(self.row.organization_id, frozenset())
        if self.row.currency and held and self.row.currency not in held:
            yield FieldError("currency", NOT_HELD, _("The organization has no such currency in use."))


def untimely(first: datetime | None, last: datetime | None) -> Iterator[FieldError]:
    """What is wrong with a period."""
    for name, moment in (("valid_from", first), ("valid_until", last)):
        if moment is not None and not YEARS[0] <= moment.year < YEARS[1]:
            yield FieldError(name, OUT_OF_CALENDAR, _("Give a year from 1900 to 8999."))
    if not Period(first, last).is_some:
        yield FieldError("valid_until", END_BEFORE_START, _("The end lies after the beginning."))


def settle(drafts: Sequence[PriceDraft], *, place: Place) -> list[Price]:
    """The rows that drafts become, behind the locks of their products; `place` says what stands before field names.

    Raises InvalidInput with all complaints.
    """
    around = surroundings(drafts)
    rows, complaints = [], []
    for index, draft in enumerate(drafts):
        row, found = settled(draft, around)
        rows.append(row)
        complaints += [replace(item, field=place(index) + item.field) for item in found]
        if len(complaints) >= MOST_COMPLAINTS:
            break
    if complaints:
        raise InvalidInput(errors=tuple(complaints))
    _demand_targets(rows, place)
    return rows


def _demand_targets(rows: Sequence[Price], place: Place) -> None:
    """Demand that what the rows point to is there; what is closed is pointed to only where prices of the product did
    so before. Raises InvalidInput."""
    pointers = [
        (index, field, value)
        for index, row in enumerate(rows)
        for field in reference_fields(Price)
        if field.is_available and (value := getattr(row, field.attname)) is not None
    ]
    demand_targets((place(index) + field.attname, field.target, value) for index, field, value in pointers)
    closed = closed_among((field.target, value) for _index, field, value in pointers)
    found = [
        FieldError(place(index) + field.attname, *closed[field.target, value])
        for index, field, value in pointers
        if (field.target, value) in closed and not points_already(rows[index], field.attname)
    ]
    if found:
        raise InvalidInput(errors=tuple(found))


def points_already(row: Price, name: str) -> bool:
    """Say whether a price of the product, known or not, points where the row does."""
    own = {"product_id": row.product_id, name: getattr(row, name)}
    return bool(Price.objects.filter(**own).exists())


def settled(draft: PriceDraft, around: Surroundings) -> tuple[Price, list[FieldError]]:
    """The row that a draft becomes, and everything that is wrong with it."""
    found = Settled(draft, _row(draft, around), around)
    return found.row, list(found.complaints())


def _amount_name(draft: PriceDraft) -> str:
    return next((name for name in ("net", "gross") if getattr(draft, name) is not None), "amount")


def _row(draft: PriceDraft, around: Surroundings) -> Price:
    product = around.products.get(draft.product_id)
    price_list = around.lists.get(draft.price_list_id) if draft.price_list_id else None
    offer = around.offers.get(draft.offer_id) if draft.offer_id else None
    kind = around.kinds.get(draft.kind_id)
    chosen: dict[str, Any] = {name: getattr(draft, name) for name in FOR_WHOM}
    chosen["channel_id"] = draft.channel_id or getattr(offer, "channel_id", None)
    for name in ("channel_id", "customer_group_id"):
        chosen[name] = chosen[name] or getattr(price_list, name, None)
    amount: Any = _amount(draft)  # none is complained of
    return Price(
        **({} if product is None else {"organization_id": product.organization_id}),
        product_id=draft.product_id,
        variant_id=draft.variant_id,
        offer_id=draft.offer_id,
        kind_id=draft.kind_id,
        price_list_id=draft.price_list_id,
        currency=draft.currency or getattr(price_list, "currency", "") or getattr(kind, "currency", ""),
        amount=amount,
        includes_tax=_includes_tax(draft, kind),
        min_quantity=draft.min_quantity,
        max_quantity=draft.max_quantity,
        valid=range_of(Period(draft.valid_from, draft.valid_until)),
        **chosen,
    )


def _amount(draft: PriceDraft) -> Decimal | None:
    return next((item for item in (draft.amount, draft.net, draft.gross) if item is not None), None)


def _includes_tax(draft: PriceDraft, kind: Any) -> bool:
    if draft.amount is None:
        return draft.gross is not None
    if draft.includes_tax is not None:
        return draft.includes_tax
    return getattr(kind, "display_mode", None) == DisplayMode.GROSS
