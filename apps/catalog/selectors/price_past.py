"""What pricing had to know beside prices, as it was known at moments of the past; one query as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from apps.catalog.contracts import PriceRequest
from apps.catalog.models import Offer, PriceKind, PriceList, PricingSettings, Product, UnitConversion, Variant
from apps.catalog.selectors.price_facts import TYPES, Facts, facts_for, gathered
from apps.kernel.bases.arrays import Among
from apps.kernel.bases.former import History, Version, history
from apps.kernel.bases.models import TenantModel
from apps.kernel.tenancy.scope import current_scope

# The parts of facts, and whose rows they are.
MODELS: Final[Mapping[str, type[TenantModel]]] = {
    "product": Product,
    "variant": Variant,
    "unit": UnitConversion,
    "offer": Offer,
    "kind": PriceKind,
    "list": PriceList,
    "settings": PricingSettings,
}
_NAMES: Final = {model._meta.db_table: name for name, model in MODELS.items()}
Known = Mapping[datetime | None, Facts]


def facts_known(requests: Sequence[PriceRequest]) -> Known:
    """What each moment that the requests ask about knew of them; None is today."""
    asked: dict[datetime | None, list[PriceRequest]] = {}
    for request in requests:
        asked.setdefault(request.known_at, []).append(request)
    if set(asked) == {None}:
        return {None: facts_for(requests)}
    found = _history(requests, asked)
    return {moment: gathered(_known_then(found, moment, _keys(some))) for moment, some in asked.items()}


def _history(requests: Sequence[PriceRequest], moments: Mapping[datetime | None, Any]) -> History:
    products, variants = _ids(requests)
    rows = [
        PricingSettings.objects.all(),
        Product.objects.filter(Among("id", products)),
        PriceKind.objects.all(),
        PriceList.objects.all(),
        Offer.objects.filter(Among("product_id", products)),
        Variant.objects.filter(Among("id", variants)),
        UnitConversion.objects.filter(Among("product_id", products)),
    ]
    return history(rows, _keys(requests), moments)


def _ids(requests: Sequence[PriceRequest]) -> tuple[set[UUID], set[UUID]]:
    variants = {request.variant_id for request in requests if request.variant_id is not None}
    return {request.product_id for request in requests}, variants


def _keys(requests: Sequence[PriceRequest]) -> set[UUID]:
    """What the rows are found by: those of the tenant, of products and of variants."""
    products, variants = _ids(requests)
    return {current_scope().tenant_id, *products, *variants}


def _known_then(found: History, moment: datetime | None, keys: set[UUID]) -> Iterator[tuple[str, Any]]:
    """What was there at the moment, each with the name of its part."""
    living = {item.row_id for item in found.at(None, keys) if item.gone_at is None}
    for version in found.at(moment, keys):
        name, is_new = _NAMES[version.table], not version.existed_by(moment)
        if version.gone_at is None and not (is_new and name in {"settings", "unit"}):
            yield name, _item(name, version, is_new=is_new)
        elif name in {"product", "variant"} and version.row_id in living and moment is not None:
            # It is no secret and no mistake to ask about what was deleted for a while: it was out of sale.
            yield name, _item(name, version)._replace(is_active=False)


def _item(name: str, version: Version, *, is_new: bool = False) -> Any:
    """The version as pricing looks at it.

    A price that was known before its kind or list was created (prices may be loaded with their past) takes them as
    they were at first, but no list gives prices to others before it is there.
    """
    kind, facts = TYPES[name], {**version.facts, "id": version.row_id}
    if name == "list" and is_new:
        facts["base_list_id"] = None
    return msgspec.convert([facts[column] for column in kind._fields], kind)
