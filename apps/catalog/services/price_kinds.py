"""Kinds of prices: adding, changing, hiding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.catalog.features import MANAGE_SETTINGS
from apps.catalog.models import DisplayMode, Price, PriceKind
from apps.catalog.selectors.prices import pointing_prices
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.ids import uuid7
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.usages import InUse, Usage, counted
from apps.kernel.tenancy.scope import Scope

FIELDS = ("title", "code", "display_mode", "currency", "is_promotion", "is_active")


def _new_kind(scope: Scope) -> dict[str, Any]:
    return {"title": "Staff price", "code": f"staff-{uuid7().hex[-8:]}"}


def new_kind() -> PriceKind:
    """A kind for examples."""
    return create_price_kind(title="Staff price", code=f"staff-{uuid7().hex[-8:]}")


def _some_kind(scope: Scope) -> dict[str, Any]:
    return {"price_kind_id": new_kind().pk}


def _changed_kind(scope: Scope) -> dict[str, Any]:
    return {**_some_kind(scope), "title": "Price for staff", "is_active": False}


@command("catalog.price_kind.create", feature=MANAGE_SETTINGS, example=_new_kind)
def create_price_kind(
    *,
    title: str,
    code: str,
    display_mode: str = DisplayMode.NET,
    currency: str = "",
    is_promotion: bool = False,
    is_active: bool = True,
) -> PriceKind:
    """Add a kind. Raises InvalidInput; Duplicate for a code that is there."""
    kind = PriceKind(
        title=title,
        code=code,
        display_mode=display_mode,
        currency=currency,
        is_promotion=is_promotion,
        is_active=is_active,
    )
    demand_valid(kind, FIELDS)
    kind.save(force_insert=True)
    return kind


@command("catalog.price_kind.update", feature=MANAGE_SETTINGS, example=_changed_kind)
def update_price_kind(
    price_kind_id: UUID,
    *,
    title: str | Unchanged = UNCHANGED,
    code: str | Unchanged = UNCHANGED,
    display_mode: str | Unchanged = UNCHANGED,
    currency: str | Unchanged = UNCHANGED,
    is_promotion: bool | Unchanged = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
) -> PriceKind:
    """Change what is given; prices that are there keep their amounts. Raises RowNotFound, InvalidInput, Duplicate."""
    kind = load_living(PriceKind, price_kind_id)
    changed = set_given(
        kind,
        title=title,
        code=code,
        display_mode=display_mode,
        currency=currency,
        is_promotion=is_promotion,
        is_active=is_active,
    )
    demand_valid(kind, FIELDS)
    kind.save(update_fields=[*changed, "version"])
    return kind


@command("catalog.price_kind.delete", feature=MANAGE_SETTINGS, example=_some_kind)
def delete_price_kind(price_kind_id: UUID) -> PriceKind:
    """Hide a kind without prices that count today. Raises RowNotFound, InUse with counts."""
    kind = load_living(PriceKind, price_kind_id)
    keep_pointers_out(kind)
    demand_unpriced("kind_id", kind.pk)
    hide(kind)
    return kind


def demand_unpriced(column: str, row_id: UUID) -> None:
    """Refuse to let go what prices of today point to by a key. Raises InUse with their number."""
    if count := pointing_prices(column, row_id):
        raise InUse(**counted([Usage(Price, column, count, OnDeletion.PROTECT)]))
