"""Price lists: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations.formulas import FormulaInvalid, demand_formula
from apps.catalog.errors import PriceListFilled, PriceListInCircle
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import PriceList
from apps.catalog.selectors.prices import pointing_prices
from apps.catalog.services.price_drafts import example_currency
from apps.catalog.services.price_kinds import demand_unpriced
from apps.catalog.services.price_settling import untimely
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import hold_lock, keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.usages import InUse, Usage, counted
from apps.kernel.references.validation import no_such_record, validate_references
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = (
    "name",
    "code",
    "description",
    "currency",
    "priority",
    "valid_from",
    "valid_until",
    "percent",
    "formula",
    "round_to",
    "is_active",
)
# What prices of a list take from it.
TAKEN = ("currency", "channel_id", "customer_group_id")
NO_BASE = "catalog.price_list.no_base"
TWO_WAYS = "catalog.price_list.two_ways"
FORMULA = "catalog.price_list.formula_invalid"
OTHER_CURRENCY = "catalog.price_list.currency_of_base"


def _new_list(scope: Scope) -> dict[str, Any]:
    return {
        "name": "Wholesale",
        "code": f"wholesale-{uuid7().hex[-8:]}",
        "currency": example_currency(scope),
        "priority": 10,
    }


def new_list(scope: Scope) -> PriceList:
    """A list for examples."""
    return create_price_list(**_new_list(scope))


def _some_list(scope: Scope) -> dict[str, Any]:
    return {"price_list_id": new_list(scope).pk}


def _changed_list(scope: Scope) -> dict[str, Any]:
    return {**_some_list(scope), "base_list_id": new_list(scope).pk, "percent": Decimal(-10)}


@command("catalog.price_list.create", feature=MANAGE_PRICING, example=_new_list)
def create_price_list(  # noqa: PLR0913 - one for each column
    *,
    name: str,
    code: str,
    currency: str,
    description: str = "",
    channel_id: UUID | None = None,
    customer_group_id: UUID | None = None,
    priority: int = 0,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    base_list_id: UUID | None = None,
    percent: Decimal | None = None,
    formula: str = "",
    round_to: Decimal | None = None,
    is_active: bool = True,
) -> PriceList:
    """Add a list. Raises InvalidInput with all complaints; Duplicate for a code that is there."""
    given = dict(locals())
    price_list = PriceList(organization_id=current_scope().writing_organization())
    set_given(price_list, **given)
    _demand_sound(price_list)
    price_list.save(force_insert=True)
    return price_list


@command("catalog.price_list.update", feature=MANAGE_PRICING, example=_changed_list)
def update_price_list(  # noqa: PLR0913 - one for each column
    price_list_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    code: str | Unchanged = UNCHANGED,
    currency: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    channel_id: UUID | Unchanged | None = UNCHANGED,
    customer_group_id: UUID | Unchanged | None = UNCHANGED,
    priority: int | Unchanged = UNCHANGED,
    valid_from: datetime | Unchanged | None = UNCHANGED,
    valid_until: datetime | Unchanged | None = UNCHANGED,
    base_list_id: UUID | Unchanged | None = UNCHANGED,
    percent: Decimal | Unchanged | None = UNCHANGED,
    formula: str | Unchanged = UNCHANGED,
    round_to: Decimal | Unchanged | None = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
) -> PriceList:
    """Change what is given. Raises RowNotFound, InvalidInput, Duplicate, PriceListFilled for what its prices take."""
    given = {name: value for name, value in locals().items() if name != "price_list_id"}
    price_list = living_list(price_list_id)
    keep_pointers_out(price_list)  # prices could come in with the former values meanwhile
    former = {name: getattr(price_list, name) for name in TAKEN}
    changed = set_given(price_list, **given)
    _demand_sound(price_list)
    _demand_unfilled(price_list, former)
    price_list.save(update_fields=[*changed, "version"])
    return price_list


@command("catalog.price_list.delete", feature=MANAGE_PRICING, example=_some_list)
def delete_price_list(price_list_id: UUID) -> PriceList:
    """Hide a list without prices that count today and without lists derived from it. Raises RowNotFound, InUse."""
    price_list = living_list(price_list_id)
    keep_pointers_out(price_list)
    demand_unpriced("price_list_id", price_list.pk)
    if count := _derived(price_list).count():
        raise InUse(**counted([Usage(PriceList, "base_list_id", count, OnDeletion.PROTECT)]))
    hide(price_list)
    return price_list


def living_list(price_list_id: UUID) -> PriceList:
    """The list, locked behind the lock of its organization's lists. Raises RowNotFound for a hidden one too."""
    owner = PriceList.objects.filter(pk=price_list_id).values_list("organization_id", flat=True).first()
    if owner is not None:
        _hold_lists(owner)
    return load_living(PriceList, price_list_id)


