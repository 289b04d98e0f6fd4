"""What was deleted goes for good after its time, unless something needs it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from apps.customers.models import Company, Consent, Customer, CustomerRecord, Person
from apps.customers.services.retention import UPKEEP
from apps.customers.setup import seed_defaults
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Schedule
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from tests.customers.factories import COMPANIES, PEOPLE, clerk, make_company, make_person
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.directory.callers import send
from tests.support.scopes import House, seeding


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def look_after(house: House, *, days: int) -> None:
    """Let the night come that many days from now."""
    with clock.frozen(clock.now() + timedelta(days=days)):
        with using_scope(house.scope()), scoped_transaction():
            enqueue(UPKEEP, house.tenant.pk)
        sweep("work")


def left(house: House) -> list[str]:
    with seeding(house.scope()):
        return sorted(Customer.objects.values_list("name", flat=True))


def hide(house: House, *records: CustomerRecord) -> None:
    now = clock.now()
    with seeding(house.scope()):
        for record in records:
            type(record)._default_manager.filter(pk=record.pk).update(deleted_at=now)
            Customer.objects.filter(pk=record.pk).update(deleted_at=now)


def test_what_was_deleted_goes_after_its_days(house: House) -> None:
    hide(house, make_person(house), make_company(house))
    make_person(house, "Mary Somerville")
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS - 1)
    assert left(house) == ["Ada Lovelace", "Engines", "Mary Somerville"]
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + 1)
    assert left(house) == ["Mary Somerville"]
    with seeding(house.scope()):
        assert (Person.objects.count(), Company.objects.count()) == (1, 0)


def test_other_organizations_are_looked_after_too_and_other_tenants_are_not(house: House, other_house: House) -> None:
    for each in (house, other_house):
        hide(each, make_person(each))
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + 1)
    assert (left(house), left(other_house)) == ([], ["Ada Lovelace"])


def test_a_company_waits_for_those_below_it(house: House) -> None:
    parent = make_company(house)
    child = make_company(house, "Wheels", parent_id=parent.pk)
    hide(house, parent)
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + 1)
    assert left(house) == ["Engines", "Wheels"]
    hide(house, child)
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + 1)
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + 2)
    assert left(house) == []


def test_consents_go_with_the_person(bob: Client, house: House) -> None:
    person = make_person(house)
    purpose = entry_of(house, make_dictionary(house, "news", key="customers.consent_purpose"), "news")
    said = {"purpose_id": str(purpose.pk), "state": "given"}
    assert send(bob, "post", f"{PEOPLE}{person.pk}/consents/", said).status_code == 201
    assert bob.delete(f"{PEOPLE}{person.pk}/").status_code == 204
    assert send(bob, "post", f"{PEOPLE}{person.pk}/purge/", {}).status_code == 204
    with seeding(house.scope()):
        assert Consent.objects.count() == 0
    assert left(house) == []


def test_only_what_was_deleted_can_be_purged_and_nothing_brings_it_back(bob: Client, house: House) -> None:
    person, company = make_person(house), make_company(house)
    for path in (f"{PEOPLE}{person.pk}/", f"{COMPANIES}{company.pk}/"):
        assert send(bob, "post", f"{path}purge/", {}).status_code == 404
        assert bob.delete(path).status_code == 204
        assert send(clerk(house, "customers.people.manage"), "post", f"{path}purge/", {}).status_code == 403
        purged = send(bob, "post", f"{path}purge/", {})
        assert purged.status_code == 204
        undone = send(bob, "post", f"/api/audit_logs/actions/{purged['X-Action-Id']}/undo/", {})
        assert (undone.status_code, undone.json()["code"]) == (409, "audit_logs.undo.not_undoable")
        assert send(bob, "post", f"{path}restore/", {}).status_code == 404
    assert left(house) == []


def test_a_new_tenant_has_it_done_every_night(house: House) -> None:
    with seeding(house.scope()):
        seed_defaults(house.scope())
        seed_defaults(house.scope())
        assert Schedule.objects.filter(kind=UPKEEP, ref_id=house.tenant.pk).count() == 1


def test_old_ids_stay_good_as_long_as_the_record_in_their_place(bob: Client, house: House) -> None:
    first, second, third = (make_person(house, name).pk for name in ("Ada One", "Ada Two", "Ada Three"))
    for this, other in ((second, first), (third, second)):
        assert send(bob, "post", f"{PEOPLE}{this}/merge/", {"other_id": str(other)}).status_code == 200
    look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + 1)
    assert len(left(house)) == 3
    bob = clerk(house)  # the session has ended since
    assert send(bob, "post", f"{PEOPLE}{second}/purge/", {}).status_code == 204
    answer = bob.get(f"{PEOPLE}{first}/")
    assert (answer.status_code, answer.get("Location")) == (308, f"{PEOPLE}{third}/")
    assert bob.delete(f"{PEOPLE}{third}/").status_code == 204
    for days in (1, 2):
        look_after(house, days=settings.CUSTOMERS_KEPT_DAYS + days)
    assert left(house) == []
