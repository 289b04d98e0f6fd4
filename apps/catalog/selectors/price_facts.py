"""What pricing has to know beside prices: products, variants, units, offers, kinds, lists and settings; one query.

What was known of them at a moment of the past is read in price_past.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import CharField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast

from apps.catalog.calculations.derived import ListFacts
from apps.catalog.contracts import Layer, OfferFacts, PriceRequest, PriceRules
from apps.catalog.models import (
    Offer,
    OfferKind,
    PriceKind,
    PriceList,
    PricingSettings,
    Product,
    UnitConversion,
    Variant,
)
from apps.kernel.bases.arrays import Among


class ProductFacts(NamedTuple):
    """A product as pricing sees it; see Product."""

    id: UUID
    organization_id: UUID
    is_active: bool
    archived_at: datetime | None
    is_quote_only: bool
    unit: str
    rounding_places: int
    rounding_mode: str
    tax_class_id: UUID | None


class VariantFacts(NamedTuple):
    """A variant as pricing sees it; see Variant."""

    id: UUID
    product_id: UUID
    is_active: bool
    archived_at: datetime | None
    tax_class_id: UUID | None


class UnitFacts(NamedTuple):
    """How many base units a unit of a product is."""

    product_id: UUID
    unit: str
    factor: Decimal
    is_active: bool


class KindFacts(NamedTuple):
    """A kind of price as pricing sees it; see PriceKind."""

    id: UUID
    code: str
    is_promotion: bool
    is_active: bool


class OfferRow(NamedTuple):
    """An offer as it is stored; see Offer."""

    id: UUID
    product_id: UUID
    variant_id: UUID | None
    kind: str
    is_active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    channel_id: UUID | None


class Settings(NamedTuple):
    """How the tenant ranks prices, as it is stored; see PricingSettings."""

    layers: list[int]
    only_cheaper_promotions: bool


@dataclass
class Facts:
    """What was found. Offers are by their id; units by product and name; `children` are lists by what they are of."""

    products: dict[UUID, ProductFacts] = field(default_factory=dict)
    variants: dict[UUID, VariantFacts] = field(default_factory=dict)
    units: dict[tuple[UUID, str], Decimal] = field(default_factory=dict)
    offers: dict[UUID, OfferFacts] = field(default_factory=dict)
    offer_products: dict[UUID, UUID] = field(default_factory=dict)
    kinds: dict[UUID, KindFacts] = field(default_factory=dict)
    lists: dict[UUID, ListFacts] = field(default_factory=dict)
    rules: PriceRules = field(default_factory=PriceRules)

    @property
    def children(self) -> Mapping[UUID, Sequence[ListFacts]]:
        """Lists that derive from a list."""
        found: dict[UUID, list[ListFacts]] = defaultdict(list)
        for facts in self.lists.values():
            if facts.base_list_id is not None:
                found[facts.base_list_id].append(facts)
        return found


# Each part of the union: its name, and the type that its JSON is read as: an array of the columns that it names.
TYPES: Final[Mapping[str, Any]] = {
    "product": ProductFacts,
    "variant": VariantFacts,
    "unit": UnitFacts,
    "offer": OfferRow,
    "kind": KindFacts,
    "list": ListFacts,
    "settings": Settings,
}
_DECODERS: Final = {name: msgspec.json.Decoder(kind) for name, kind in TYPES.items()}
_TEXTS: Final = frozenset({"factor", "percent", "round_to"})  # exact only as text


def facts_for(requests: Sequence[PriceRequest]) -> Facts:
    """Everything that the requests are about, as far as the scope sees it and it lives."""
    products = {request.product_id for request in requests}
    variants = {request.variant_id for request in requests if request.variant_id is not None}
    parts = [
        _part("settings", PricingSettings.objects.all()),
        _part("product", _living(Product).filter(Among("id", products))),
        _part("kind", _living(PriceKind)),
        _part("list", _living(PriceList)),
        _part("offer", _living(Offer).filter(Among("product_id", products))),
    ]
    if variants:
        parts.append(_part("variant", _living(Variant).filter(Among("id", variants))))
    if any(request.unit for request in requests):
        units = _living(UnitConversion).filter(Among("product_id", products))
        parts.append(_part("unit", units))
    rows = parts[0].union(*parts[1:], all=True)
    return gathered((name, _DECODERS[name].decode(text)) for name, text in rows)


def _living(model: type[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(deleted_at__isnull=True)
    return rows


def _part(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    columns = [_column(column) for column in TYPES[name]._fields]
    said = Func(*columns, function="json_build_array", output_field=TextField())
    return rows.order_by().values_list(Value(name, output_field=CharField()), Cast(said, TextField()))


def _column(name: str) -> Any:
    return Cast(name, TextField()) if name in _TEXTS else F(name)


def gathered(items: Iterable[tuple[str, Any]]) -> Facts:
    """Facts from what was read, each with the name of its part."""
    found = Facts()
    takers = {
        "product": lambda item: found.products.__setitem__(item.id, item),
        "variant": lambda item: found.variants.__setitem__(item.id, item),
        "unit": lambda item: _take_unit(found, item),
        "kind": lambda item: found.kinds.__setitem__(item.id, item),
        "list": lambda item: found.lists.__setitem__(item.id, item),
        "offer": lambda item: _take_offer(found, item),
        "settings": lambda item: setattr(found, "rules", rules_of(item.layers, item.only_cheaper_promotions)),
    }
    for name, item in items:
        takers[name](item)
    return found


def _take_unit(found: Facts, item: UnitFacts) -> None:
    if item.is_active:
        found.units[item.product_id, item.unit] = item.factor


def _take_offer(found: Facts, item: OfferRow) -> None:
    found.offer_products[item.id] = item.product_id
    found.offers[item.id] = OfferFacts(
        id=item.id,
        is_promotion=item.kind == OfferKind.PROMOTION,
        is_active=item.is_active,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        channel_id=item.channel_id,
        variant_id=item.variant_id,
    )


def stored_rules() -> PriceRules:
    """How the tenant ranks prices."""
    found = PricingSettings.objects.values_list("layers", "only_cheaper_promotions").first()
    return PriceRules() if found is None else rules_of(*found)


def rules_of(layers: Sequence[int], only_cheaper: bool) -> PriceRules:
    """The rules that settings say; layers that they leave out are the weakest, what is none is left out."""
    named = [layer for number in dict.fromkeys(layers) for layer in Layer if layer == number]
    return PriceRules((*(layer for layer in Layer if layer not in named), *named), only_cheaper)
