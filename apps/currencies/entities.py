"""The kinds of record of this module, and what undo may do to them."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from apps.currencies.errors import BaseCurrencyKept, CurrencyGone
from apps.currencies.models import Currency, ExchangeRate, FetchRun, RateFetchConfig
from apps.currencies.selectors import living_currencies, rated_codes
from apps.currencies.services.checks import demand_base_open, demand_without_rates, held_codes
from apps.kernel.commands.models import RowImage
from apps.kernel.commands.running import running
from apps.kernel.registry.entities import Image, entity
from apps.kernel.tenancy.scope import Actor


def validate_currency_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Keep to the rules of the commands. Raises BaseCurrencyKept, BaseCurrencyFixed, InUse."""
    known = after or before
    if known is None:
        return
    if _is_base(before) != _is_base(after):
        demand_base_open(UUID(known["organization_id"]))
    if before is not None and after is None and not before["deleted_at"]:
        _demand_unused(before["code"], UUID(before["organization_id"]))
        _demand_no_sisters(before)


def _demand_unused(code: str, organization_id: UUID) -> None:
    if code in _rated_during(running().action_id, organization_id):
        demand_without_rates(code, organization_id)


def _is_base(image: Image | None) -> bool:
    return image is not None and bool(image["is_base"]) and not image["deleted_at"]


def _demand_no_sisters(base: Image) -> None:
    """Refuse to take the base away from currencies that came later. Raises BaseCurrencyKept."""
    if not base["is_base"]:
        return
    first = RowImage.objects.filter(row_id=base["id"], operation="I").order_by("-seq").values("action_id")[:1]
    made_together = RowImage.objects.filter(action_id__in=first, operation="I").values("row_id")
    others = living_currencies(UUID(base["organization_id"])).exclude(pk=base["id"])
    if others.exclude(pk__in=made_together).exists():
        raise BaseCurrencyKept(currency=base["code"])


def validate_rate_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let a rate count again only while its currencies are there. Raises CurrencyGone."""
    if after is None:
        return
    held = _codes_during(running().action_id, UUID(after["organization_id"]))
    for code in (after["from_code"], after["to_code"]):
        if code not in held:
            raise CurrencyGone(currency=code)


# One undo judges thousands of rows and changes none meanwhile: what it asks about an organization it asks once.
@lru_cache(maxsize=8)
def _codes_during(action_id: UUID, organization_id: UUID) -> frozenset[str]:
    return held_codes(organization_id)


@lru_cache(maxsize=8)
def _rated_during(action_id: UUID, organization_id: UUID) -> frozenset[str]:
    return rated_codes(organization_id)


entity(
    Currency,
    icon="payments",
    search=("code", "name", "symbol"),
    url="admin:currencies_currency_change",
    validate_restore=validate_currency_restore,
    broadcast="staff",
)
entity(
    ExchangeRate,
    icon="currency_exchange",
    search=("from_code", "to_code", "source"),
    url="admin:currencies_exchangerate_change",
    validate_restore=validate_rate_restore,
)
entity(
    RateFetchConfig,
    icon="cloud_download",
    search=("source", "provider"),
    url="admin:currencies_ratefetchconfig_change",
)
entity(FetchRun, icon="history", url="admin:currencies_fetchrun_change")
