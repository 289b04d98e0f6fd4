"""A new version that declares something else has what it concerns indexed anew, without anybody's doing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from celery.signals import worker_ready
from django.test import Client

import config.celery
from apps.kernel import clock
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from apps.search.contracts import SEARCHABLES, Hashed
from apps.search.models import SearchDeclarations, SearchIndex
from apps.search.services.declaring import CHANGE_OF_SHIFTS, DECLARED_WORK, declaration_digest, know_declarations
from apps.search.services.drift import compare
from tests.customers.factories import PEOPLE, WORKS, clerk
from tests.directory.callers import send
from tests.entities.factories import CURRENCIES, CURRENCY
from tests.kernel.events_probes import everywhere
from tests.search.factories import build_index, catch_up, declared_as
from tests.support.scopes import House, make_house

PERSON = "customers.person"
EMAIL = {"channel": "email", "value": "ada@quetzal.example"}


@pytest.fixture
def alice(house: House) -> Client:
    return clerk(house, *WORKS, "search.*", "currencies.*")


def start_worker() -> int:
    """Start a worker as Celery does; how many tenants will be asked for it."""
    assert config.celery.app is not None
    worker_ready.send(sender=None)
    return Work.objects.filter(kind=DECLARED_WORK).count()


def deploy() -> None:
    """Start a worker of another version; do what is due once the former ones have gone."""
    with clock.frozen(clock.now() - CHANGE_OF_SHIFTS):
        start_worker()
    sweep(batch=1)  # so that nothing waits to be handed back, by a connection that does not see this transaction


def found(client: Client, text: str) -> list[str]:
    return [item["title"] for item in client.get("/api/search/", {"q": text}).json()["results"]]


def standing(house: House) -> dict[str, Any]:
    with everywhere(house.scope()):
        return dict(SearchIndex.objects.values_list("entity", "built_at"))


def test_people_of_an_older_installation_are_found_by_their_emails_after_the_deploy(
    house: House, alice: Client
) -> None:
    with declared_as(PERSON, hashed=None):
        deploy()
        build_index(house)
        send(alice, "post", PEOPLE, {"first_name": "Ada", "last_name": "King", "contact_points": [EMAIL]})
        catch_up()
    assert (found(alice, "king"), found(alice, EMAIL["value"])) == (["Ada King"], [])
    deploy()
    assert found(alice, EMAIL["value"]) == ["Ada King"]


def test_a_field_that_is_found_no_more_goes_at_once_and_other_kinds_stay_as_they_are(
    house: House, alice: Client
) -> None:
    assert send(alice, "post", CURRENCIES, {"code": "CHF", "name": "Franken"}).status_code == 201
    deploy()
    build_index(house)
    before = standing(house)
    with declared_as(CURRENCY, title="code", subtitle="", fields={"code": "A"}, excluded=("name",)):
        deploy()
        assert (found(alice, "chf"), found(alice, "franken")) == (["CHF"], [])
    after = standing(house)
    assert [entity for entity in sorted(after) if before[entity] != after[entity]] == [CURRENCY]


def test_an_index_that_is_older_than_the_digests_is_made_anew(house: House) -> None:
    build_index(house, CURRENCY)
    SearchDeclarations.objects.update(digest="older")
    with everywhere(house.scope()):
        SearchIndex.objects.update(declared="", is_built=False)
    deploy()
    with everywhere(house.scope()):
        assert set(SearchIndex.objects.values_list("is_built", flat=True)) == {True}


def test_a_worker_that_starts_again_asks_nobody(house: House) -> None:
    start_worker()
    Work.objects.filter(kind=DECLARED_WORK).delete()
    assert start_worker() == 0
    with declared_as(CURRENCY, version=2):
        assert start_worker() >= 1


def test_declarations_of_an_installation_without_tenants_are_known(database: None) -> None:
    SearchDeclarations.objects.update(digest="older")
    know_declarations(using="default")
    make_house("Acme")
    assert start_worker() == 0


def test_declarations_of_one_with_tenants_are_looked_at(house: House) -> None:
    SearchDeclarations.objects.update(digest="older")
    know_declarations(using="default")
    assert start_worker() >= 1


def test_a_kind_that_the_night_has_mended_is_not_rebuilt(house: House) -> None:
    build_index(house)
    before = standing(house)
    with declared_as(CURRENCY, version=2) as kind:
        with system_scope(house.tenant.pk, "tests"):
            compare(kind, repair=True)
        deploy()
    assert standing(house) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "symbol"},
        {"subtitle": ""},
        {"fields": {"code": "A", "name": "B", "symbol": "C"}},
        {"fields": {"code": "A", "name": "A"}},
        {"excluded": ("is_base",)},
        {"hash_only": ("symbol",)},
        {"hashed": Hashed(lambda ids: {}, {PERSON: "customer_id"})},
        {"build_source": str},
        {"organization": ""},
        {"version": 2},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_makes_documents_makes_the_digest(changes: dict[str, Any]) -> None:
    kind = SEARCHABLES[CURRENCY]
    assert declaration_digest(replace(kind, **changes)) != declaration_digest(kind)


def test_how_hits_are_shown_and_who_finds_them_makes_no_document() -> None:
    kind = SEARCHABLES[CURRENCY]
    other = replace(kind, feature="x.y", url="x", format_result=None, title=lambda row: "the same, said otherwise")
    assert declaration_digest(other) == declaration_digest(kind)
