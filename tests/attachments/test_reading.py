"""Links: what they hand out, to whom, for how long, and how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.signing import Signer
from django.test import Client

from apps.attachments.services.links import SALT
from apps.auth.models import User
from apps.kernel import clock
from tests.attachments import factories as made
from tests.attachments.factories import LIST, TEXT, currency, detail, link, run_work, upload, uploaded
from tests.currencies.factories import make_currency
from tests.directory.callers import client_of, member
from tests.support.scopes import House

NOT_FOUND = b"kernel.not_found"


def gone(answer: Any) -> bytes:
    """The body of a refusal that has to be a 404."""
    assert answer.status_code == 404
    assert NOT_FOUND in answer.content
    return bytes(answer.content)


def test_a_link_hands_out_the_file_as_a_download(house: House, client: Client) -> None:
    found = uploaded(client, currency(house), name="zażółć.txt")
    answer = client.get(link(client, found["id"]))
    assert (answer.status_code, answer.getvalue()) == (200, TEXT)
    wanted = {
        "Content-Type": "text/plain",
        "Content-Length": str(len(TEXT)),
        "Content-Disposition": "attachment; filename*=utf-8''za%C5%BC%C3%B3%C5%82%C4%87.txt",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=300",
        "Accept-Ranges": "bytes",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize("content", [made.SVG, made.HTML, b'<?xml version="1.0"?><x/>'])
def test_what_could_run_is_never_shown_in_place(house: House, client: Client, content: bytes) -> None:
    found = uploaded(client, currency(house), content, "photo.png")
    run_work()
    answer = client.get(link(client, found["id"]))
    shown = (answer.headers["Content-Type"], answer.headers["Content-Disposition"])
    assert shown == ("application/octet-stream", 'attachment; filename="photo.png"')


def test_a_picture_is_shown_in_place_once_it_has_been_looked_at(house: House, client: Client) -> None:
    found = uploaded(client, currency(house), made.picture(), "photo.png")
    before = client.get(link(client, found["id"])).headers["Content-Disposition"]
    run_work()
    answer = client.get(link(client, found["id"]))
    assert (before, answer.headers["Content-Disposition"]) == (
        'attachment; filename="photo.png"',
        'inline; filename="photo.png"',
    )
    assert answer.headers["Content-Type"] == "image/png"


def test_a_link_of_somebody_else_leads_nowhere(house: House, other_house: House, client: Client) -> None:
    address = link(client, uploaded(client, currency(house))["id"])
    colleague = client_of(member(house, "currencies.*", name="Carol"), organization=house.north)
    charlie = client_of(member(other_house, "*", name="Charlie"), organization=other_house.north)
    broken = f"{LIST}files/{address.split('/')[-2][:-3]}abc/"
    answers = [gone(someone.get(address)) for someone in (colleague, charlie, Client())]
    answers += [gone(client.get(broken)), gone(client.get(f"{LIST}files/x/"))]
    assert len(set(answers)) == 1


def test_a_link_ends(house: House, client: Client) -> None:
    now = datetime(2026, 11, 28, 12, 4, 59, tzinfo=UTC)
    with clock.frozen(now):
        address = link(client, uploaded(client, currency(house))["id"])
        assert link(client, detail_id(address)) == address  # the same for some minutes, so that it may be cached
    with clock.frozen(now + timedelta(seconds=299)):
        assert client.get(address).status_code == 200
    with clock.frozen(now + timedelta(seconds=602)):
        gone(client.get(address))


def detail_id(address: str) -> str:
    """The id of the file that a link means."""
    return str(UUID(Signer(salt=SALT).unsign_object(address.split("/")[-2])[0]))


def test_a_link_ends_with_the_right_to_see_the_record(house: House, client: Client, bob: User) -> None:
    record = currency(house)
    address = link(client, uploaded(client, record)["id"])
    elsewhere = client_of(bob, organization=house.south)
    gone(elsewhere.get(address))
    assert client.get(address).status_code == 200
    assert client.delete(f"/api/currencies/currencies/{record.pk}/").status_code == 204
    gone(client.get(address))


def test_a_link_ends_with_the_file(house: House, client: Client) -> None:
    found = uploaded(client, currency(house))
    address = link(client, found["id"])
    client.delete(f"{LIST}{found['id']}/")
    gone(client.get(address))


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        ("bytes=0-4", (206, TEXT[:5], f"bytes 0-4/{len(TEXT)}")),
        ("bytes=30-", (206, TEXT[30:], f"bytes 30-{len(TEXT) - 1}/{len(TEXT)}")),
        ("bytes=-5", (206, TEXT[-5:], f"bytes {len(TEXT) - 5}-{len(TEXT) - 1}/{len(TEXT)}")),
        ("bytes=0-999999", (206, TEXT, f"bytes 0-{len(TEXT) - 1}/{len(TEXT)}")),
        ("bytes=500-", (416, b"", f"bytes */{len(TEXT)}")),
        ("bytes=5-2", (200, TEXT, None)),
        ("bytes=0-1,3-4", (200, TEXT, None)),
        ("lines=0-1", (200, TEXT, None)),
    ],
)
def test_a_part_of_a_file(house: House, client: Client, wanted: str, answered: tuple[int, bytes, str | None]) -> None:
    address = link(client, uploaded(client, currency(house))["id"])
    answer = client.get(address, headers={"Range": wanted})
    content = answer.getvalue() if answer.streaming else answer.content
    assert (answer.status_code, content, answer.headers.get("Content-Range")) == answered


def test_a_download_needs_no_link(house: House, client: Client) -> None:
    address = f"{LIST}{uploaded(client, currency(house))['id']}/download/"
    answer = client.get(address, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.getvalue()) == (200, TEXT)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'
    reader = client_of(member(house, "directory.organizations.view", name="Carol"), organization=house.north)
    gone(reader.get(address))


def test_content_that_is_lost_is_not_there(house: House, client: Client, tmp_path: Any) -> None:
    address = link(client, uploaded(client, currency(house))["id"])
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.unlink()
    gone(client.get(address))


def test_files_are_seen_with_their_record_and_not_otherwise(house: House, client: Client, bob: User) -> None:
    here, there = currency(house), make_currency(house, "USD", at=house.south)
    own = uploaded(client, here)
    other = uploaded(client_of(bob, organization=house.south), there)
    assert [item["id"] for item in client.get(LIST).json()["results"]] == [own["id"]]
    for answer in (client.get(f"{LIST}{other['id']}/"), client.patch(f"{LIST}{other['id']}/"), upload(client, there)):
        assert answer.status_code in {400, 404}
    nothing = client_of(member(house, "directory.organizations.view", name="Carol"), organization=house.north)
    assert nothing.get(LIST).json()["count"] == 0
    gone(nothing.get(f"{LIST}{own['id']}/"))


def test_who_only_sees_a_record_does_not_change_its_files(house: House, client: Client) -> None:
    found = uploaded(client, currency(house))
    reader = client_of(member(house, "currencies.view", name="Carol"), organization=house.north)
    address = f"{LIST}{found['id']}/"
    assert reader.get(address).status_code == 200
    for answer in (
        reader.delete(address),
        reader.patch(address, {"name": "mine.txt"}, content_type="application/json"),
    ):
        assert (answer.status_code, answer.json()["feature"]) == (403, "currencies.manage")
    assert detail(client, found["id"])["name"] == "notes.txt"


def test_a_record_that_is_foreign_is_as_good_as_missing(house: House, other_house: House, client: Client) -> None:
    foreign = make_currency(other_house)
    answers = [upload(client, foreign)]
    foreign.pk = UUID(int=1)
    answers.append(upload(client, foreign))
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("entity", ["nothing.known", "auth.user", "attachments.attachment", "notifications.mail"])
def test_kinds_that_take_no_files_all_look_alike(house: House, client: Client, entity: str) -> None:
    answer = upload(client, currency(house), entity=entity)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (400, "entity", "attachments.entity.unknown")
