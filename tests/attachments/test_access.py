"""Files of restricted records, of programs, of many records at once; and races for the last of the room."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections
from django.test import AsyncRequestFactory, Client
from django.test.utils import CaptureQueriesContext

from apps.attachments.api.handing import handed_out
from apps.attachments.models import Attachment
from apps.attachments.services.links import Meant
from apps.auth.services.object_grants import grant_access
from apps.kernel.access.objects import Level
from apps.kernel.errors import InvalidInput
from apps.kernel.references.validation import demand_targets
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.attachments import factories as made
from tests.attachments.factories import LIST, TEXT, attached, currency, link, objects, upload, uploaded
from tests.auth.factories import acting_as
from tests.directory.callers import client_of, member, send
from tests.support.scopes import House
from tests.support.shelf.factories import ENTITY, given, make_book, make_reader

BOX = "/backend/shelf/book/{}/change/"


def test_files_of_a_restricted_record_are_as_restricted(house: House) -> None:
    alice, bob = make_reader(house, "Alice"), make_reader(house, "Bob")
    book = make_book(house, "Secret")
    owner, other = (client_of(user, organization=house.root) for user in (alice, bob))
    found = uploaded(owner, book, entity=ENTITY)
    address = f"{LIST}{found['id']}/"
    assert other.get(address).status_code == 200
    with acting_as(house, alice):
        grant_access(**given(book, user_id=alice.pk, level=Level.CHANGE, restrict=True))
    assert send(owner, "patch", address, {"note": "Mine."}).status_code == 200
    assert (other.get(address).status_code, other.get(LIST).json()["count"]) == (404, 0)
    assert other.delete(address).status_code == 404
    assert upload(other, book, entity=ENTITY).json()["errors"][0]["code"] == "kernel.reference.unknown"
    with acting_as(house, alice):
        grant_access(**given(book, user_id=bob.pk, level=Level.VIEW))
    assert other.get(link(other, found["id"])).getvalue() == TEXT
    refused = [other.delete(address), upload(other, book, entity=ENTITY)]
    assert [(item.status_code, item.json()["code"]) for item in refused] == [(403, "kernel.record.read_only")] * 2
    page = other.get(BOX.format(book.pk)).content.decode()
    assert "notes.txt" in page
    assert "data-remove" not in page


def test_a_file_can_be_referred_to_by_whoever_sees_it(house: House, client: Client) -> None:
    found = UUID(uploaded(client, currency(house))["id"])
    kind = ENTITIES[Attachment.entity_id]
    with using_scope(house.scope(house.north)), scoped_transaction():
        demand_targets([("file_id", kind.id, found)])
        assert (kind.labels([found]), kind.find("not")) == ({found: "notes.txt"}, [(found, "notes.txt")])
    with using_scope(house.scope(house.south)), scoped_transaction():
        assert (kind.labels([found]), kind.find("not")) == ({}, [])
        with pytest.raises(InvalidInput):
            demand_targets([("file_id", kind.id, found)])


def test_a_page_of_files_costs_the_same_whatever_their_number(house: House, client: Client) -> None:
    record, costs = currency(house), []
    admin = client_of(member(house, "currencies.*", "attachments.*", name="Ada"), organization=house.north)
    for number in (1, 4):
        for _ in range(number):
            uploaded(client, record)
        for address in ("/backend/attachments/attachment/", f"/backend/currencies/currency/{record.pk}/change/"):
            admin.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert admin.get(address).status_code == 200
            costs.append(len(captured))
    assert costs[:2] == costs[2:]


def test_the_library_shows_what_its_reader_may_see(house: House, client: Client) -> None:
    uploaded(client, currency(house), name="rates.txt")
    ada = client_of(member(house, "attachments.*", "directory.*", name="Ada"), organization=house.north)
    answer = upload(ada, house.north, name="statutes.txt", entity="directory.organization")
    assert answer.status_code == 201
    page = ada.get("/backend/attachments/attachment/").content.decode()
    assert ("statutes.txt" in page, "rates.txt" in page) == (True, False)
    assert client.get("/backend/attachments/attachment/").status_code == 403
    foreign = attached(house)[0].pk
    assert ada.get(f"/backend/attachments/attachment/{foreign}/change/").status_code in {302, 404}
    renamed = send(ada, "patch", f"{LIST}{answer.json()['id']}/", {"name": "statutes 2026.txt"})
    assert renamed.json()["name"] == "statutes 2026.txt"


def test_a_file_is_handed_out_in_pieces_under_asgi(house: House, client: Client) -> None:
    content = b"0123456789" * 30_000
    uploaded(client, currency(house), content)
    row = attached(house)[0]

    async def read() -> tuple[list[int], bytes]:
        request = AsyncRequestFactory().get("/")
        response: Any = handed_out(request, Meant(row, 0))
        pieces = [piece async for piece in response.streaming_content]
        return [len(piece) for piece in pieces], b"".join(pieces)

    sizes, joined = async_to_sync(read)()
    assert (max(sizes), joined == content) == (64 * 1024, True)


@pytest.mark.committed
def test_of_two_uploads_at_once_one_gets_the_last_of_the_room(house: House, settings: Any) -> None:
    settings.ATTACHMENTS_QUOTA = 100
    record, user = currency(house), member(house, "currencies.*")
    clients = [client_of(user, organization=house.north) for _ in range(2)]
    start, answers = threading.Barrier(2), list[int]()

    def work(client: Client) -> None:
        start.wait()
        try:
            answers.append(upload(client, record, b"a" * 60).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409]
    assert (len(attached(house)), len(objects(house)), made.stored(house)[0].size) == (1, 1, 60)