def _hold_lists(organization_id: UUID) -> None:
    """Let whoever derives lists from one another do so in turn: two changes at once could close a circle unseen."""
    hold_lock(f"price lists of {organization_id}")


def _derived(price_list: PriceList) -> Any:
    return PriceList.objects.filter(base_list=price_list.pk, deleted_at__isnull=True)


def _demand_sound(price_list: PriceList) -> None:
    _hold_lists(price_list.organization_id)
    others = {row.pk: row for row in PriceList.objects.filter(organization_id=price_list.organization_id)}
    demand_valid(price_list, FIELDS, more=_complaints(price_list, others))
    if _goes_round(price_list, others):
        text = str(PriceListInCircle.message)
        raise PriceListInCircle(errors=(FieldError("base_list_id", PriceListInCircle.code, text),))
    validate_references([price_list])


def _complaints(price_list: PriceList, others: dict[UUID, PriceList]) -> list[FieldError]:
    return [*untimely(price_list.valid_from, price_list.valid_until), *_underived(price_list, others)]


def _underived(price_list: PriceList, others: dict[UUID, PriceList]) -> Iterator[FieldError]:
    """What is wrong with the way in which it follows another list."""
    base = None if price_list.base_list_id is None else others.get(price_list.base_list_id)
    if price_list.base_list_id is not None and (base is None or base.is_deleted):
        yield no_such_record("base_list_id")
    elif base is not None and base.currency != price_list.currency:
        yield FieldError("currency", OTHER_CURRENCY, _("The list that it is derived from is in another currency."))
    if price_list.base_list_id is None and (price_list.percent is not None or price_list.formula):
        yield FieldError("base_list_id", NO_BASE, _("Say which list the prices are derived from."))
    if price_list.percent is not None and price_list.formula:
        yield FieldError("formula", TWO_WAYS, _("Give either a percentage or a formula."))
    if price_list.formula:
        yield from _misformed(price_list.formula)


def _misformed(formula: str) -> Iterator[FieldError]:
    try:
        demand_formula(formula)
    except FormulaInvalid as error:
        yield FieldError("formula", FORMULA, str(error))


def _goes_round(price_list: PriceList, others: dict[UUID, PriceList]) -> bool:
    """Say whether the way up from the list leads back to it."""
    above, seen = price_list.base_list_id, {price_list.pk}
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = others[above].base_list_id if above in others else None
    return False


def _demand_unfilled(price_list: PriceList, former: dict[str, Any]) -> None:
    """Refuse another currency, channel or group while prices have them from the list. Raises PriceListFilled."""
    changed = [name for name in TAKEN if getattr(price_list, name) != former[name]]
    count = pointing_prices("price_list_id", price_list.pk) if changed else 0
    if count:
        text = _("Its prices follow it.")
        errors = tuple(FieldError(name, PriceListFilled.code, text) for name in changed)
        raise PriceListFilled(errors=errors, count=count, field=", ".join(changed))
    if "currency" in changed and (lists := _derived(price_list).count()):
        raise InUse(**counted([Usage(PriceList, "base_list_id", lists, OnDeletion.PROTECT)]))
