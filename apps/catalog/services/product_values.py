"""The columns of a product that commands take, by name and kind."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, ParamSpec, TypedDict, TypeVar
from uuid import UUID

from django.db import models

from apps.catalog.calculations.products import normal_dimensions, normal_gtu_codes, normal_text, normal_un_number
from apps.catalog.models import Product
from apps.kernel.commands.unchanged import UNCHANGED

P = ParamSpec("P")
R = TypeVar("R")


class ProductValues(TypedDict, total=False):
    """What may be given of a product beside its title; None clears, and what is left out stays.

    `dimensions` is `{"width", "height", "depth": Decimal, "unit": text}`.
    """

    subtitle: str | None
    description: str | None
    sku: str | None
    handle: str | None
    product_type: str
    is_active: bool
    status_id: UUID | None
    tax_class_id: UUID | None
    primary_currency: str | None
    unit: str | None
    sales_unit: str | None
    sales_unit_quantity: Decimal
    rounding_places: int
    rounding_mode: str
    shows_unit_price: bool
    unit_price_reference: str | None
    unit_price_quantity: Decimal | None
    weight: Decimal | None
    weight_unit: str | None
    dimensions: Mapping[str, Any] | None
    country_of_origin: str | None
    pkwiu_code: str | None
    cn_code: str | None
    hs_code: str | None
    tax_classification_code: str | None
    gtu_codes: Sequence[str] | None
    age_min: int | None
    is_excise_good: bool
    excise_category: str | None
    requires_prescription: bool
    hazmat_class: str | None
    un_number: str | None
    packing_group: str | None
    contains_lithium_battery: bool
    launch_at: datetime | None
    end_of_life_at: datetime | None
    available_from: datetime | None
    available_until: datetime | None
    min_order_quantity: int | None
    max_order_quantity: int | None
    order_quantity_step: int | None
    requires_shipping: bool
    is_quote_only: bool
    seo_title: str | None
    seo_description: str | None
    canonical_url: str | None


COLUMNS: Final = ("title", *ProductValues.__annotations__)


def with_columns(function: Callable[P, R]) -> Callable[P, R]:
    """Let the signature of a function that takes `**values` of a product name every column.

    Forms, files and the history ask a command what it takes, and give it what they know by name.
    """
    own = inspect.signature(function)
    plain = [item for item in own.parameters.values() if item.kind is not inspect.Parameter.VAR_KEYWORD]
    columns = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=UNCHANGED, annotation=kind)
        for name, kind in ProductValues.__annotations__.items()
    ]

    @functools.wraps(function)
    def with_given(*args: P.args, **kwargs: P.kwargs) -> R:
        for column in columns:
            if kwargs.get(column.name) is UNCHANGED:
                del kwargs[column.name]
        return function(*args, **kwargs)

    with_given.__signature__ = own.replace(parameters=[*plain, *columns])  # type: ignore[attr-defined]
    return with_given


def normalize(product: Product, names: Iterable[str]) -> None:
    """Bring the named columns into the form in which they are kept; None clears a column."""
    for name in names:
        field = Product._meta.get_field(name)
        if getattr(product, name) is None and not getattr(field, "null", True):
            setattr(product, name, _cleared(field))
        elif isinstance(field, models.CharField):
            setattr(product, name, normal_text(name, str(getattr(product, name))))
    product.un_number = normal_un_number(product.un_number)
    product.gtu_codes = normal_gtu_codes(product.gtu_codes)
    product.dimensions = normal_dimensions(product.dimensions)


def _cleared(field: Any) -> Any:
    """What a column that is never null holds when it holds nothing; None where it always holds something."""
    return field.get_default() if field.blank else None
