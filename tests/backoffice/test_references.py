"""References in forms: labels instead of ids, completions from the target's entity."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.currencies.models import Currency
from apps.kernel.access.grants import Access
from apps.kernel.admin.fields import ReferenceChoice, ReferenceSelect
from apps.kernel.admin.labels import Labels
from apps.kernel.admin.references import completions
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import make_currency
from tests.backoffice.pages import site
from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding

EURO = "EUR — The EUR"


@pytest.fixture
def field() -> ReferenceField:
    """A reference to currencies, as a model of another module would hold it."""
    reference = ReferenceField("currencies.currency")
    reference.set_attributes_from_name("currency_id")
    reference.model = Currency
    return reference


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()), scoped_transaction():
        yield house


def test_the_chosen_record_is_shown_by_its_label(house: House, field: ReferenceField) -> None:
    currency = make_currency(house)
    with using_scope(house.scope()), scoped_transaction():
        shown = ReferenceSelect(field, Labels()).render("currency_id", currency.pk)
    assert EURO in shown
    assert 'data-ajax--url="/backend/references/"' in shown


def test_a_record_that_is_gone_or_foreign_is_named_so(other_house: House, scoped: House, field: ReferenceField) -> None:
    foreign = make_currency(other_house)
    for record_id in (foreign.pk, uuid4()):
        shown = ReferenceSelect(field, Labels()).render("currency_id", record_id)
        assert "(not available)" in shown
        assert "EUR" not in shown


def test_what_is_no_id_is_refused() -> None:
    assert not ReferenceChoice(required=False).clean("")
    with pytest.raises(Exception, match="valid UUID"):
        ReferenceChoice().clean("nonsense")


def test_labels_of_a_page_cost_one_query_for_each_kind(house: House) -> None:
    rows = [make_currency(house, code) for code in ("EUR", "USD", "PLN")]
    with using_scope(house.scope()), scoped_transaction():
        labels = Labels()
        with CaptureQueriesContext(connection) as asked:
            labels.fetch(("currencies.currency", row.pk) for row in rows)
            texts = [labels.text("currencies.currency", row.pk) for row in rows]
    assert len(asked) == 1
    assert texts[0] == EURO


def test_completions_come_from_the_targets_entity(house: House, field: ReferenceField) -> None:
    currency = make_currency(house)
    make_currency(house, "USD")
    with using_scope(house.scope()), scoped_transaction():
        found = completions(site, RequestFactory().get("/", {"term": "the eur"}), field)
    assert found["results"] == [{"id": str(currency.pk), "text": EURO}]


def test_who_may_not_see_the_target_gets_no_completions(house: House, field: ReferenceField) -> None:
    with using_scope(house.scope(access=Access())), scoped_transaction(), pytest.raises(PermissionDenied):
        completions(site, RequestFactory().get("/"), field)


ASKING = "/backend/references/?app_label=staff_auth&model_name=user&field_name=home_organization_id"


def test_the_address_of_completions_answers_by_features(house: House, other_house: House, log_in: LogIn) -> None:
    seeing = log_in("directory.organizations.view", "auth.users.manage")
    found = seeing.get(f"{ASKING}&term=nor").json()["results"]
    assert found == [{"id": str(house.north.pk), "text": "North"}]
    assert log_in("auth.users.manage").get(ASKING).status_code == 403


def test_completions_are_not_for_everybody(house: House) -> None:
    assert Client().get(ASKING).status_code == 302


def test_a_form_leaves_out_what_points_into_a_module_that_is_not_installed(house: House) -> None:
    librarian = client_of(member(house, "shelf.*"), organization=house.north)
    address = "/backend/shelf/book/add/"
    assert 'name="currency_id"' in librarian.get(address).content.decode()
    currencies = ENTITIES["currencies.currency"]
    ENTITIES.remove(currencies.id)
    try:
        form = librarian.get(address).content.decode()
    finally:
        ENTITIES.add(currencies.id, currencies)
    assert 'name="price"' in form
    assert 'name="currency_id"' not in form


def test_completions_tell_records_of_one_name_apart(house: House, field: ReferenceField) -> None:
    make_currency(house)
    with seeding(house.scope(house.south)):
        for code in ("EUR", "USD"):
            Currency(code=code, name=f"The {code}", decimal_places=2).save(force_insert=True)
    with using_scope(house.scope()), scoped_transaction():
        found = completions(site, RequestFactory().get("/"), field)["results"]
    assert sorted(item["text"] for item in found) == [f"{EURO} (Acme Group)", f"{EURO} (South)", "USD — The USD"]
