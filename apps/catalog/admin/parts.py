"""Pages of what belongs to a product beside its variants: parts of a bundle, related products."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import sanitize_separators
from django.utils.translation import gettext as _

from apps.catalog.admin.builder_forms import moved_order
from apps.catalog.admin.product_pages import asked_product, no_product, product_frame
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.models import Component, Product, ProductRelation, Relation, Variant
from apps.catalog.selectors import components_of, relations_of
from apps.catalog.services import create_component, edit_components, set_relations
from apps.catalog.services.components import FIELDS, MADE_OF_OTHERS
from apps.kernel.addresses import address_if_any
from apps.kernel.admin.access import may_run
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import FieldError, InvalidInput, PlatformError
from apps.kernel.registry.entities import ENTITIES

PARTS, RELATED = "catalog_parts", "catalog_related"
PARTS_TAB, RELATED_TAB = "catalog.parts", "catalog.related"
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A product that the search has found, with its variants."""

    id: UUID
    label: str
    variants: Sequence[Variant] = ()


@dataclass(slots=True)
class Line:
    """A part or a related product on the page, with what was entered and what is wrong with it."""

    id: UUID
    label: str
    url: str
    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sent:
    """What was sent and refused."""

    refusal: PlatformError | None = None
    values: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    order: list[UUID] = field(default_factory=list)


def parts_address(product: Product) -> str:
    """Address of the page of a bundle's parts."""
    return f"{reverse(f'admin:{PARTS}')}?{urlencode({'product': product.pk})}"


def related_address(product: Product) -> str:
    """Address of the page of a product's related ones."""
    return f"{reverse(f'admin:{RELATED}')}?{urlencode({'product': product.pk})}"


@own_page(OwnPage(PARTS, "catalog/product/parts/", VIEW_PRODUCTS, about=Product.entity_id))
def parts_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the parts of a bundle; POST adds one (`add`) or saves all (`row`, `move`, `remove`)."""
    if "product" not in request.GET:
        return no_product(site, request, title=_("Parts"))
    product, sent = asked_product(request), Sent()
    if request.method == "POST":
        deed = _add_part if "add" in request.POST else _save_parts
        if _is_done(request, lambda: deed(request, product, sent), sent):
            return HttpResponseRedirect(parts_address(product))
    lines = [_part_line(row, sent) for row in components_of(product.pk)]
    context = {
        **product_frame(site, request, product, _("Parts of %(product)s") % {"product": product}, here=PARTS_TAB),
        **_sent(request, sent),
        "lines": _ordered(lines, sent),
        "fields": FIELDS,
        "found": _found(request, product, with_variants=True),
        "may_edit": may_run(edit_components) and product.product_type in MADE_OF_OTHERS,
        "is_bundle": product.product_type in MADE_OF_OTHERS,
        "address": parts_address(product),
    }
    return TemplateResponse(request, "catalog/parts.html", context, status=sent.refusal.status if sent.refusal else 200)


@own_page(OwnPage(RELATED, "catalog/product/related/", VIEW_PRODUCTS, about=Product.entity_id))
def related_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the related products; POST adds one (`add`) or saves all (`row`, `move`, `remove`)."""
    if "product" not in request.GET:
        return no_product(site, request, title=_("Related products"))
    product, sent = asked_product(request), Sent()
    if request.method == "POST" and _is_done(request, lambda: _save_related(request, product), sent):
        return HttpResponseRedirect(related_address(product))
    context = {
        **product_frame(site, request, product, _("Related to %(product)s") % {"product": product}, here=RELATED_TAB),
        **_sent(request, sent),
        "lines": [_related_line(row) for row in relations_of(product.pk)],
        "kinds": Relation.choices,
        "found": _found(request, product, with_variants=False),
        "may_edit": may_run(set_relations),
        "address": related_address(product),
    }
    status = sent.refusal.status if sent.refusal else 200
    return TemplateResponse(request, "catalog/related.html", context, status=status)


def _sent(request: HttpRequest, sent: Sent) -> dict[str, Any]:
    """What was searched for, and what was refused and has no input to stand at."""
    refusal = sent.refusal
    unplaced = [] if refusal is None else _unplaced(refusal)
    return {
        "text": request.GET.get("q", "").strip(),
        "unplaced": unplaced or ([refusal.detail] if refusal is not None else []),
    }


def _unplaced(refusal: PlatformError) -> list[str]:
    """Complaints that stand beside no input."""
    found = (item for item in refusal.errors if "." not in item.field or item.field.endswith(("_id", ".id")))
    return list(dict.fromkeys(str(item.message) for item in found))


def _is_done(request: HttpRequest, deed: Callable[[], str], sent: Sent) -> bool:
    """Do what was sent and say so; a refusal is kept for the page."""
    try:
        said = deed()
    except PlatformError as error:
        if not is_form_error(error):
            raise
        sent.refusal = error
        return False
    say(request, said)
    return True


