"""Records of kinds that tenants have made: found by who may see the kind, and followed like any others."""

from __future__ import annotations

from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.entities.models import Record, RecordType
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from apps.search.models import SearchDocument, SearchIndex
from apps.search.services.rebuilding import REBUILD_WORK
from tests.directory.callers import client_of, member, send
from tests.kernel.events_probes import everywhere
from tests.search.factories import build_index, catch_up, documents
from tests.support.scopes import House, seeding

TYPES, FIELDS, CAR, BIKE = "/api/entities/types/", "/api/entities/definitions/", "custom.car", "custom.bike"


def caller(house: House, *features: str, **options: Any) -> Client:
    """Somebody in North with these features."""
    return client_of(member(house, "search.view", *features, **options), organization=house.north)


@pytest.fixture
def alice(house: House) -> Client:
    client = caller(house, "*")
    for key in ("car", "bike"):
        make_type(client, key)
    catch_up()
    return client


def posted(client: Client, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = send(client, "post", path, body)
    assert answer.status_code == status, answer.content
    made: dict[str, Any] = answer.json()
    return made


def make_type(client: Client, key: str) -> dict[str, Any]:
    """A type whose plates are searchable."""
    made = posted(client, TYPES, {"key": key, "label": key.capitalize(), "label_plural": f"{key.capitalize()}s"})
    field = {"entity": f"custom.{key}", "key": "plate", "label": "Plate", "kind": "text", "is_searchable": True}
    posted(client, FIELDS, field)
    return made


def records(key: str) -> str:
    return f"/api/entities/{key}/records/"


def make_record(client: Client, title: str, key: str = "car", **fields: Any) -> str:
    return str(posted(client, records(key), {"title": title, "custom_fields": fields})["id"])


def found(client: Client, text: str, **more: Any) -> list[str]:
    answer = client.get("/api/search/", {"q": text, **more})
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["results"]]


def test_a_record_is_found_as_what_the_tenant_calls_it(alice: Client) -> None:
    pk = make_record(alice, "Blue van", plate="WX-4711")
    catch_up()
    for path in ("/api/search/", "/api/search/palette/"):
        answer = alice.get(path, {"q": "wx4711"}).json()
        [hit] = answer["results"]
        assert (hit["id"], hit["entity"], hit["entity_label"]) == (pk, CAR, "Car")
        assert (hit["title"], hit["url"]) == ("Blue van", f"/backend/entities/record/{pk}/change/")
        assert answer["counts"] == [{"entity": CAR, "label": "Cars", "count": 1}]
        assert CAR not in answer["building"]
    assert alice.get(hit["url"]).status_code == 200


def test_each_type_is_found_by_who_holds_its_feature(house: House, alice: Client) -> None:
    make_record(alice, "Blue van")
    make_record(alice, "Blue racer", "bike")
    catch_up()
    seen = {
        ("entities.car.view",): ["Blue van"],
        ("entities.bike.manage",): ["Blue racer"],
        ("entities.*",): ["Blue racer", "Blue van"],
        ("entities.types.manage", "currencies.view"): [],
    }
    for features, titles in seen.items():
        bob = caller(house, *features, name=str(features))
        assert sorted(found(bob, "blue")) == titles
        answer = bob.get("/api/search/", {"q": "blue"}).json()
        assert (answer["count"], sum(item["count"] for item in answer["counts"])) == (len(titles), len(titles))


def test_a_type_that_is_not_seen_and_one_that_is_not_there_look_the_same(
    house: House, other_house: House, alice: Client
) -> None:
    make_record(alice, "Blue van")
    catch_up()
    bob, charlie = caller(house, "entities.bike.view"), caller(other_house, "*")
    assert found(charlie, "blue") == []
    for client, entity in ((bob, CAR), (bob, "custom.boat"), (charlie, CAR)):
        answer = client.get("/api/search/", {"q": "blue", "entities": entity})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "search.entity.unknown")
    assert found(alice, "blue", entities=f"{CAR},{BIKE}") == ["Blue van"]


