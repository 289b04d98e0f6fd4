"""Files of people and companies: what stands in them, for whom, and that they can be imported again."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.customers.models import Company, Person
from apps.customers.services import create_company, create_group, create_person, create_tag
from apps.dictionaries.contracts import DictionaryBook
from apps.dictionaries.services.seeding import seed_system_dictionaries
from apps.kernel.imports.models import ImportProblem
from apps.kernel.imports.runs import drafts
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.customers.factories import COMPANIES, PEOPLE, WORKS
from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def furnished(house: House) -> House:
    """North with three people and two companies, of whom one person has everything."""
    with using_scope(house.scope(house.north)):
        seed_system_dictionaries()
        tags = [create_tag(label=label).pk for label in ("VIP, gold", "Press")]
        groups = [create_group(code="whole", name="Wholesalers").pk]
        with scoped_transaction():
            status = service(DictionaryBook).entries("customers.status")[0].id
        place = {"purpose": "billing", "line1": "Prosta 1/2", "postal_code": "00-838", "city": "Łódź", "country": "PL"}
        points = [
            {"channel": "email", "value": "ada@example.org"},
            {"channel": "email", "value": "a@home.example"},
            {"channel": "phone", "value": "+48221234567", "type": "mobile"},
        ]
        create_person(
            first_name="=Ada",
            last_name="Lovelace",
            contact_points=points,
            addresses=[place],
            tag_ids=tags,
            group_ids=groups,
            status_id=status,
            custom_fields={"newsletter": True, "pronouns": "she"},
        )
        create_person(first_name="Bob", contact_points=[points[0]])
        create_person(display_name="Chosen", first_name="Carl", last_name="C")
        worth = {"annual_revenue": Decimal("12.5"), "annual_revenue_currency": "EUR"}
        top = create_company(legal_name="Engines Ltd", domain="engines.example", **worth)  # type: ignore[arg-type]
        create_company(brand_name="Low", parent_id=top.pk, contact_points=points[2:], addresses=[place], tag_ids=tags)
    return house


def clerk(house: House, *features: str) -> Client:
    return client_of(member(house, *features), organization=house.north)


def content(client: Client, path: str, **asked: str) -> bytes:
    answer: Any = client.get(path, asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def table(client: Client, path: str, **asked: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(content(client, path, format="csv", **asked).decode()))
    return {row["display_name"]: row for row in rows}


def test_a_file_has_what_belongs_to_people(furnished: House) -> None:
    rows = table(clerk(furnished, "customers.*"), PEOPLE)
    ada = rows["'=Ada Lovelace"]
    names = ("email", "email_2", "phone", "address_purpose", "city", "country", "tags", "groups", "status")
    assert [ada[name] for name in names] == [
        *("ada@example.org", "a@home.example", "'+48221234567", "billing", "Łódź", "PL"),
        *('["Press","VIP, gold"]', '["whole"]', "Active"),
    ]
    assert (rows["Bob"]["email"], rows["Bob"]["email_2"], rows["Bob"]["city"]) == ("ada@example.org", "", "")


def test_columns_can_be_chosen(furnished: House) -> None:
    bob = clerk(furnished, "customers.*")
    assert table(bob, COMPANIES, fields="display_name,parent,phone") == {
        "Engines Ltd": {"display_name": "Engines Ltd", "phone": "", "parent": ""},
        "Low": {"display_name": "Low", "phone": "'+48221234567", "parent": "Engines Ltd"},
    }
    found = json.loads(content(bob, PEOPLE, format="json", fields="display_name,email", display_name="Bob"))
    assert found == [{"display_name": "Bob", "email": "ada@example.org"}]


def test_exporting_is_allowed_apart(furnished: House) -> None:
    looking = clerk(furnished, "customers.people.view", "customers.companies.view")
    for path in (PEOPLE, COMPANIES):
        answer = looking.get(path, {"format": "csv"})
        assert (answer.status_code, answer.json()["code"]) == (403, "kernel.feature_required")
        assert looking.get(path).status_code == 200


def test_who_is_restricted_stands_in_no_file_of_others(furnished: House) -> None:
    with seeding(furnished.scope(furnished.north)):
        Person.objects.filter(last_name="Lovelace").update(is_restricted=True)
    owner = make_user(furnished, roles=(make_role(furnished, "*", is_super_admin=True),))
    clients = (client_of(owner, organization=furnished.north), clerk(furnished, *WORKS))
    assert ["'=Ada Lovelace" in table(client, PEOPLE) for client in clients] == [True, False]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(("path", "entity", "count"), [(PEOPLE, Person, 3), (COMPANIES, Company, 2)])
def test_what_was_exported_is_imported_again_without_a_change(
    furnished: House, form: str, path: str, entity: type[Person | Company], count: int
) -> None:
    alice = make_user(furnished, name="Alice", roles=(make_role(furnished, "*"),))
    file = content(client_of(alice, organization=furnished.north), path, format=form)
    with using_scope(furnished.scope(furnished.north, actor_id=alice.pk)), reading():
        run = drafts.take(str(entity.entity_id), io.BytesIO(file), f"export.{form}")
        assert run.options == {"mode": "create_or_update", "key": ["id"], "all_or_nothing": False}
        assert {"email", "phone", "tags", "city", "status_id"} <= {item["target"] for item in run.mapping}
        drafts.begin(run, rehearse=False)
        sweep("work")
        run = drafts.run_of(run.pk)
        problems = list(ImportProblem.objects.filter(run=run).values_list("row", "problems"))
    assert ({name: n for name, n in run.counts.items() if n}, problems) == ({"unchanged": count}, [])


def test_a_file_costs_as_many_queries_for_one_as_for_all(furnished: House) -> None:
    bob = clerk(furnished, "customers.*")

    def cost(**asked: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            content(bob, PEOPLE, format="csv", **asked)
        return len(caught)

    cost()
    assert cost(display_name="=Ada Lovelace") >= cost() - 1
