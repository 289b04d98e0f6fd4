"""Files into people and companies: what columns are called, what belongs to customers, keys, errors, one undo."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from apps.customers.models import Address, Company, ContactPoint, Customer, Person, PersonCompany, Tag
from apps.customers.services import create_company, create_group, create_person, create_tag, erase_person
from apps.dictionaries.services.seeding import seed_system_dictionaries
from apps.kernel.access.grants import Access
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import FeatureRequired
from apps.kernel.imports.models import ImportProblem, ImportRun, RunState
from apps.kernel.imports.planning.mapping import mapping_from_json
from apps.kernel.imports.planning.options import Options
from apps.kernel.imports.planning.orders import Key, Mode
from apps.kernel.imports.runs import drafts
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import reading
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.directory.callers import client_of
from tests.support.digests import digest
from tests.support.scopes import House

PEOPLE, COMPANIES = "customers.person", "customers.company"
TABLES = ("person", "company", "customer", "contact_point", "customer_address", "customer_tag", "customer_tagging")
pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@dataclass(frozen=True)
class Alice:
    """Whoever imports: their scope and their user."""

    scope: Scope
    user: Any


@pytest.fixture
def alice(house: House) -> Iterator[Alice]:
    """Everything below is done in North by somebody who may."""
    user = make_user(house, name="Alice", email="alice@example.org", roles=(make_role(house, "*"),))
    scope = house.scope(house.north, actor_id=user.pk)
    with using_scope(scope), reading():
        seed_system_dictionaries()
        yield Alice(scope, user)


def take(text: str | bytes, *, entity: str = PEOPLE, name: str = "people.csv") -> ImportRun:
    return drafts.take(entity, io.BytesIO(text if isinstance(text, bytes) else text.encode()), name)


def work(run: ImportRun, *, key: Key | None = None, mode: Mode = Mode.BOTH, rehearse: bool = False) -> ImportRun:
    if key is not None:
        drafts.arrange(run, mapping_from_json(run.mapping), Options(mode, key))
    drafts.begin(drafts.run_of(run.pk), rehearse=rehearse)
    sweep("work")
    done: ImportRun = drafts.run_of(run.pk)
    assert done.state in {RunState.DONE, RunState.CHECKED}, done.reason
    return done


def counts(run: ImportRun) -> dict[str, int]:
    return {name: count for name, count in run.counts.items() if count}


def problems(run: ImportRun) -> dict[int, list[tuple[str, str]]]:
    found = ImportProblem.objects.filter(run=run).order_by("row").values_list("row", "problems")
    return {row: [(item["field"], item["code"]) for item in items] for row, items in found}


def targets(run: ImportRun) -> list[str]:
    return [item["target"] for item in run.mapping]


def person(name: str) -> Person:
    found: Person = Person.objects.get(display_name=name, deleted_at__isnull=True)
    return found


def reached(row: Person | Company) -> list[tuple[str, str, str, bool]]:
    points = ContactPoint.objects.filter(customer_id=row.pk).order_by("channel", "-is_primary", "pk")
    return [(item.channel, item.type, item.value, item.is_primary) for item in points]


@pytest.mark.parametrize(
    ("entity", "header", "expected"),
    [
        (PEOPLE, "Imię;Nazwisko;Adres e-mail;Telefon;Komórka;Stanowisko;Firma;Opiekun;Etap", "pl"),
        (PEOPLE, "Vorname;Nachname;E-Mail-Adresse;Telefonnummer;Handy;Funktion;Firma;Betreuer;Phase", "de"),
        (PEOPLE, "Nombre;Apellidos;Correo electrónico;Teléfono;Móvil;Cargo;Empresa;Responsable;Etapa", "es"),
        (PEOPLE, "First Name;Surname;E-Mail;Phone1;Cell Phone;Job Title;Company;Account Manager;stage", "en"),
    ],
)
def test_columns_are_known_in_every_language(alice: Alice, entity: str, header: str, expected: str) -> None:
    row = ";".join("abcdefghi")
    assert targets(take(f"{header}\n{row}\n", entity=entity)) == [
        *("first_name", "last_name", "email", "phone", "mobile"),
        *("job_title", "company_id", "owner_id", "lifecycle_stage_id"),
    ]


def test_columns_of_companies_are_known(alice: Alice) -> None:
    header = "Nazwa firmy;NIP;Strona www;Branża;Ulica;Kod pocztowy;Miasto;Kraj;Tagi;Waluta;Obrót"
    assert targets(take(f"{header}\n{';'.join('abcdefghijk')}\n", entity=COMPANIES)) == [
        *("legal_name", "tax_id", "website_url", "industry_id", "address_line1", "postal_code", "city", "country"),
        *("tags", "annual_revenue_currency", "annual_revenue"),
    ]


def test_two_phones_of_one_name_are_both_known(alice: Alice) -> None:
    run = work(take("First name,Phone,Phone\nAda,+48221234567,+48501234567\n"))
    assert targets(run) == ["first_name", "phone", "phone_2"]
    assert [value for _channel, _type, value, _primary in reached(person("Ada"))] == ["+48221234567", "+48501234567"]


def test_a_company_of_another_organization_in_sight_is_named_by_nobody(house: House) -> None:
    user = make_user(house, name="Alice", email="alice@example.org", roles=(make_role(house, "*"),))
    with using_scope(house.scope(house.north, actor_id=user.pk)):
        mill = create_company(brand_name="Mill").pk
    with using_scope(house.scope(house.root, house.north, actor_id=user.pk)), reading():
        people = work(take(f"First name,company_id\nAda,{mill}\n"))
        assert problems(people) == {2: [("company_id", "kernel.reference.unknown")]}
        below = work(take(f"brand_name,parent_id\nSails,{mill}\n", entity=COMPANIES))
        assert problems(below) == {2: [("parent_id", "kernel.reference.unknown")]}


def test_nobody_who_was_erased_is_filled_in_again(alice: Alice) -> None:
    ada = create_person(first_name="Ada", last_name="Lovelace")
    erase_person(ada.pk, name="Ada Lovelace", reason="Letter of 3 March")
    run = work(take(f"id,First name,E-mail\n{ada.pk},Ada,ada@example.org\n"), key=("id",))
    assert (counts(run), problems(run)) == ({"error": 1}, {2: [("", "customers.person.erased")]})
    assert (Person.objects.get(pk=ada.pk).first_name, reached(ada)) == ("", [])


RICH = (
    "First name,Last name,E-mail,email_2,Phone,Mobile,Street,Zip,City,Country,Tags,Groups,Company,Owner,Status,"
    "Wants the newsletter\n"
    "Ada,Lovelace,ADA@Example.org,ada@home.example,+48 22 123 45 67,+48501234567,Prosta 1,00-838,Warszawa,Polska,"
    "press;VIP,whole,Engines,alice@example.org,ACTIVE,tak\n"
)


def test_a_row_becomes_a_person_with_all_that_belongs_to_it(alice: Alice) -> None:
    company = create_company(brand_name="Engines", domain="engines.example")
    tags = [create_tag(label="Press").pk, create_tag(label="VIP").pk]
    group = create_group(code="whole", name="Wholesalers")
    run = work(take(RICH))
    assert (counts(run), problems(run)) == ({"created": 1}, {})
    ada = person("Ada Lovelace")
    assert (ada.owner_id, ada.custom["newsletter"]) == (alice.user.pk, True)
    assert ada.status_id is not None
    assert reached(ada) == [
        ("email", "work", "ada@example.org", True),
        ("email", "work", "ada@home.example", False),
        ("phone", "work", "+48221234567", True),
        ("phone", "mobile", "+48501234567", False),
    ]
    address = Address.objects.get(customer_id=ada.pk)
    assert (address.line1, address.city, address.country, address.is_primary) == ("Prosta 1", "Warszawa", "PL", True)
    assert sorted(ada.customer.taggings.values_list("tag_id", flat=True)) == sorted(tags)
    assert list(ada.customer.memberships.values_list("group_id", flat=True)) == [group.pk]
    place = PersonCompany.objects.get(person_id=ada.pk)
    assert (place.company_id, place.is_primary) == (company.pk, True)
    assert Customer.objects.get(pk=ada.pk).name == "Ada Lovelace"


def test_the_same_file_again_changes_nothing(alice: Alice) -> None:
    create_company(brand_name="Engines")
    for label in ("Press", "VIP"):
        create_tag(label=label)
    create_group(code="whole", name="Wholesalers")
    work(take(RICH))
    before = [digest(table) for table in TABLES]
    assert counts(work(take(RICH), key=("email",))) == {"unchanged": 1}
    assert [digest(table) for table in TABLES] == before


def test_an_import_adds_and_changes_and_takes_nothing_away(alice: Alice) -> None:
    points = [{"channel": "email", "value": "old@example.org"}, {"channel": "phone", "value": "+48221234567"}]
    kept = create_tag(label="Kept")
    create_tag(label="Press")
    place = {"purpose": "home", "line1": "Here 1", "city": "Łódź"}
    ada = create_person(first_name="Ada", last_name="King", contact_points=points, addresses=[place], tag_ids=[kept.pk])
    header = "id,last_name,email,phone_2,city,tags,job_title"
    text = f"{header}\n{ada.pk},Lovelace,new@example.org,+48501234567,Gdynia,Press,\n"
    run = work(take(text))
    assert (counts(run), problems(run)) == ({"updated": 1}, {})
    ada = person("Ada Lovelace")
    assert ada.version == 2
    assert reached(ada) == [
        ("email", "work", "new@example.org", True),
        ("email", "work", "old@example.org", False),
        ("phone", "work", "+48221234567", True),
        ("phone", "work", "+48501234567", False),
    ]
    address = Address.objects.get(customer_id=ada.pk)
    assert (address.purpose, address.line1, address.city) == ("home", "Here 1", "Gdynia")
    assert set(ada.customer.taggings.values_list("tag__label", flat=True)) == {"Kept", "Press"}


def test_rows_meet_people_by_their_e_mail_whatever_its_capitals(alice: Alice) -> None:
    point = {"channel": "email", "value": "ada@example.org"}
    create_person(first_name="Ada", last_name="King", contact_points=[point])
    rows = ("Ada,Lovelace, ADA@EXAMPLE.ORG ", "Bob,Babbage,", "Eve,E,eve@x.example", "Eve,F,EVE@x.example")
    text = "\n".join(("first_name,last_name,email", *rows))
    run = take(text)
    assert run.options["key"] == ["email"]
    run = work(run)
    assert counts(run) == {"updated": 1, "created": 2, "duplicate": 1}
    assert [item.display_name for item in Person.objects.order_by("display_name")] == [
        "Ada Lovelace",
        "Bob Babbage",
        "Eve E",
    ]


def test_rows_that_meet_one_person_follow_one_another(alice: Alice) -> None:
    points = [{"channel": "phone", "value": value} for value in ("+48221234567", "+48221234568")]
    create_person(first_name="Ada", contact_points=points)
    text = "phone,last_name,email\n+48221234567,King,new@example.org\n+48221234568,Lovelace,new@example.org\n"
    run = work(take(text), key=("phone",))
    assert (counts(run), problems(run)) == ({"updated": 2}, {})
    ada = person("Ada Lovelace")
    assert ada.version == 3
    assert [value for channel, _type, value, _first in reached(ada) if channel == "email"] == ["new@example.org"]


def test_an_owner_is_known_by_e_mail_whatever_its_capitals_in_each_row(alice: Alice) -> None:
    mails = ("alice@example.org", "Alice@Example.ORG", "ALICE@example.org", "Alice", "nobody@example.org")
    text = "".join(f"Ada,No {index},{mail}\n" for index, mail in enumerate(mails))
    run = work(take(f"First name,Last name,Owner\n{text}"), key=(), mode=Mode.CREATE)
    assert problems(run) == {6: [("owner_id", "kernel.reference.unknown")]}
    assert {row.owner_id for row in Person.objects.all()} == {alice.user.pk}


def test_an_e_mail_of_two_people_says_nothing(alice: Alice) -> None:
    for name in ("Ada", "Bob"):
        create_person(first_name=name, contact_points=[{"channel": "email", "value": "office@example.org"}])
    run = work(take("first_name,email\nEve,office@example.org\n"))
    assert problems(run) == {2: [("email", "kernel.import.ambiguous")]}


def test_people_are_found_by_names_and_company(alice: Alice) -> None:
    company = create_company(brand_name="Engines", domain="engines.example")
    run = work(take("first_name,last_name,company\nAda,King,Engines\n"), key=(), mode=Mode.CREATE)
    assert counts(run) == {"created": 1}
    text = "first_name,last_name,company,job_title\nAda,King,https://www.engines.example/about,Countess\nAda,Queen,Engines,\n"
    run = work(take(text), key=("first_name", "last_name", "company_id"))
    assert counts(run) == {"updated": 1, "created": 1}
    assert person("Ada King").job_title == "Countess"
    assert PersonCompany.objects.filter(company=company).count() == 2


def test_what_is_wrong_is_said_row_by_row_and_all_at_once(alice: Alice) -> None:
    rows = [
        "Ada,nonsense,12,,,,",
        "Bob,bob@example.org,,Nowhere Ltd,,,",
        ",,,,,,",
        "Carl,carl@example.org,,,Unknown tag,,",
        "Dora,dora@example.org,,,,never,nobody@example.org",
        "Emil,emil@example.org,,,,,",
    ]
    text = "first_name,email,phone,company,tags,status,owner\n" + "\n".join(rows) + "\n,eve@example.org,,,,,\n"
    run = work(take(text))
    assert counts(run) == {"created": 1, "error": 5}
    assert problems(run) == {
        2: [("email", "kernel.import.email"), ("phone", "kernel.import.phone")],
        3: [("company_id", "kernel.reference.unknown")],
        5: [("tags", "kernel.reference.unknown")],
        6: [("owner_id", "kernel.reference.unknown"), ("status_id", "kernel.reference.unknown")],
        8: [("display_name", "customers.customer.name_missing")],
    }
    assert Person.objects.count() == 1


def test_tags_are_made_where_a_column_says_so(alice: Alice) -> None:
    create_tag(label="Press")
    text = "first_name,new_tags\nAda,press;Fair 2026\nBob,FAIR 2026\n"
    run = work(take(text), key=(), mode=Mode.CREATE)
    assert (counts(run), problems(run)) == ({"created": 2}, {})
    assert sorted(Tag.objects.values_list("label", flat=True)) == ["Fair 2026", "Press"]
    assert person("Ada").customer.taggings.count() == 2
    access = Access(frozenset({"customers.import", "customers.people.manage"}))
    with using_scope(alice.scope.__class__(**{**_values(alice.scope), "actor": _with(alice.scope.actor, access)})):
        assert "new_tags" not in {item.name for item in drafts.target_for(PEOPLE).fields()}


def _values(scope: Scope) -> dict[str, Any]:
    return {name: getattr(scope, name) for name in scope.__dataclass_fields__}


def _with(actor: Any, access: Access) -> Any:
    return actor.__class__(**{**{name: getattr(actor, name) for name in actor.__dataclass_fields__}, "access": access})


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ";"), ("utf-8-sig", ","), ("cp1250", ";"), ("cp1250", "\t"), ("latin-1", "|"), ("utf-16", "\t")],
)
def test_files_are_read_in_what_they_were_written_in(alice: Alice, encoding: str, delimiter: str) -> None:
    name = "Müller" if encoding == "latin-1" else "Żółkiewska"
    header = ["First name", "Last name", "E-mail", "Notes"]
    notes = "Größe und Preis" if encoding == "latin-1" else "Łódź, żółć, gęślą jaźń"
    lines = [["Ewa", f"{name}{number}", f"ewa{number}@example.org", f'"{notes}"'] for number in range(30)]
    text = "\r\n".join(delimiter.join(line) for line in [header, *lines])
    run = take(text.encode(encoding))
    found = drafts.look_into(run)
    assert found.samples[0].cells[1] == f"{name}0"
    assert targets(run) == ["first_name", "last_name", "email", "description"]


def test_one_undo_takes_all_of_it_back(alice: Alice) -> None:
    create_person(first_name="Ada", contact_points=[{"channel": "email", "value": "ada@example.org"}])
    before = [digest(table) for table in TABLES]
    text = "first_name,last_name,email,phone,city,address,new_tags\n" + "".join(
        f"P{number},Q,p{number}@example.org,+4822123{number:04},Town,Street {number},Tag {number % 3}\n"
        for number in range(40)
    )
    run = work(take(text + "Ada,King,ada@example.org,+48221239999,Town,Street,Tag 1\n"))
    assert (counts(run), problems(run)) == ({"created": 40, "updated": 1}, {})
    assert run.action_id is not None
    undo(run.action_id)
    assert [digest(table) for table in TABLES] == before


def test_the_history_of_each_tells_of_nobody_else(house: House, alice: Alice) -> None:
    rows = "".join(f"P{number},Lovelace,p{number}@example.org\n" for number in range(40))
    run = work(take(f"first_name,last_name,email\n{rows}"))
    client = client_of(alice.user, organization=house.north)
    last = person("P39 Lovelace").pk
    told = [client.get(f"/api/customers/people/{last}/timeline/").json()["results"][0]["payload"]["changes"]]
    told += [client.get(f"/api/audit_logs/records/{PEOPLE}/{last}/history/").json()["results"][0]["changes"]]
    undo(UUID(str(run.action_id)))
    told += [client.get(f"/api/audit_logs/records/{PEOPLE}/{last}/history/").json()["results"][0]["changes"]]
    for changes in told:
        kinds = [change["entity"] for change in changes]
        assert sorted(kinds) == ["customers.contact_point", "customers.customer", PEOPLE]
        assert {change["label"] for change in changes} <= {"P39 Lovelace", "p39@example.org", ""}


def test_a_check_writes_nothing_and_hides_how_people_are_reached(alice: Alice) -> None:
    before = [digest(table) for table in TABLES]
    run = work(take("first_name,email,new_tags\nAda,ada@example.org,Press\n"), rehearse=True)
    assert counts(run) == {"created": 1}
    assert [digest(table) for table in TABLES] == before
    assert run.previews[0]["after"] == {"first_name": "Ada", "email": "•••", "new_tags": "Press"}


def test_companies_have_parents_and_never_belong_to_themselves(alice: Alice) -> None:
    top = create_company(brand_name="Top", domain="top.example")
    low = create_company(brand_name="Low", domain="low.example", parent_id=top.pk)
    text = (
        "Name,Domain,Parent,Website,Revenue,Currency\nNew,https://new.example,top.example,www.new.example,1000.5,EUR\n"
    )
    run = work(take(text, entity=COMPANIES))
    assert (counts(run), problems(run)) == ({"created": 1}, {})
    new = Company.objects.get(domain="new.example")
    assert (new.parent_id, new.website_url) == (top.pk, "https://www.new.example")
    run = work(
        take("Name,Revenue,Currency\nA,5,\nB,,EUR\nC,5,EUR\nD,5,XXQ\n", entity=COMPANIES), key=(), mode=Mode.CREATE
    )
    assert problems(run) == {
        2: [("annual_revenue_currency", "kernel.money.incomplete")],
        3: [("annual_revenue", "kernel.money.incomplete")],
        5: [("annual_revenue_currency", "kernel.money.currency_unknown")],
    }
    run = work(take(f"id,parent\n{top.pk},Low\n{low.pk},new.example\n", entity=COMPANIES))
    assert counts(run) == {"updated": 1, "error": 1}
    assert problems(run) == {2: [("parent_id", "customers.company.parent_circle")]}


def test_importing_is_allowed_apart(house: House, alice: Alice) -> None:
    access = Access(frozenset({"customers.people.manage", "customers.companies.manage"}))
    with using_scope(house.scope(house.north, access=access)), reading(), pytest.raises(FeatureRequired) as caught:
        take("first_name\nAda\n")
    assert "customers.import" in str(caught.value.context)


@pytest.fixture
def elsewhere(house: House) -> Company:
    """A company of South."""
    with using_scope(house.scope(house.south)):
        return create_company(brand_name="Engines")


def test_an_import_sees_no_other_organization(elsewhere: Company, alice: Alice) -> None:
    run = work(take(f"first_name,company\nAda,Engines\nBob,{elsewhere.pk}\n"), key=(), mode=Mode.CREATE)
    assert problems(run) == {number: [("company_id", "kernel.reference.unknown")] for number in (2, 3)}


def test_a_batch_costs_a_fixed_number_of_queries(alice: Alice, django_assert_max_num_queries: Any) -> None:
    text = "first_name,email,phone,city,address,new_tags\n" + "".join(
        f"P{number},p{number}@example.org,+4822123{number:04},Town,Street {number},Tag {number % 3}\n"
        for number in range(200)
    )
    run = take(text)
    drafts.begin(drafts.run_of(run.pk), rehearse=False)
    with django_assert_max_num_queries(150):
        sweep("work")
    assert counts(drafts.run_of(run.pk)) == {"created": 200}


@pytest.mark.parametrize(("page", "entity"), [("person", PEOPLE), ("company", COMPANIES)])
def test_the_wizard_offers_what_belongs_to_customers(house: House, alice: Alice, page: str, entity: str) -> None:
    run = take("Name,E-mail,new_tags\nAda,ada@example.org,Press\n", entity=entity)
    client = client_of(alice.user, organization=house.north)
    answer = client.get(f"/backend/customers/{page}/import/{run.pk}/")
    assert answer.status_code == 200
    shown = answer.content.decode()
    for text in ("Tags, new ones are added", "Postal code", "E-mail 2", "Mobile phone"):
        assert text in shown
    assert 'value="email"' in shown
