"""Prices as candidates: one query for any number of products, and the rows that lists derive from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Func, Q, QuerySet

from apps.catalog.calculations.derived import ListFacts, derived_from, in_list
from apps.catalog.contracts import OfferFacts, PriceContext, PriceRow
from apps.catalog.models import Price
from apps.catalog.selectors.price_facts import Among, Facts, KindFacts
from apps.kernel.bases.bitemporal import currently_known

_COLUMNS: Final = (
    "id",
    "product_id",
    "currency",
    "amount",
    "variant_id",
    "includes_tax",
    "kind_id",
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
_UNKNOWN_KIND: Final = KindFacts(UUID(int=0), "", is_promotion=False, is_active=False)
# What follows in a row is as by default until a request says otherwise.
_REST: Final = tuple(PriceRow._field_defaults[name] for name in PriceRow._fields[25:])
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


def price_rows(products: Iterable[UUID], facts: Facts, asked: Asked, *, whole: bool) -> Rows:
    """Prices of the products; `whole` also those that fit nobody who asks."""
    children = facts.children
    rows = asked.known(Price.objects.filter(Among("product_id", products)))
    if not whole:
        # Prices of a list that others derive from count there, under those lists' channels and groups.
        rows = asked.narrowed(rows, by_scope=not children)
    return _arranged(rows.order_by().annotate(**_BOUNDS).values_list(*_COLUMNS), facts, children)


def _ids(values: Iterable[UUID | None]) -> set[UUID]:
    return {value for value in values if value is not None}


def _arranged(rows: Iterable[tuple[Any, ...]], facts: Facts, children: Mapping[UUID, Sequence[ListFacts]]) -> Rows:
    """The rows by product, those of lists as the lists have them, and behind them what is derived."""
    found: dict[UUID, list[PriceRow]] = defaultdict(list)
    kinds, lists, offers, moments = facts.kinds, facts.lists, facts.offers, _Moments()
    for values in rows:
        row = _row(values, kinds.get(values[6], _UNKNOWN_KIND), offers, moments)
        if row.list_id is None:
            found[row.product_id].append(row)
        else:
            found[row.product_id] += [in_list(row, lists.get(row.list_id)), *derived_from(row, children)]
    return found


class _Moments(dict[int | None, "datetime | None"]):
    """Moments by their microseconds; prices that were set together share them."""

    def __missing__(self, number: int | None) -> datetime | None:
        found = None if number is None else _EPOCH + timedelta(microseconds=number)
        self[number] = found
        return found


def _row(values: tuple[Any, ...], kind: KindFacts, offers: Mapping[UUID, OfferFacts], moments: _Moments) -> PriceRow:
    offer_id = values[18]
    offer = None if offer_id is None else offers.get(offer_id) or OfferFacts(offer_id, False, False)
    # By place: a thousand lines bring ten thousand rows, and names would double the time.
    times = (moments[values[14]], moments[values[15]], moments[values[16]], moments[values[17]])
    listed = (offer, values[19], 0, True, kind.is_active)
    return PriceRow._make((*values[:7], kind.code, kind.is_promotion, *values[7:14], *times, *listed, *_REST))
