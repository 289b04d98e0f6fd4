"""Tax classes: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.defaults import unmark
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.sales.features import MANAGE_SETTINGS
from apps.sales.models import TaxClass
from apps.sales.services.defaults import (
    default_complaints,
    hold_default,
    living_held,
    others_of,
    pass_default_on,
)

FIELDS = ("name", "code", "description", "rate", "is_default")


def _new_tax_class(scope: Scope) -> dict[str, Any]:
    return {"name": "Reduced rate", "code": f"reduced-{uuid7().hex[-8:]}", "rate": Decimal("7.0000")}


def _some_tax_class(scope: Scope) -> dict[str, Any]:
    return {"tax_class_id": create_tax_class(**_new_tax_class(scope)).pk}


def _changed_tax_class(scope: Scope) -> dict[str, Any]:
    return {**_some_tax_class(scope), "rate": Decimal("5.5000"), "is_default": True}


@command("sales.tax_class.create", feature=MANAGE_SETTINGS, example=_new_tax_class)
def create_tax_class(
    *,
    name: str,
    code: str,
    rate: Decimal,
    description: str = "",
    is_default: bool = False,
    custom_fields: Mapping[str, Any] | None = None,
) -> TaxClass:
    """Add a tax class; the first of an organization is the default. Raises InvalidInput, Duplicate."""
    tax_class = TaxClass(
        organization_id=current_scope().writing_organization(),
        name=name,
        code=code,
        description=description,
        rate=rate,
    )
    tax_class.take(custom_fields)
    hold_default(TaxClass, tax_class.organization_id)
    others = others_of(tax_class)
    tax_class.is_default = is_default or not others
    demand_valid(tax_class, FIELDS)
    if tax_class.is_default:
        unmark(others)
    tax_class.save(force_insert=True)
    return tax_class


@command("sales.tax_class.update", feature=MANAGE_SETTINGS, example=_changed_tax_class)
def update_tax_class(
    tax_class_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    code: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    rate: Decimal | Unchanged = UNCHANGED,
    is_default: bool | Unchanged = UNCHANGED,
    custom_fields: Mapping[str, Any] | None = None,
) -> TaxClass:
    """Change what is given; the default one stays it until another is. Raises RowNotFound, InvalidInput, Duplicate.

    Custom values are merged; None under a key removes one.
    """
    tax_class = living_held(TaxClass, tax_class_id)
    complaints = default_complaints(tax_class, is_default)
    changed = set_given(tax_class, name=name, code=code, description=description, rate=rate, is_default=is_default)
    tax_class.take(custom_fields)
    demand_valid(tax_class, FIELDS, more=complaints)
    if is_default is True:
        unmark(others_of(tax_class))
    tax_class.save(update_fields=[*changed, "version"])
    return tax_class


@command("sales.tax_class.delete", feature=MANAGE_SETTINGS, example=_some_tax_class)
def delete_tax_class(tax_class_id: UUID) -> TaxClass:
    """Hide a tax class; another one takes the place of the default. Raises RowNotFound, InUse with counts."""
    tax_class = living_held(TaxClass, tax_class_id)
    keep_pointers_out(tax_class)
    hide(tax_class)
    pass_default_on(tax_class)
    return tax_class
