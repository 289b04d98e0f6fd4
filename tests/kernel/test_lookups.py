"""Case-blind look-ups: ILIKE, with `%` and `_` as letters."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F

from apps.currencies.models import Currency
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.probes import create_currency
from tests.support.scopes import House

NAMES = {"AAA": "100% złoty", "BBB": "100 Złoty", "CCC": "under_score", "DDD": "underXscore", "EEE": r"back\slash"}


@pytest.mark.parametrize(
    ("lookup", "value", "found"),
    [
        ("icontains", "ZŁOTY", ["AAA", "BBB"]),
        ("icontains", "100%", ["AAA"]),
        ("icontains", "R_S", ["CCC"]),
        ("icontains", "K\\S", ["EEE"]),
        ("istartswith", "UNDER_", ["CCC"]),
        ("iendswith", "ZŁOTY", ["AAA", "BBB"]),
        ("iexact", "UNDER_SCORE", ["CCC"]),
        ("iexact", "under", []),
        ("icontains", F("code"), []),
    ],
)
def test_patterns_are_literal_and_case_blind(house: House, lookup: str, value: object, found: list[str]) -> None:
    with using_scope(house.scope()):
        for code, name in NAMES.items():
            create_currency(code, name=name)
        with scoped_transaction():
            rows = Currency.objects.filter(**{f"name__{lookup}": value}).exclude(
                code="EEE" if value == F("name") else ""
            )
            assert sorted(rows.values_list("code", flat=True)) == found


def test_the_database_sees_ilike(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        sql = str(Currency.objects.filter(name__icontains="x").query)
    assert '"name" ILIKE %x%' in sql
    assert connection.vendor == "postgresql"