def _add_part(request: HttpRequest, product: Product, sent: Sent) -> str:
    product_id = _ids([request.POST["add"]])[0]
    variant = request.POST.get(f"variant-{product_id}", "")
    part = run(
        create_component,
        parent_id=product.pk,
        product_id=product_id,
        variant_id=_ids([variant])[0] if variant else None,
    )
    return _("“%(part)s” is a part of it now.") % {"part": part}


def _save_parts(request: HttpRequest, product: Product, sent: Sent) -> str:
    data = request.POST
    sent.order = moved_order(_ids(data.getlist("row")), data.get("move", ""))
    sent.values = {pk: _entered(data, pk) for pk in sent.order}
    gone = set(_ids(data.getlist("remove")))
    kept = [pk for pk in sent.order if pk not in gone]
    rows, wrong = [], list[FieldError]()
    for place, pk in enumerate(kept):
        numbers = {name: _number(sent.values[pk][name]) for name in FIELDS}
        wrong += [
            FieldError(f"components.{place}.{name}", "invalid", _("Enter a number."))
            for name, value in numbers.items()
            if value is ... or (value is None and name == "quantity")
        ]
        rows.append({"id": pk, **numbers, "is_optional": sent.values[pk]["is_optional"]})
    sent.order = kept
    if wrong:
        raise InvalidInput(errors=tuple(wrong))
    run(edit_components, product.pk, components=rows)
    return _("The parts were saved.")


def _save_related(request: HttpRequest, product: Product) -> str:
    data = request.POST
    held = {row.pk: row for row in relations_of(product.pk)}
    gone = set(_ids(data.getlist("remove")))
    order = moved_order(_ids(data.getlist("row")), data.get("move", ""))
    rows = [
        {"related_id": held[pk].related_id, "kind": _kind(data.get(f"kind-{pk}", ""))}
        for pk in order
        if pk in held and pk not in gone
    ]
    if "add" in data:
        rows = [{"related_id": row.related_id, "kind": row.kind} for row in held.values()]
        related_id = _ids([data["add"]])[0]
        rows.append({"related_id": related_id, "kind": _kind(data.get(f"kind-{related_id}", ""))})
    run(set_relations, product.pk, relations=rows)
    return _("The related products were saved.")


def _part_line(row: Component, sent: Sent) -> Line:
    label = f"{row.product} – {row.variant}" if row.variant is not None else str(row.product)
    stored = {name: _plain(getattr(row, name)) for name in FIELDS} | {"is_optional": row.is_optional}
    line = Line(row.pk, label, address_if_any("admin:catalog_product_change", row.product_id), stored)
    if sent.refusal is not None and row.pk in sent.values:
        line.values = sent.values[row.pk]
        prefix = f"components.{sent.order.index(row.pk)}." if row.pk in sent.order else "-"
        for item in sent.refusal.errors:
            if item.field.startswith(prefix):
                line.errors[item.field.removeprefix(prefix)] = str(item.message)
    return line


def _related_line(row: ProductRelation) -> Line:
    address = address_if_any("admin:catalog_product_change", row.related_id)
    return Line(row.pk, str(row.related), address, {"kind": row.kind, "shown_kind": row.get_kind_display()})


def _ordered(lines: list[Line], sent: Sent) -> list[Line]:
    """The lines as they were sent, those that nobody sent behind them."""
    places = {pk: place for place, pk in enumerate(sent.order)}
    return sorted(lines, key=lambda line: places.get(line.id, len(places)))


def _found(request: HttpRequest, product: Product, *, with_variants: bool) -> list[Found]:
    """Other products that the search finds."""
    text = request.GET.get("q", "").strip()
    found = ENTITIES[Product.entity_id].find(text, limit=MOST_FOUND) if text else []
    others = [(pk, label) for pk, label in found if pk != product.pk]
    if not with_variants:
        return [Found(pk, label) for pk, label in others]
    rows: dict[UUID, list[Variant]] = {}
    of_all = Variant.objects.filter(product__in=[pk for pk, _label in others], deleted_at__isnull=True)
    for row in of_all.order_by("position", "pk"):
        rows.setdefault(row.product_id, []).append(row)
    return [Found(pk, label, rows.get(pk, ())) for pk, label in others]


def _entered(data: QueryDict, pk: UUID) -> dict[str, Any]:
    return {name: data.get(f"{name}-{pk}", "").strip() for name in FIELDS} | {
        "is_optional": f"is_optional-{pk}" in data
    }


def _number(text: str) -> Any:
    """The number as the reader's language writes it, None for nothing, ... for what is none."""
    if not text:
        return None
    try:
        number = Decimal(str(sanitize_separators(text)))
    except InvalidOperation:
        return ...
    return number if number.is_finite() and abs(number.adjusted()) < 40 else ...


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _kind(text: str) -> str:
    if text and text not in Relation.values:
        raise Http404
    return text or Relation.RELATED


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Http404 from None
