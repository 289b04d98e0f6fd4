"""Prices as candidates: one query for any number of products, and the rows that lists derive from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Func, Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.catalog.calculations.derived import derived_from, in_list
from apps.catalog.contracts import OfferFacts, PriceContext, PriceRow
from apps.catalog.models import Price
from apps.catalog.selectors.price_facts import Facts, KindFacts
from apps.catalog.selectors.price_past import Known
from apps.kernel.bases.arrays import Among
from apps.kernel.bases.bitemporal import currently_known

_COLUMNS: Final = (
    "id",
    "product_text",
    "currency",
    "amount",
    "variant_id",
    "includes_tax",
    "kind_text",
    "min_quantity",
    "max_quantity",
    "channel_id",
    "customer_id",
    "customer_group_id",
    "user_id",
    "user_group_id",
    "valid_from",
    "valid_until",
    "known_from",
    "known_until",
    "offer_id",
    "price_list_id",
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Values = tuple[Any, ...]
Rows = Mapping[UUID, Sequence[PriceRow]]


class Bound(Func):
    """An end of a period in microseconds since 1970: a number is read from the database much faster than a moment."""

    template = "(extract(epoch FROM %(function)s(%(expressions)s)) * 1000000)::bigint"
    output_field = BigIntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None: it is a whole number as it comes."""
        return []


_BOUNDS: Final = {
    f"{period}_{end}": Bound(period, function=function)
    for period in ("valid", "known")
    for end, function in (("from", "lower"), ("until", "upper"))
}


# Ids that many rows share are read as text: they are known already, and to make a UUID takes longer than to find it.
_SHARED: Final = {
    "product_text": Cast("product_id", TextField()),
    "kind_text": Cast("kind_id", TextField()),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What contexts have in common; a price that fits none of them need not be fetched."""

    contexts: Sequence[PriceContext]
    moments: Collection[datetime | None]  # at which it is asked what was known

    def narrowed(self, rows: QuerySet[Price], *, by_scope: bool) -> QuerySet[Price]:
        """The prices without those that fit nobody; `by_scope` also by channel and group."""
        rows = rows.filter(min_quantity__lte=self._most())
        instants = {context.at for context in self.contexts}
        if len(instants) == 1:
            rows = rows.filter(valid__contains=instants.pop())
        for column, ids in self._buyers(by_scope=by_scope).items():
            unbound = Q(**{f"{column}__isnull": True})
            rows = rows.filter(unbound | Q(Among(column, ids)) if ids else unbound)
        return rows

    def known(self, rows: QuerySet[Price]) -> QuerySet[Price]:
        """Prices that were known at the moments."""
        if set(self.moments) == {None}:
            return currently_known(rows)
        return rows.filter(known__contains=next(iter(self.moments))) if len(self.moments) == 1 else rows

    def _most(self) -> Decimal:
        return max(context.base_quantity or Decimal(0) for context in self.contexts)

    def _buyers(self, *, by_scope: bool) -> dict[str, set[UUID]]:
        singles = {"customer_id": "customer_id", "user_id": "user_id"}
        found = {column: _ids(getattr(item, name) for item in self.contexts) for column, name in singles.items()}
        found["user_group_id"] = {group for item in self.contexts for group in item.user_group_ids}
        if by_scope:
            found["channel_id"] = _ids(item.channel_id for item in self.contexts)
            found["customer_group_id"] = {group for item in self.contexts for group in item.customer_group_ids}
        return found


def price_rows(known: Known, asked: Asked, *, whole: bool) -> Mapping[datetime | None, Rows]:
    """Prices of the products, as each moment knew what they depend on; `whole` also those that fit nobody who asks."""
    products = {product for facts in known.values() for product in facts.products}
    rows = asked.known(Price.objects.filter(Among("product_id", products)))
    if not whole:
        # Prices of a list that others derive from count there, under those lists' channels and groups.
        rows = asked.narrowed(rows, by_scope=not any(facts.children for facts in known.values()))
    found = rows.order_by().annotate(**_BOUNDS, **_SHARED).values_list(*_COLUMNS)
    if len(known) == 1:
        return {moment: _arranged(found, facts) for moment, facts in known.items()}
    by_product = _by_product(found)
    return {
        moment: _arranged((row for product in facts.products for row in by_product.get(str(product), ())), facts)
        for moment, facts in known.items()
    }


def _ids(values: Iterable[UUID | None]) -> set[UUID]:
    return {value for value in values if value is not None}


def _by_product(rows: Iterable[Values]) -> Mapping[str, Sequence[Values]]:
    found: dict[str, list[Values]] = defaultdict(list)
    for values in rows:
        found[values[1]].append(values)
    return found


def _arranged(rows: Iterable[Values], facts: Facts) -> Rows:
    """The rows by product, those of lists as the lists have them, and behind them what is derived."""
    products = {str(product): (product, list[PriceRow]()) for product in facts.products}
    kinds, moments = _Kinds((str(kind.id), kind) for kind in facts.kinds.values()), _Moments()
    lists, offers, children = facts.lists, facts.offers, facts.children
    for values in rows:
        product, found = products[values[1]]
        row = _row(values, product, kinds[values[6]], offers, moments)
        if row.list_id is None:
            found.append(row)
        else:
            found += [in_list(row, lists.get(row.list_id)), *derived_from(row, children)]
    return dict(products.values())


class _Kinds(dict[str, KindFacts]):
    """Kinds by the text of their ids; what is gone is not active."""

    def __missing__(self, text: str) -> KindFacts:
        found = self[text] = KindFacts(UUID(text), "", is_promotion=False, is_active=False)
        return found


class _Moments(dict[int | None, "datetime | None"]):
    """Moments by their microseconds; prices that were set together share them."""

    def __missing__(self, number: int | None) -> datetime | None:
        found = None if number is None else _EPOCH + timedelta(microseconds=number)
        self[number] = found
        return found


def _row(
    values: Values, product: UUID, kind: KindFacts, offers: Mapping[UUID, OfferFacts], moments: _Moments
) -> PriceRow:
    # By place and without stars: a thousand lines bring ten thousand rows, and any other way takes twice as long.
    (
        row_id, _, currency, amount, variant, includes_tax, _, least, most, channel, customer, group, user, role,
        start, end, known, until, offer_id, list_id,
    ) = values  # fmt: skip
    kind_id, code, is_promotion, is_active = kind
    offer = None if offer_id is None else offers.get(offer_id) or OfferFacts(offer_id, False, False)
    return PriceRow._make((
        row_id, product, currency, amount, variant, includes_tax, kind_id, code, is_promotion, least, most, channel,
        customer, group, user, role, moments[start], moments[end], moments[known], moments[until], offer, list_id,
        0, True, is_active, True, True, None, False,
    ))  # fmt: skip
