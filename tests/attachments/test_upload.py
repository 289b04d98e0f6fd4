"""Uploads: what is kept of them, and what is refused with nothing kept at all."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from apps.attachments.api.receiving import CountingHandler
from apps.auth.models import User
from tests.attachments import factories as made
from tests.attachments.factories import LIST, TEXT, attached, currency, objects, stored, upload, uploaded
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House


def test_a_file_is_kept_with_its_facts(house: House, client: Client, bob: User) -> None:
    record = currency(house)
    found = uploaded(client, record, note="Counted twice.")
    expected = {
        "entity": "currencies.currency",
        "record_id": str(record.pk),
        "name": "notes.txt",
        "original_name": "notes.txt",
        "note": "Counted twice.",
        "content_type": "text/plain",
        "size": len(TEXT),
        "sha256": hashlib.sha256(TEXT).hexdigest(),
        "width": None,
        "status": "clean",
        "uploaded_by": str(bob.pk),
        "position": 0,
        "version": 1,
    }
    assert {name: found[name] for name in expected} == expected
    [file] = stored(house)
    assert file.key == f"attachments/{house.tenant.pk}/{objects(house)[0]}"
    assert "key" not in found


def test_files_of_a_record_stand_one_after_the_other(house: House, client: Client) -> None:
    record = currency(house)
    places = [uploaded(client, record, name=f"{number}.txt")["position"] for number in range(3)]
    assert places == [0, 1, 2]
    listed = client.get(LIST, {"entity": made.ENTITY, "record_id": str(record.pk), "ordering": "position"}).json()
    assert [item["name"] for item in listed["results"]] == ["0.txt", "1.txt", "2.txt"]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (made.SVG, "logo.svg", "image/svg+xml"),
        (made.SVG, "photo.png", "image/svg+xml"),
        (made.HTML, "photo.jpg", "text/html"),
        (b'<?xml version="1.0"?><a/>', "data.txt", "application/xml"),
        (made.PDF, "letter.txt", "application/pdf"),
        (made.picture(), "letter.pdf", "image/png"),
        (b"\x00\x01\x02\x03", "photo.png", "application/octet-stream"),
        (b"a,b\n1,2\n", "table.csv", "text/csv"),
    ],
)
def test_the_type_is_that_of_the_content(house: House, client: Client, content: bytes, name: str, kind: str) -> None:
    assert uploaded(client, currency(house), content, name)["content_type"] == kind


@pytest.mark.parametrize(
    "name", ["invoice.pdf.exe", "shell.php", "shell.php.jpg", "start.BAT", "a.js", "\u202eexe.hta"]
)
def test_a_program_by_its_name_is_refused(house: House, client: Client, name: str) -> None:
    answer = upload(client, currency(house), name=name)
    assert (answer.status_code, complaints(answer)) == (400, {"file": "attachments.file.refused"})
    assert (attached(house), stored(house), objects(house)) == ([], [], [])


@pytest.mark.parametrize("content", [b"MZ\x90\x00\x03\x00\x00\x00", b"\x7fELF\x02\x01\x01", b"#!/bin/sh\nrm -rf /\n"])
def test_a_program_by_its_content_is_refused(house: House, client: Client, content: bytes) -> None:
    answer = upload(client, currency(house), content, "holiday.jpg")
    assert (answer.status_code, answer.json()["code"]) == (400, "attachments.file.refused")
    assert (attached(house), stored(house), objects(house)) == ([], [], [])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Windows\\notes.txt", "notes.txt"),
        ("con.txt", "_con.txt"),
        ("cod\u202egpj.txt", "codgpj.txt"),
        ("zażółć gęślą.txt", "zażółć gęślą.txt"),
    ],
)
def test_a_name_is_a_name_and_no_path(house: House, client: Client, given: str, kept: str) -> None:
    found = uploaded(client, currency(house), name=given)
    assert found["name"] == kept
    assert "/" not in objects(house)[0]


def test_more_than_25_mb_are_refused(house: House, client: Client) -> None:
    record = currency(house)
    answer = upload(client, record, b"a" * (26 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "attachments.file.too_large")
    assert (attached(house), stored(house), objects(house)) == ([], [], [])
    assert upload(client, record, b"a" * (25 * 1024 * 1024)).status_code == 201


def test_a_file_above_the_limit_is_refused_while_it_comes_in(house: House, client: Client, settings: Any) -> None:
    settings.ATTACHMENTS_LARGEST = 100_000  # within the slack of what may be announced
    answer = upload(client, currency(house), b"a" * 100_001)
    assert (answer.status_code, answer.json()["limit"]) == (413, 100_000)
    assert objects(house) == []


def test_a_file_goes_to_disk_while_it_comes_in(rf: Any) -> None:
    request = rf.post("/", {"file": SimpleUploadedFile("a.txt", TEXT)})
    request.upload_handlers = [CountingHandler(request)]
    file = request.FILES["file"]
    assert isinstance(file, TemporaryUploadedFile)
    assert file.sha256 == hashlib.sha256(TEXT).hexdigest()  # type: ignore[attr-defined]


def test_what_is_wrong_is_said_all_at_once(house: House, client: Client) -> None:
    answer = client.post(LIST, {"record_id": "x", "colour": "red", "note": "n" * 501})
    wrong = {
        "file": "required",
        "entity": "required",
        "record_id": "invalid",
        "colour": "unknown",
        "note": "max_length",
    }
    assert (answer.status_code, complaints(answer)) == (400, wrong)


def test_an_empty_file_and_two_files_are_refused(house: House, client: Client) -> None:
    record = currency(house)
    assert complaints(upload(client, record, b"")) == {"file": "empty"}
    two = [SimpleUploadedFile("a.txt", TEXT), SimpleUploadedFile("b.txt", TEXT)]
    answer = client.post(LIST, {"entity": made.ENTITY, "record_id": str(record.pk), "file": two})
    assert complaints(answer) == {"file": "attachments.file.one_at_a_time"}
    assert objects(house) == []


def test_a_body_that_is_no_form_is_refused(house: House, client: Client) -> None:
    answer = send(client, "post", LIST, {"entity": made.ENTITY})
    assert (answer.status_code, answer.json()["code"]) == (415, "kernel.media_type")
    broken = client.post(LIST, b"--x\r\nnothing", content_type="multipart/form-data; boundary=y")
    assert broken.status_code == 400
    assert client.post(LIST, b"abc", content_type="multipart/form-data").json()["code"] == "kernel.malformed"


def test_a_session_needs_its_csrf_token(house: House, bob: User) -> None:
    session = client_of(bob, organization=house.north)
    strict = Client(enforce_csrf_checks=True, headers={"X-Organization-Id": str(house.north.pk)})
    strict.cookies = session.cookies
    answer = upload(strict, currency(house))
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.csrf_failed")
    assert (stored(house), objects(house)) == ([], [])


def test_the_same_upload_sent_again_has_one_effect(house: House, client: Client) -> None:
    record = currency(house)
    body = {"entity": made.ENTITY, "record_id": str(record.pk)}
    first, again, other = (
        client.post(LIST, {**body, "file": SimpleUploadedFile("a.txt", content)}, headers={"Idempotency-Key": "k1"})
        for content in (TEXT, TEXT, b"Something else.")
    )
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert (again.json()["id"], again.headers["Idempotency-Replayed"]) == (first.json()["id"], "true")
    assert (len(attached(house)), len(stored(house)), len(objects(house))) == (1, 1, 1)


def test_no_more_than_the_quota_is_kept(house: House, client: Client, settings: Any) -> None:
    settings.ATTACHMENTS_QUOTA = 100
    record = currency(house)
    first = uploaded(client, record, b"a" * 80)
    answer = upload(client, record, b"b" * 30)
    assert (answer.status_code, answer.json()["code"]) == (409, "attachments.quota.exceeded")
    assert (answer.json()["used"], answer.json()["limit"], len(objects(house))) == (80, 100, 1)
    assert client.delete(f"{LIST}{first['id']}/").status_code == 204
    assert upload(client, record, b"b" * 30).status_code == 201
    assert client.get(f"{LIST}room/").json() == {"used": 30, "deleted": 80, "limit": 100}


def test_a_slow_reader_of_the_form_is_not_asked_for_who_calls(house: House) -> None:
    nobody = Client().post(LIST, {"file": io.BytesIO(TEXT)})
    assert nobody.status_code == 401
    reader = client_of(member(house, "currencies.view"), organization=house.north)
    answer = upload(reader, currency(house))
    assert (answer.status_code, answer.json()["feature"]) == (403, "currencies.manage")
    assert objects(house) == []
