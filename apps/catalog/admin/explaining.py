"""The page that explains a price: what it is, the layers as a ladder, and why every other price is not it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from apps.catalog.admin.amounts import Sides, amount_words, sides_of
from apps.catalog.admin.explain_form import CURRENCIES, ExplainForm, asked_values, currency_codes
from apps.catalog.admin.product_pages import asked_product
from apps.catalog.calculations.price_words import layer_in_words, reason_in_words
from apps.catalog.contracts import CatalogPricing, ExplainedPrice, PriceDecision
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Product
from apps.catalog.selectors.unit_prices import Measure, measure_of
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.errors import InvalidInput
from apps.kernel.services import service

NAME: Final = "catalog_price_explained"
# What a price may be narrowed to, by the names of rows: the kind of record that tells people which one.
NARROWED: Final = {
    "variant_id": "catalog.variant",
    "list_id": "catalog.price_list",
    "channel_id": "sales.channel",
    "customer_id": "customers.customer",
    "customer_group_id": "customers.customer_group",
    "user_id": "auth.user",
    "user_group_id": "auth.role",
}
OFFER: Final = "catalog.offer"


@dataclass(frozen=True, slots=True)
class Line:
    """One price: how much, what it is about, why it is not the one."""

    amount: str
    facts: tuple[str, ...]
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """One layer: the prices that fit, the best first. `is_chosen` says that the price is one of them."""

    name: str
    lines: tuple[Line, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of a decision; `price` is None where there is none."""

    price: Sides | None
    tax: str
    layer: str
    conversion: str
    steps: tuple[str, ...]
    rungs: tuple[Rung, ...]
    others: tuple[Line, ...]
    digest: str
    again: str
    known_at: str


@own_page(OwnPage(NAME, "catalog/prices/explained/", VIEW_PRODUCTS, about=Product.entity_id))
def explained_view(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Explain the price of the product that the address names; writes nothing."""
    product = asked_product(request)
    codes = currency_codes()
    given = asked_values(request.GET.dict(), product, codes)
    is_asked = bool(given["currency"]) or "currency" in request.GET
    form = ExplainForm(given if is_asked else None, product=product, request=request)
    found = _found(form, product) if form.is_valid() else None
    context = {
        **record_frame(site, request, product, str(product)),
        "form": form,
        "codes": codes,
        "codes_id": CURRENCIES,
        "lacks_currency": not is_asked,
        "shown": None if found is None else _shown(found, given, labels_of(request), product),
        "media": form.media,
    }
    return TemplateResponse(request, "catalog/price_explained.html", context)


def _found(form: ExplainForm, product: Product) -> ExplainedPrice | None:
    """The explanation; what stands in its way is said at the fields."""
    try:
        [found] = service(CatalogPricing).explained([form.request(product)])
    except InvalidInput as refusal:
        for error in refusal.errors:
            name = error.field.rpartition(".")[2]
            form.add_error(name if name in form.fields else None, error.message)
        return None
    return found


def _shown(found: ExplainedPrice, given: Mapping[str, str], labels: Labels, product: Product) -> Shown:
    document, decision = found.trace.document, found.decision
    context, rows = document["context"], document["rows"]
    every = (*rows, *document["others"])
    labels.fetch(pointer for item in every for pointer in _pointers(item["row"]))
    rungs = tuple(_rung(layer, rows, labels) for layer in reversed(document["rules"]["layers"]))
    moments = {name: context[name] for name in ("at", "known_at")}
    shown = Shown(
        price=None,
        tax=number_format(Decimal(context["tax_rate"]), use_l10n=True),
        layer="",
        conversion="",
        steps=tuple(document["steps"]),
        rungs=rungs,
        others=tuple(_line(item, labels) for item in document["others"]),
        digest=found.trace.digest,
        again=urlencode({**given, **{name: _local(value) for name, value in moments.items()}}),
        known_at=_moment(context["known_at"]),
    )
    return shown if decision is None else _with_price(shown, decision, measure_of(product))


def _with_price(shown: Shown, decision: PriceDecision, measure: Measure | None) -> Shown:
    path = decision.conversion
    words = {"rate": "", "from": "", "day": "", "source": ""}
    if path is not None:
        rate = number_format(path.rate.normalize(), use_l10n=True)
        words = {"rate": rate, "from": path.from_code, "day": path.effective_on, "source": path.source}
    return replace(
        shown,
        price=sides_of(
            decision.net,
            decision.gross,
            decision.currency,
            includes_tax=decision.row is not None and decision.row.includes_tax,
            measure=measure,
        ),
        layer="" if decision.layer is None else layer_in_words(decision.layer),
        conversion=_("Converted from %(from)s at %(rate)s (%(source)s, %(day)s).") % words if path else "",
    )


def _rung(layer: int, rows: Iterable[Mapping[str, Any]], labels: Labels) -> Rung:
    mine = [item for item in rows if item["layer"] == layer]
    lines = tuple(_line(item, labels) for item in mine)
    return Rung(layer_in_words(layer), lines, any(line.is_chosen for line in lines))


def _line(item: Mapping[str, Any], labels: Labels) -> Line:
    row, reason = item["row"], item["reason"]
    words = amount_words(Decimal(row["amount"]), row["currency"], includes_tax=bool(row.get("includes_tax")))
    facts = tuple(_facts(row, labels))
    return Line(words, facts, reason_in_words(reason), reason is None)


def _facts(row: Mapping[str, Any], labels: Labels) -> Sequence[str]:
    """What the price is about, in a few words each."""
    found = [row["kind_code"]] if row.get("kind_code") else []
    found += [labels.text(*pointer) for pointer in _pointers(row)]
    if "source_id" in row:
        found.append(_("derived from another list"))
    found += _quantities(row)
    if "valid_from" in row:
        found.append(_("from %(moment)s") % {"moment": _moment(row["valid_from"])})
    if "valid_until" in row:
        found.append(_("until %(moment)s") % {"moment": _moment(row["valid_until"])})
    return found


def _pointers(row: Mapping[str, Any]) -> list[tuple[str, UUID]]:
    """The records that the price is narrowed to."""
    found = [(entity, UUID(row[name])) for name, entity in NARROWED.items() if name in row]
    return [*found, (OFFER, UUID(row["offer"]["id"]))] if "offer" in row else found


def _quantities(row: Mapping[str, Any]) -> list[str]:
    least, most = Decimal(row["min_quantity"]), row.get("max_quantity")
    if most is None:
        return [] if least == 1 else [_("from %(quantity)s") % {"quantity": _number(least)}]
    words = {"least": _number(least), "most": _number(Decimal(most))}
    return [_("%(least)s to %(most)s") % words]


def _number(value: Decimal) -> str:
    return number_format(Decimal(format(value.normalize(), "f")), use_l10n=True)


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def _local(text: str) -> str:
    """A moment as the inputs of the page take it, to the microsecond, so that it is the same decision."""
    return timezone.localtime(datetime.fromisoformat(text)).replace(tzinfo=None).isoformat()
