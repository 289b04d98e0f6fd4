"""Currencies for the back office tests, and their pages."""

from __future__ import annotations

import re

from apps.currencies.models import Currency
from apps.kernel.commands.models import Action
from tests.auth.factories import reading_in
from tests.support.scopes import House, seeding

LIST = "/backend/currencies/currency/"


def make_currency(house: House, code: str = "EUR", **values: object) -> Currency:
    with seeding(house.scope()):
        currency = Currency(**{"code": code, "name": f"The {code}", "symbol": code, **values})
        currency.save(force_insert=True)
    return currency


def now(house: House, currency: Currency) -> Currency:
    with reading_in(house):
        found: Currency = Currency.objects.get(pk=currency.pk)
        return found


def change_url(currency: Currency) -> str:
    return f"{LIST}{currency.pk}/change/"


def form_of(currency: Currency, **changes: object) -> dict[str, object]:
    stored = {name: getattr(currency, name) for name in ("code", "name", "symbol", "decimal_places")}
    return {**stored, "expected_version": currency.version, **changes}


def commands_run(house: House) -> list[str]:
    with reading_in(house):
        rows = Action.objects.exclude(command__startswith="tests.seed").order_by("pk")
        return list(rows.values_list("command", flat=True))


def text_of(content: bytes) -> str:
    """The page's words, without tags and with single blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())
