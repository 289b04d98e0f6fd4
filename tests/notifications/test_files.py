"""Mails as files: one folder for each tenant, and the page on which whoever tries Agora out reads them."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import MailStatus
from apps.notifications.services.files import files_are_shown, written_mail, written_mails
from tests.directory.callers import client_of, member
from tests.notifications.letters import BOB, now, queue, queue_secret, use
from tests.support.scopes import House

PAGE = "/backend/notifications/mail/files/"
LIST = "/backend/notifications/mail/"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    use(settings, f"file://{tmp_path / 'mail'}", MAIL_FILES_SHOWN=True)
    return tmp_path / "mail"


def written(folder: Path, house: House) -> list[Path]:
    return sorted((folder / str(house.tenant.pk)).iterdir())


def test_each_mail_is_a_file_in_its_tenants_folder(house: House, other_house: House, folder: Path) -> None:
    mail = queue(house)
    queue(other_house, to="charlie@example.net")
    assert sweep() == {Outcome.DONE: 2}
    [file] = written(folder, house)
    text = file.read_text()
    assert file.suffix == ".eml"
    assert f"Message-ID: {mail.message_id}" in text
    assert f"To: {BOB}" in text
    assert len(written(folder, other_house)) == 1
    assert now(house, mail).status == MailStatus.SENT


def test_files_are_for_their_owner_only(house: House, folder: Path) -> None:
    queue(house)
    sweep()
    [file] = written(folder, house)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_is_tried_again(house: House, folder: Path) -> None:
    folder.write_text("in the way")
    mail = queue(house)
    assert sweep() == {Outcome.RETRIED: 1}
    after = now(house, mail)
    assert (after.status, after.last_error) == (
        MailStatus.QUEUED,
        "The mail could not be handed over (Not a directory)",
    )


def test_files_are_read_newest_first_and_never_another_tenants(house: House, other_house: House, folder: Path) -> None:
    for name in ("One", "Two"):
        queue(house, context={"name": name, "address": "/x"})
        sweep()
    queue(other_house)
    sweep()
    [foreign] = written(folder, other_house)
    with using_scope(house.scope()):
        found = written_mails()
        assert [mail.subject for mail in found] == ["Welcome, Two", "Welcome, One"]
        assert written_mails(limit=1) == found[:1]
        assert "Hello Two," in found[0].text
        assert found[0].written_at is not None
        assert written_mail(found[1].id) == found[1]
        assert written_mail(type(found[0].id)(foreign.stem)) is None


def test_strange_files_are_left_alone(house: House, folder: Path, tmp_path: Path) -> None:
    own = folder / str(house.tenant.pk)
    own.mkdir(parents=True)
    secret = tmp_path / "secret.eml"
    secret.write_text("Subject: secret\n\nsecret")
    (own / f"{uuid7()}.eml").symlink_to(secret)
    (own / "notes.eml").write_text("Subject: notes\n\n")
    (own / f"{uuid7()}.part").write_text("Subject: half\n\n")
    (own / f"{uuid7()}.eml").mkdir()
    odd = own / f"{uuid7()}.eml"
    odd.write_bytes(b"\xff\xfe no mail at all")
    with using_scope(house.scope()):
        assert [(mail.id, mail.subject, mail.written_at) for mail in written_mails()] == [
            (type(house.tenant.pk)(odd.stem), "", None)
        ]


def test_there_is_nothing_before_the_first_mail(house: House) -> None:
    with using_scope(house.scope()):
        assert written_mails() == []


@pytest.mark.parametrize(
    ("address", "shown", "expected"),
    [("file:///x", True, True), ("file:///x", False, False), ("console://", True, False), ("smtp://h", True, False)],
)
def test_files_are_shown_only_where_they_are_written_and_wanted(
    settings: Any, address: str, *, shown: bool, expected: bool
) -> None:
    use(settings, address, MAIL_FILES_SHOWN=shown)
    assert files_are_shown() is expected


def reader(house: House, *features: str) -> Client:
    return client_of(member(house, *features), organization=house.root)


def test_the_page_shows_the_token_to_whoever_manages_mails(house: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE one_time (subject_id uuid, digest bytea)")
    queue_secret(house)
    assert sweep() == {Outcome.DONE: 1}
    manager = reader(house, "notifications.mails.manage")
    page = manager.get(PAGE)
    assert page.status_code == 200
    assert "New password" in page.content.decode()
    assert 'href="http://127.0.0.1:8000/reset/' in page.content.decode()
    assert PAGE in manager.get(LIST).content.decode()


def test_the_page_escapes_what_mails_say(house: House) -> None:
    queue(house, context={"name": "<script>alert(1)</script>", "address": "/x"})
    sweep()
    assert "<script>alert" not in reader(house, "notifications.mails.manage").get(PAGE).content.decode()


def test_an_empty_page_says_so(house: House) -> None:
    assert "No files yet" in reader(house, "notifications.mails.manage").get(PAGE).content.decode()


def test_another_tenants_files_are_not_on_the_page(house: House, other_house: House) -> None:
    queue(other_house, context={"name": "Charlie", "address": "/x"})
    sweep()
    assert "Charlie" not in reader(house, "notifications.mails.manage").get(PAGE).content.decode()


def test_whoever_only_sees_mails_does_not_read_tokens(house: House) -> None:
    viewer = reader(house, "notifications.mails.view")
    assert viewer.get(PAGE).status_code == 403
    assert PAGE not in viewer.get(LIST).content.decode()
    assert Client().get(PAGE).status_code == 302


@pytest.mark.parametrize(("address", "shown"), [("file:///x", False), ("smtp://mail.example", True)])
def test_the_page_is_not_there_in_production(house: House, settings: Any, address: str, *, shown: bool) -> None:
    use(settings, address, MAIL_FILES_SHOWN=shown)
    manager = reader(house, "*")
    assert manager.get(PAGE).status_code == 404
    assert PAGE not in manager.get(LIST).content.decode()


@pytest.mark.parametrize("path", ["../../secret.eml", "%2e%2e%2fsecret", "x.eml", "..;/x"])
def test_no_address_leads_to_a_file(house: House, path: str) -> None:
    assert reader(house, "*").get(f"{PAGE}{path}", follow=True).status_code == 404
