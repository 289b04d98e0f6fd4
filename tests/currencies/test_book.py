"""What other modules ask about currencies, and what organizations get at the start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.currencies.contracts import CurrencyBook, CurrencyFacts
from apps.currencies.errors import BaseCurrencyMissing
from apps.currencies.models import Currency
from apps.currencies.setup import on_organization_created, seed_defaults
from apps.directory.services import create_organization, update_tenant
from apps.kernel.services import service
from apps.kernel.tenancy.errors import OrganizationRequired
from apps.kernel.tenancy.scope import in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import bases_of, codes_of, make_currency
from tests.support.scopes import House, seeding

COMMON = ["CHF", "EUR", "GBP", "PLN", "USD"]


def test_the_book_answers_for_the_organization_that_is_written_to(house: House) -> None:
    make_currency(house, "EUR", name="Euro", symbol="€", is_base=True)
    make_currency(house, "JPY", decimal_places=2)
    make_currency(house, "USD", is_active=False)
    make_currency(house, "GBP", at=house.south, is_base=True)
    book = service(CurrencyBook)
    with using_scope(house.scope(house.north, house.south)), scoped_transaction():
        assert book.base_currency() == "EUR"
        assert [item.code for item in book.active()] == ["EUR", "JPY"]
        assert book.currency("EUR") == CurrencyFacts("EUR", "Euro", "€", 2, is_active=True, is_base=True)
        assert book.currency("GBP") is None
        assert (book.decimal_places("JPY"), book.decimal_places("KWD")) == (2, 3)


def test_the_book_says_when_there_is_no_base(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction(), pytest.raises(BaseCurrencyMissing):
        service(CurrencyBook).base_currency()


def test_the_book_needs_an_organization(house: House) -> None:
    scope = replace(house.scope(), organization_id=None)
    with using_scope(scope), scoped_transaction(), pytest.raises(OrganizationRequired):
        service(CurrencyBook).active()


def test_a_new_organization_gets_the_tenants_base_and_the_common_ones(house: House) -> None:
    with using_scope(house.scope()):
        update_tenant(house.tenant.pk, base_currency="NOK", locale="pl")
        created = create_organization(name="West", parent_id=house.root.pk)
    assert codes_of(house, created) == sorted([*COMMON, "NOK"])
    assert bases_of(house, created) == ["NOK"]
    with seeding(in_organization(house.scope(), created.pk)):
        assert Currency.objects.get(code="PLN", organization_id=created.pk).name == "złoty polski"


def test_organizations_from_before_get_theirs_once(house: House) -> None:
    make_currency(house, "JPY", is_base=True)
    for _ in range(2):
        with seeding(house.scope()):
            seed_defaults(house.scope())
    assert codes_of(house, house.north) == ["JPY"]
    assert codes_of(house, house.south) == codes_of(house, house.root) == COMMON
    assert bases_of(house, house.south) == ["EUR"]


def test_equipping_twice_changes_nothing(house: House) -> None:
    scope = house.scope(house.north)
    for _ in range(2):
        with seeding(scope):
            on_organization_created(scope)
    assert codes_of(house, house.north) == COMMON
