"""The kinds of record of this module, and what undo may do to them."""

from __future__ import annotations

from uuid import UUID

from apps.currencies.errors import BaseCurrencyKept
from apps.currencies.models import Currency, ExchangeRate
from apps.currencies.selectors import living_currencies
from apps.kernel.commands.models import RowImage
from apps.kernel.registry.entities import Image, entity
from apps.kernel.tenancy.scope import Actor


def validate_currency_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Refuse to take the base away from currencies that came later. Raises BaseCurrencyKept."""
    if before is None or after is not None or not before["is_base"] or before["deleted_at"]:
        return
    first = RowImage.objects.filter(row_id=before["id"], operation="I").order_by("-seq").values("action_id")[:1]
    made_together = RowImage.objects.filter(action_id__in=first, operation="I").values("row_id")
    others = living_currencies(UUID(before["organization_id"])).exclude(pk=before["id"])
    if others.exclude(pk__in=made_together).exists():
        raise BaseCurrencyKept(currency=before["code"])


entity(
    Currency,
    icon="payments",
    search=("code", "name", "symbol"),
    url="admin:currencies_currency_change",
    validate_restore=validate_currency_restore,
)
entity(ExchangeRate, icon="currency_exchange", search=("from_code", "to_code", "source"))
