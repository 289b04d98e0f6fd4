"""What the page of an offer shows of its prices: each beside the one that it takes the place of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format

from apps.catalog.admin.amounts import amount_words
from apps.catalog.admin.explaining import NARROWED
from apps.catalog.admin.price_inputs import between_text, plain_text, quantities_text
from apps.catalog.contracts import PriceRow
from apps.catalog.models import Offer, PriceKind
from apps.catalog.selectors import OwnPrice, offer_prices
from apps.catalog.services import create_price
from apps.kernel import clock
from apps.kernel.admin.access import may_run
from apps.kernel.admin.labels import Labels, labels_of

MOST_SHOWN: Final = 50
# The offer itself says for which channel its prices are.
POINTERS: Final = {"kind_id": str(PriceKind.entity_id)} | {
    name: entity for name, entity in NARROWED.items() if name != "channel_id"
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in words, and where the price that it is of has its page."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A price of an offer: what it is about, the one that it takes the place of (None: none), and the difference.

    `same_side` is the other amount with tax or without, as the offer's is; "" where it is entered so.
    """

    amount: Amount
    facts: str
    quantities: str
    valid: str
    instead: Amount | None
    same_side: str
    difference: str
    is_dearer: bool


def shown_prices(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    """Context of the panel: `lines`, how many are left out (`more`), and prices `without` the offer."""
    found, labels = offer_prices([offer], at=clock.now())[offer.pk], labels_of(request)
    own = found.own[:MOST_SHOWN]
    labels.fetch(pointer for item in own for pointer in _pointers(item.row))
    return {
        "lines": [_line(item, labels) for item in own],
        "more": len(found.own) - len(own),
        "without": [_amount(row) for row in found.overridden.values()],
        "add_url": _adding(offer) if may_run(create_price) else "",
    }


def _adding(offer: Offer) -> str:
    return reverse("admin:catalog_price_add", query={"product": offer.product_id, "offer": offer.pk})


def _line(item: OwnPrice, labels: Labels) -> Line:
    row, instead = item.row, item.instead
    is_other_side = instead is not None and instead.includes_tax != row.includes_tax
    return Line(
        amount=_amount(row),
        facts=" · ".join(_facts(row, labels)),
        quantities=quantities_text(row.min_quantity, row.max_quantity),
        valid=between_text(row.valid_from, row.valid_until),
        instead=None if instead is None else _amount(instead),
        same_side=_words(item.amount, row) if is_other_side and item.amount is not None else "",
        difference=percent_text(item.difference),
        is_dearer=item.difference is not None and item.difference > 0,
    )


def _amount(row: PriceRow) -> Amount:
    price_id = row.source_id or row.id
    return Amount(_words(row.amount, row), reverse("admin:catalog_price_change", args=[price_id]))


def _words(amount: Decimal, row: PriceRow) -> str:
    return amount_words(amount, row.currency, includes_tax=row.includes_tax)


def _facts(row: PriceRow, labels: Labels) -> Iterable[str]:
    return (str(labels.text(*pointer)) for pointer in _pointers(row))


def _pointers(row: PriceRow) -> list[tuple[str, UUID]]:
    """The records that the price is narrowed to, its kind first."""
    return [(entity, getattr(row, name)) for name, entity in POINTERS.items() if getattr(row, name) is not None]


def percent_text(number: Decimal | None) -> str:
    """A difference in percent with its sign; "" for none."""
    if number is None:
        return ""
    sign = "\N{MINUS SIGN}" if number < 0 else "+" if number > 0 else ""
    return f"{sign}{number_format(Decimal(plain_text(abs(number))), use_l10n=True)} %"
