"""Many currencies at once, from the world's list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.currencies.calculations import master_currency
from apps.currencies.features import MANAGE
from apps.currencies.models import Currency
from apps.currencies.selectors import living_currencies
from apps.currencies.services.checks import demand_known, lock_currencies
from apps.currencies.services.currencies import free_codes
from apps.directory.contracts import TenantBook
from apps.kernel.bases.customs import custom_complaints
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope


def _example(scope: Scope) -> dict[str, Any]:
    return {"codes": free_codes(3)}


@command("currencies.currency.add_from_master", feature=MANAGE, bulk=True, example=_example)
def add_from_master(codes: Sequence[str]) -> list[Currency]:
    """Add currencies as CLDR has them, names in the tenant's language; those that are there already are left alone.

    In an organization without currencies the first code becomes the base. Two statements, however many
    codes. Raises InvalidInput for none, CurrencyUnknown with every bad code.
    """
    if not codes:
        raise InvalidInput(errors=(FieldError("codes", "required", _("Name at least one currency.")),))
    demand_known((f"codes.{index}", code) for index, code in enumerate(codes))
    organization_id = current_scope().writing_organization()
    lock_currencies(organization_id)
    present = set(living_currencies(organization_id).values_list("code", flat=True))
    wanted = [code for code in dict.fromkeys(codes) if code not in present]
    locale = service(TenantBook).profile().locale
    rows = [_row(code, locale, is_base=not present and index == 0) for index, code in enumerate(wanted)]
    if complaints := custom_complaints(rows, completes=False):
        raise InvalidInput(errors=tuple(complaint for _index, complaint in complaints))
    created: list[Currency] = Currency.objects.bulk_create(rows)
    return created


def _row(code: str, locale: str, *, is_base: bool) -> Currency:
    known = master_currency(code)
    return Currency(
        code=code,
        name=known.name(locale),
        symbol=known.symbol,
        decimal_places=known.decimal_places,
        is_base=is_base,
    )