def test_records_of_another_organization_stay_there(house: House, alice: Client) -> None:
    make_record(alice, "Blue van")
    catch_up()
    south = client_of(member(house, "search.view", "entities.*", name="South"), organization=house.south)
    assert found(south, "blue") == []


def test_records_are_followed(house: House, alice: Client) -> None:
    pk = make_record(alice, "Blue van", plate="old")
    catch_up()
    send(alice, "patch", f"{records('car')}{pk}/", {"title": "Red van", "cf_plate": "new"})
    catch_up()
    assert (found(alice, "blue"), found(alice, "old"), found(alice, "red new")) == ([], [], ["Red van"])
    gone = send(alice, "delete", f"{records('car')}{pk}/")
    catch_up()
    assert (found(alice, "red"), documents(house, CAR)) == ([], {})
    posted(alice, f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {}, status=200)
    catch_up()
    assert found(alice, "red") == ["Red van"]


def test_a_record_whose_creation_is_undone_leaves(house: House, alice: Client) -> None:
    made = send(alice, "post", records("car"), {"title": "Blue van"})
    catch_up()
    posted(alice, f"/api/audit_logs/actions/{made['X-Action-Id']}/undo/", {}, status=200)
    catch_up()
    assert documents(house, CAR) == {}


def test_many_records_of_several_types_are_followed(house: House, alice: Client) -> None:
    with seeding(house.scope(house.north)):
        cars(101)
    build_index(house)
    done = posted(
        alice, f"{records('car')}bulk/", {"action": "update", "ids": ids_of(house), "changes": {"cf_plate": "X1"}}, 200
    )
    catch_up()
    assert done["count"] == 101
    answer = alice.get("/api/search/", {"q": "x1"}).json()
    assert answer["counts"] == [{"entity": CAR, "label": "Cars", "count": 101}]


def cars(count: int) -> None:
    kind = RecordType.objects.get(key="car")
    Record.objects.bulk_create([Record(type=kind, title=f"Car {number}") for number in range(count)])


def ids_of(house: House) -> list[str]:
    with everywhere(house.scope()):
        return [str(pk) for pk in Record.objects.values_list("pk", flat=True)]


def test_lists_of_a_type_are_searched_by_its_index(alice: Client) -> None:
    make_record(alice, "Blue van", plate="WX-4711")
    make_record(alice, "Blue racer", "bike", plate="WX-4711")
    catch_up()
    assert [row["title"] for row in alice.get(records("car"), {"q": "wx4711"}).json()["results"]] == ["Blue van"]


def test_a_field_that_becomes_searchable_rebuilds_its_type_alone(house: House, alice: Client) -> None:
    field = {"entity": CAR, "key": "owner", "label": "Owner", "kind": "text"}
    made = posted(alice, FIELDS, field)
    make_record(alice, "Blue van", owner="Kowalska")
    catch_up()
    before = built(house)
    assert found(alice, "kowalska") == []
    assert send(alice, "patch", f"{FIELDS}{made['id']}/", {"is_searchable": True}).status_code == 200
    catch_up()
    assert found(alice, "kowalska") == ["Blue van"]
    after = built(house)
    assert {entity for entity in after if after[entity] != before[entity]} == {CAR}


def built(house: House) -> dict[str, Any]:
    with everywhere(house.scope()):
        return dict(SearchIndex.objects.values_list("entity", "built_at"))


def test_a_type_that_is_given_up_leaves_nothing_and_may_come_back(house: House, alice: Client) -> None:
    kind = next(row for row in alice.get(TYPES).json()["results"] if row["key"] == "car")
    pk = make_record(alice, "Blue van")
    catch_up()
    # Both happen before the index hears of either.
    assert send(alice, "delete", f"{records('car')}{pk}/").status_code == 204
    assert send(alice, "delete", f"{TYPES}{kind['id']}/").status_code == 204
    catch_up()
    assert (documents(house, CAR), CAR in built(house)) == ({}, False)
    posted(alice, f"{TYPES}{kind['id']}/restore/", {}, status=200)
    make_record(alice, "Red van")
    catch_up()
    assert (found(alice, "red"), CAR in built(house)) == (["Red van"], True)


