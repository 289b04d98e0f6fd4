"""Somebody who was erased is a shell: on no way is anything new attached to them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from apps.attachments.models import Attachment
from apps.customers import services
from apps.customers.models import (
    Comment,
    DealPerson,
    Follower,
    Interaction,
    Labelling,
    NotDuplicate,
    Participant,
    Person,
)
from apps.kernel.commands.models import Erasure
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.catalog.factories import make_kind, make_price, make_product
from tests.customers.factories import (
    COMMENTS,
    COMPANIES,
    DEALS,
    FOLLOWERS,
    INTERACTIONS,
    LABELS,
    PEOPLE,
    clerk,
    make_deal,
    make_interaction,
    make_person,
)
from tests.directory.callers import complaints, send
from tests.entities.factories import make_field
from tests.support.crowds import wait_until_it_waits
from tests.support.scopes import House, reading, seeding

ERASED = "customers.person.erased"
ATTACHED = (Comment, DealPerson, Follower, Labelling, NotDuplicate, Participant, Attachment)


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, "customers.*", "attachments.*")


@pytest.fixture
def ada(house: House, bob: Client) -> str:
    """Somebody who was erased."""
    person = make_person(house)
    answer = send(bob, "post", f"{PEOPLE}{person.pk}/erase/", {"name": "Ada Lovelace", "reason": "Letter"})
    assert answer.status_code == 200, answer.content
    return str(person.pk)


def attached(house: House) -> int:
    """How many rows there are of what people have beside their own columns."""
    with reading(house.scope()):
        planned = Interaction.objects.exclude(customer=None).count()
        return planned + sum(model._default_manager.count() for model in ATTACHED)


def test_what_is_about_a_customer_is_refused_by_the_field_that_names_them(house: House, bob: Client, ada: str) -> None:
    label = send(bob, "post", LABELS, {"label": "Call back"}).json()["id"]
    other = str(make_person(house, "Mary Somerville").pk)
    for path, body, field in (
        (COMMENTS, {"customer_id": ada, "body": "Owes us money."}, "customer_id"),
        (FOLLOWERS, {"customer_id": ada}, "customer_id"),
        (f"{LABELS}assign/", {"label_id": label, "customer_ids": [other, ada]}, "customer_ids.1"),
        ("/api/customers/duplicates/dismiss/", {"first_id": other, "second_id": ada}, "second_id"),
    ):
        answer = send(bob, "post", path, body)
        assert (answer.status_code, answer.json()["code"], complaints(answer)) == (409, ERASED, {field: ERASED})
    assert attached(house) == 0


def test_what_names_customers_among_others_is_refused_with_all_that_is_wrong(
    house: House, bob: Client, ada: str
) -> None:
    deal, call = f"{DEALS}{make_deal(house).pk}/", f"{INTERACTIONS}{make_interaction(house).pk}/"
    person, guest = {"people": [{"person_id": ada}]}, {"participants": [{"customer_id": ada}]}
    for verb, path, body, field in (
        ("post", DEALS, {"title": "A mill", **person}, "people.0.person_id"),
        ("patch", deal, person, "people.0.person_id"),
        ("post", INTERACTIONS, {"title": "Call", "customer_id": ada}, "customer_id"),
        ("patch", call, {"customer_id": ada}, "customer_id"),
        ("patch", call, guest, "participants.0.customer_id"),
    ):
        answer = send(bob, verb, path, body)
        assert (answer.status_code, complaints(answer)) == (400, {field: ERASED})
    assert attached(house) == 0


def test_no_deal_comes_of_an_erased_lead(house: House, bob: Client, ada: str) -> None:
    make_deal(house)
    answer = send(bob, "post", f"{PEOPLE}{ada}/convert/", {"deal_title": "A mill"})
    assert (answer.status_code, answer.json()["code"]) == (409, ERASED)
    assert bob.get(DEALS).json()["count"] == 1


def test_no_file_comes_to_them(house: House, bob: Client, ada: str, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    place = {"entity": "customers.person", "record_id": ada}
    answer = bob.post("/api/attachments/", {**place, "file": SimpleUploadedFile("letter.txt", b"Dear Ada")})
    assert (answer.status_code, answer.json()["code"]) == (409, ERASED)
    assert attached(house) == 0


def test_many_at_once_are_refused_as_one_is(house: House, bob: Client, ada: str) -> None:
    body = {"action": "update", "ids": [ada], "changes": {"job_title": "Countess"}}
    answer = send(bob, "post", f"{PEOPLE}bulk/", body)
    assert (answer.status_code, complaints(answer)) == (409, {f"ids.{ada}": ERASED})


def test_pages_say_why(house: House, ada: str) -> None:
    role = make_role(house, "customers.*")
    alice = signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))
    answer = alice.post(f"/backend/customers/person/{ada}/comment/", {"body": "Owes us money."})
    assert answer.status_code == 409
    assert "This person has been erased." in answer.content.decode()
    form = {"title": "Call", "type": "call", "priority": "1", "customer_id": ada, "visibility": "shared"}
    rows = {f"participants-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = alice.post("/backend/customers/interaction/add/", {**form, **rows})
    assert "This person has been erased." in answer.content.decode()
    assert attached(house) == 0


def offers(page: str, person: object) -> set[str]:
    """Which doings with the person their page offers."""
    doings = {"comment", "convert", "erase", "follow", "interaction", "label", "merge"}
    found = set(re.findall(r'(?:href|action|data-url)="([^"]+)"', page))
    words = {word for address in found if str(person) in address for word in re.split(r"\W+", address)}
    return words & doings


def test_pages_offer_nothing_more_and_say_since_when(house: House, ada: str) -> None:
    role = make_role(house, "customers.*", "attachments.*")
    alice = signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))
    living, pages = make_person(house, "Grace Hopper").pk, "/backend/customers/person/{}/{}/"
    for name, offered in {
        "overview": {"follow", "comment", "interaction"},
        "timeline": {"comment"},
        "change": {"erase", "convert", "merge", "interaction"},
    }.items():
        assert offered <= offers(alice.get(pages.format(living, name)).content.decode(), living), name
        assert offers(alice.get(pages.format(ada, name)).content.decode(), ada) == set(), name
    for name, notices in {"overview": 1, "change": 1}.items():
        shown = [alice.get(pages.format(item, name)).content.decode() for item in (ada, living)]
        assert [page.count("This person was erased on") for page in shown] == [notices, 0], name
    with reading(house.scope()):
        certificate = Erasure.objects.get(subject_id=ada).pk
    page = alice.get(pages.format(ada, "change")).content.decode()
    assert ('name="_save"' in page, f"/erasure/{certificate}/" in page) == (False, True)
    row = alice.get("/backend/customers/person/?q=Erased").content.decode()
    assert "interaction/add/?customer_id" not in row


def test_who_followed_takes_leave(house: House, ada: str) -> None:
    role = make_role(house, "customers.*")
    user = make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk)
    alice, page = signed_in(user), f"/backend/customers/person/{ada}/overview/"
    with seeding(house.scope(house.north)):
        Follower.objects.create(organization_id=house.north.pk, user_id=user.pk, customer_id=UUID(ada))
    assert "follow" in offers(alice.get(page).content.decode(), ada)
    alice.post(f"/backend/customers/person/{ada}/follow/")
    assert offers(alice.get(page).content.decode(), ada) == set()


def test_undo_attaches_nothing_again(house: House) -> None:
    bob, person = clerk(house, "customers.*", "audit_logs.*"), make_person(house)
    own = {"customer_id": str(person.pk)}
    deal = make_deal(house, people=[{"person_id": person.pk}])
    label = send(bob, "post", LABELS, {"label": "Call back"}).json()["id"]
    marked = {"label_id": label, "customer_ids": [str(person.pk)]}
    assert send(bob, "post", f"{LABELS}assign/", marked).status_code == 200
    comment = send(bob, "post", COMMENTS, {**own, "body": "Owes us money."}).json()["id"]
    call = send(bob, "post", INTERACTIONS, {**own, "title": "Call"}).json()["id"]
    gone = [
        send(bob, "patch", f"{DEALS}{deal.pk}/", {"people": []}),
        send(bob, "post", f"{LABELS}unassign/", marked),
        send(bob, "delete", f"{COMMENTS}{comment}/"),
        send(bob, "patch", f"{INTERACTIONS}{call}/", {"customer_id": None}),
    ]
    assert {answer.status_code for answer in gone} <= {200, 204}
    erased = send(bob, "post", f"{PEOPLE}{person.pk}/erase/", {"name": "Ada Lovelace", "reason": "Letter"})
    for answer in (*gone, erased):
        undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {"cascade": True})
        code = ERASED if answer is gone[-1] else "audit_logs.undo.not_undoable"
        assert (undone.status_code, undone.json()["code"]) == (409, code)
    assert attached(house) == 0


def said(house: House, person: Person) -> str:
    """What comes of a comment, in a connection of its own."""
    try:
        with using_scope(house.scope(house.north)):
            services.create_comment(customer_id=person.pk, body="Owes us money.")
    except PlatformError as refusal:
        return refusal.code
    finally:
        connections.close_all()
    return "said"


@pytest.mark.committed
def test_who_attaches_something_while_somebody_is_erased_waits_and_is_refused(house: House) -> None:
    person = make_person(house)
    with ThreadPoolExecutor(1) as pool:
        with seeding(house.scope(house.north)):
            services.erase_person(person.pk, name="Ada Lovelace", reason="Letter")
            pending = pool.submit(said, house, person)
            wait_until_it_waits(pending)
        assert pending.result(timeout=20) == ERASED
    assert attached(house) == 0


def test_fields_lead_to_nobody_who_was_erased_but_where_they_do_already(bob: Client, house: House) -> None:
    make_field(house, key="contact", kind="relation", entity="customers.company", target="customers.person")
    ada, company = str(make_person(house, "Ada King").pk), {"brand_name": "Engines"}
    path = f"{COMPANIES}{send(bob, 'post', COMPANIES, {**company, 'cf_contact': ada}).json()['id']}/"
    assert send(bob, "post", f"{PEOPLE}{ada}/erase/", {"name": "Ada King", "reason": "Asked"}).status_code == 200
    answer = send(bob, "post", COMPANIES, {**company, "cf_contact": ada})
    assert complaints(answer) == {"custom_fields.contact": ERASED}
    kept = send(bob, "patch", path, {"size_bucket": "10-50", "cf_contact": ada})
    assert (kept.status_code, kept.json()["custom_fields"]["contact"]) == (200, ada)
    assert send(bob, "patch", path, {"cf_contact": None}).status_code == 200
    assert complaints(send(bob, "patch", path, {"cf_contact": ada})) == {"custom_fields.contact": ERASED}


def test_nobody_who_was_erased_gets_a_price(house: House, ada: str) -> None:
    bob, kind, product = clerk(house, "catalog.*", "customers.*"), make_kind(house), make_product(house)
    price = {"product_id": str(product.pk), "kind_id": str(kind.pk), "currency": "EUR", "amount": "5"}
    answer = send(bob, "post", "/api/catalog/prices/", {**price, "customer_id": ada})
    assert complaints(answer) == {"customer_id": ERASED}
    assert send(bob, "post", "/api/catalog/prices/", price).status_code == 201


def test_prices_of_somebody_who_was_erased_since_can_still_be_changed(bob: Client, house: House) -> None:
    person, kind, product = make_person(house, "Ada King"), make_kind(house), make_product(house)
    row = make_price(house, product, kind, customer_id=person.pk)
    assert send(bob, "post", f"{PEOPLE}{person.pk}/erase/", {"name": "Ada King", "reason": "x"}).status_code == 200
    alice = clerk(house, "catalog.*", "customers.*")
    answer = send(alice, "patch", f"/api/catalog/prices/{row.pk}/", {"amount": "7"})
    assert answer.status_code == 200, answer.content
