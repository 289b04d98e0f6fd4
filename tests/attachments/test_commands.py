"""Renaming, removing, drafts and their record, and undo of it all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from apps.attachments.contracts import AttachmentBook
from apps.attachments.services.sweeping import remove_old_content
from apps.attachments.setup import seed_examples
from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.attachments import factories as made
from tests.attachments.factories import LIST, TEXT, attached, currency, detail, link, objects, upload, uploaded
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House


def undo(client: Client, action_id: str) -> Any:
    """The answer to taking an action back."""
    return send(client, "post", f"/api/audit_logs/actions/{action_id}/undo/", {})


def worker(house: House) -> Client:
    """Somebody who changes currencies and takes back their own changes."""
    user = member(house, "currencies.manage", "currencies.view", "audit_logs.undo_self", name="Wanda")
    return client_of(user, organization=house.north)


def test_a_file_is_renamed_and_noted_about(house: House, client: Client) -> None:
    found = uploaded(client, currency(house))
    address = f"{LIST}{found['id']}/"
    answer = send(client, "patch", address, {"name": "../a.txt", "note": "Signed.", "position": 3})
    assert (answer.status_code, answer.json()["name"], answer.json()["note"]) == (200, "a.txt", "Signed.")
    refused = send(client, "patch", address, {"name": "a.exe"})
    assert (refused.status_code, complaints(refused)) == (400, {"name": "attachments.file.refused"})
    fixed = send(client, "patch", address, {"size": 1, "entity": "auth.user", "sha256": ""})
    assert complaints(fixed) == dict.fromkeys(("size", "entity", "sha256"), "read_only")
    assert detail(client, found["id"])["version"] == 2


def test_a_removed_file_comes_back(house: House) -> None:
    client = worker(house)
    found = uploaded(client, currency(house))
    removed = client.delete(f"{LIST}{found['id']}/")
    assert (removed.status_code, client.get(LIST).json()["count"]) == (204, 0)
    assert undo(client, removed.headers["X-Action-Id"]).status_code == 200
    assert client.get(link(client, found["id"])).getvalue() == TEXT


def test_an_upload_is_taken_back_after_a_worker_has_looked(house: House) -> None:
    client = worker(house)
    answer = upload(client, currency(house), made.picture(), "photo.png")
    made.run_work()
    undone = undo(client, answer.headers["X-Action-Id"])
    assert (undone.status_code, client.get(LIST).json()["count"]) == (200, 0)
    assert undo(client, undone.headers["X-Action-Id"]).status_code == 200
    assert detail(client, answer.json()["id"])["has_thumbnails"] is True


def test_a_file_whose_content_is_gone_stays_removed(house: House, settings: Any) -> None:
    client = worker(house)
    found = uploaded(client, currency(house))
    removed = client.delete(f"{LIST}{found['id']}/")
    with clock.frozen(clock.now() + timedelta(days=31)), using_scope(house.scope()):
        assert remove_old_content() == 1
    answer = undo(client, removed.headers["X-Action-Id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "attachments.file.gone")
    assert ([row.is_deleted for row in attached(house)], objects(house)) == ([True], [])


def test_a_file_comes_back_only_where_there_is_room(house: House, settings: Any) -> None:
    client, record = worker(house), currency(house)
    settings.ATTACHMENTS_QUOTA = 100
    removed = client.delete(f"{LIST}{uploaded(client, record, b'a' * 80)['id']}/")
    uploaded(client, record, b"b" * 80)
    answer = undo(client, removed.headers["X-Action-Id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "attachments.quota.exceeded")


def test_undo_is_no_way_round_the_record(house: House) -> None:
    client = worker(house)
    removed = client.delete(f"{LIST}{uploaded(client, currency(house))['id']}/")
    other = client_of(member(house, "audit_logs.*", "currencies.view", name="Carol"), organization=house.north)
    assert undo(other, removed.headers["X-Action-Id"]).status_code == 403


def test_a_draft_is_seen_by_its_uploader_alone(house: House, client: Client) -> None:
    found = uploaded(client, None)
    assert (found["record_id"], client.get(link(client, found["id"])).getvalue()) == (None, TEXT)
    carol = client_of(member(house, "currencies.*", name="Carol"), organization=house.north)
    assert carol.get(f"{LIST}{found['id']}/").status_code == 404
    assert carol.get(LIST).json()["count"] == 0
    body = {"ids": [found["id"]], "entity": made.ENTITY, "record_id": str(currency(house).pk)}
    answer = send(carol, "post", f"{LIST}claim/", body)
    assert (answer.status_code, complaints(answer)) == (400, {"ids": "kernel.reference.unknown"})


def test_drafts_are_given_to_their_record(house: House, client: Client) -> None:
    record = currency(house)
    uploaded(client, record, name="first.txt")
    drafts = [uploaded(client, None, name=name)["id"] for name in ("a.txt", "b.txt")]
    body = {"ids": drafts, "entity": made.ENTITY, "record_id": str(record.pk)}
    answer = send(client, "post", f"{LIST}claim/", body)
    assert answer.status_code == 200
    assert [(item["name"], item["position"]) for item in answer.json()["results"]] == [("a.txt", 1), ("b.txt", 2)]
    again = send(client, "post", f"{LIST}claim/", body)
    assert complaints(again) == {"ids": "kernel.reference.unknown"}


def test_other_modules_read_and_claim_through_the_book(house: House, client: Client, bob: User) -> None:
    record, book = currency(house), service(AttachmentBook)
    own = UUID(uploaded(client, record)["id"])
    draft = UUID(uploaded(client, None, name="draft.txt")["id"])
    with using_scope(house.scope(house.north, actor_id=bob.pk)):
        book.claim([draft], entity=made.ENTITY, record_id=record.pk)
        with scoped_transaction():
            assert list(book.facts([own, draft, record.pk])) == [own, draft]
            names = [facts.name for facts in book.of_records(made.ENTITY, [record.pk])[record.pk]]
            assert names == ["notes.txt", "draft.txt"]
            assert (book.link(own) is None, book.link(own, thumbnail=160), book.link(record.pk)) == (False, None, None)
    with using_scope(house.scope(house.south)), scoped_transaction():
        assert (book.facts([own]), book.of_records(made.ENTITY, [record.pk])) == ({}, {})


def test_a_demonstration_gets_one_file(house: House) -> None:
    for _ in range(2):
        with system_scope(house.tenant.pk, "tests", organization_id=house.root.pk) as scope:
            seed_examples(scope)
    [row] = attached(house)
    assert (row.name, row.record_id, row.file.status, len(objects(house))) == (
        "opening hours.txt",
        house.root.pk,
        "clean",
        1,
    )