def run(command: str, house: House, *words: str) -> str:
    out = StringIO()
    call_command(command, "--tenant", str(house.tenant.pk), *words, stdout=out)
    return out.getvalue().strip()


def test_operators_rebuild_and_compare_made_kinds(house: House, alice: Client) -> None:
    pk = make_record(alice, "Blue van")
    make_record(alice, "Blue racer", "bike")
    assert run("reindex", house, "--entity", CAR).endswith("custom.car: 1 records")
    assert found(alice, "blue") == ["Blue van"]
    with everywhere(house.scope()):
        SearchDocument.objects.filter(record_id=UUID(pk)).update(title="Other", checksum="x")
    with pytest.raises(CommandError, match="1 documents differ"):
        run("search_drift", house, "--entity", CAR)
    told = run("search_drift", house, "--repair")
    assert "custom.car: 1 records, 1 documents, 0 missing, 1 out of date, 0 without a record" in told
    assert "custom.bike: 1 records, 0 documents, 1 missing, 0 out of date, 0 without a record" in told
    assert sorted(found(alice, "blue")) == ["Blue racer", "Blue van"]
    with pytest.raises(CommandError, match=r"Nothing is found of custom\.boat"):
        run("reindex", house, "--entity", "custom.boat")


def test_status_and_rebuilds_know_made_kinds(house: House, alice: Client) -> None:
    make_record(alice, "Blue van")
    catch_up()
    kinds = {item["entity"]: item for item in alice.get("/api/search/status/").json()["kinds"]}
    assert (kinds[CAR]["label"], kinds[CAR]["documents"], kinds[CAR]["is_built"]) == ("Cars", 1, True)
    posted(alice, "/api/search/rebuild/", {"entity": CAR}, status=202)
    catch_up()
    assert found(alice, "blue") == ["Blue van"]
    assert send(alice, "post", "/api/search/rebuild/", {"entity": "custom.boat"}).status_code == 400


def test_a_search_costs_as_many_queries_whatever_it_finds(alice: Client) -> None:
    counts = []
    for number in range(2):
        for key in ("car", "bike"):
            for index in range(3 + 3 * number):
                make_record(alice, f"Blue {number} {index}", key)
        catch_up()
        found(alice, "blue")
        with CaptureQueriesContext(connection) as queries:
            assert len(found(alice, "blue")) == (6, 18)[number]
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_search_page_names_and_narrows_to_made_kinds(house: House, alice: Client) -> None:
    make_record(alice, "Blue van")
    make_record(alice, "Blue racer", "bike")
    catch_up()
    whole = alice.get("/backend/search/find/", {"q": "blue"})
    assert (whole.status_code, sorted(whole.context["counts"])) == (200, [(BIKE, "Bikes", 1), (CAR, "Cars", 1)])
    narrowed = alice.get("/backend/search/find/", {"q": "blue", "entity": CAR})
    assert [result.title for result, *_marked in narrowed.context["results"]] == ["Blue van"]
    status = alice.get("/backend/search/status/")
    assert (status.status_code, "Bikes" in status.content.decode()) == (200, True)


def test_definitions_that_change_together_rebuild_once(house: House, alice: Client) -> None:
    make_record(alice, "Blue van")
    catch_up()
    for key in ("owner", "colour", "garage"):
        posted(alice, FIELDS, {"entity": CAR, "key": key, "label": key, "kind": "text", "is_searchable": True})
    sweep("relay")
    sweep("events")
    with everywhere(house.scope()):
        assert SearchIndex.objects.filter(is_rebuilding=True).values_list("entity", flat=True).get() == CAR
        assert Work.objects.filter(kind=REBUILD_WORK, tenant_id=house.tenant.pk).count() == 1
