"""Prices by how much is bought: quantities come into base units as each product rounds them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.catalog.models import Price, UnitConversion
from apps.catalog.models.products import RoundingMode
from apps.catalog.selectors.prices import of_quantity

_NUMBER: Any = DecimalField(max_digits=60, decimal_places=20)


class _Up(Func):
    """The number, at so many places, that is not smaller."""

    template = "ceil(%(expressions)s)"
    arg_joiner = " * 10::numeric ^ "
    output_field = _NUMBER


class _Places(Func):
    """Ten to so many."""

    template = "(10::numeric ^ %(expressions)s)"
    output_field = _NUMBER


def for_quantity(rows: QuerySet[Price], quantity: Decimal, *, unit: str = "") -> QuerySet[Price]:
    """Prices for so many of a unit, "" for base units; none of products that are not sold in it.

    The quantity is rounded as the pricing service rounds it, so that both find the same prices.
    """
    if not unit and quantity == quantity.to_integral_value():  # rounding leaves it as it is
        return rows.filter(of_quantity(quantity))
    counted: QuerySet[Price] = rows.alias(bought=_rounded(_exact(quantity, unit)))
    most = Q(max_quantity__isnull=True) | Q(max_quantity__gte=F("bought"))
    return counted.filter(most, min_quantity__lte=F("bought"))


def _exact(quantity: Decimal, unit: str) -> Any:
    """How many base units it is, unrounded; NULL where the product has not got the unit."""
    given = Value(quantity, output_field=_NUMBER)
    if not unit:
        return given
    units = UnitConversion.objects.filter(
        product=OuterRef("product"), unit=unit, is_active=True, deleted_at__isnull=True
    )
    one = Value(Decimal(1), output_field=_NUMBER)
    factor = Coalesce(Case(When(product__unit=unit, then=one)), Subquery(units.values("factor")), output_field=_NUMBER)
    return given * factor


def _rounded(exact: Any) -> Any:
    """The number to the places of the product, in its way."""
    places = F("product__rounding_places")
    return Case(
        When(product__rounding_mode=RoundingMode.DOWN, then=Func(exact, places, function="trunc")),
        When(product__rounding_mode=RoundingMode.UP, then=_Up(exact, places) / _Places(places)),
        default=Func(exact, places, function="round"),
        output_field=_NUMBER,
    )
