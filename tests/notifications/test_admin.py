"""Back office pages of mails."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Content, Mail, MailStatus
from tests.directory.callers import client_of, member
from tests.notifications.letters import BOB, now, queue, queue_secret
from tests.notifications.smtp_server import MailServer
from tests.support.scopes import House

LIST = "/backend/notifications/mail/"


@pytest.fixture
def viewer(house: House) -> Client:
    return client_of(member(house, "notifications.mails.view", "audit_logs.view_tenant"))


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "notifications.mails.manage"))


def page_of(mail: Mail, name: str = "change") -> str:
    return f"{LIST}{mail.pk}/{name}/"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def dead(house: House, smtp: MailServer) -> Mail:
    smtp.answers["RCPT"] = "550 5.1.1 no"
    mail = queue(house)
    assert sweep() == {Outcome.PARKED: 1}
    smtp.answers.clear()
    return mail


def test_an_empty_list_says_what_will_stand_there(viewer: Client) -> None:
    assert "Mails appear here as soon as the house sends one" in text_of(viewer, LIST)


def test_the_list_shows_what_was_sent_to_whom(house: House, smtp: MailServer, viewer: Client) -> None:
    queue(house)
    queue_secret(house)
    page = text_of(viewer, LIST)
    for words in (
        BOB,
        "Welcome, Bob &lt;b&gt;Builder&lt;/b&gt;",
        "Welcome",
        "Reset",
        "not kept: the mail carried a token",
    ):
        assert words in page


def test_the_status_filters_the_list(house: House, smtp: MailServer, viewer: Client) -> None:
    failed = dead(house, smtp)
    waiting = queue(house)
    page = text_of(viewer, f"{LIST}?status__exact=failed")
    assert str(failed.pk) in page
    assert str(waiting.pk) not in page
    assert str(waiting.pk) in text_of(viewer, f"{LIST}?status__exact=queued")


def test_the_kind_of_mail_filters_the_list(house: House, viewer: Client) -> None:
    welcome, reset = queue(house), queue_secret(house)
    page = text_of(viewer, f"{LIST}?kind=tests.token")
    assert (str(reset.pk) in page, str(welcome.pk) in page) == (True, False)


@pytest.mark.parametrize(("words", "found"), [("BOB@example.org", True), ("bob", False), ("eve@example.org", False)])
def test_a_mail_is_found_by_its_whole_address(house: House, viewer: Client, words: str, *, found: bool) -> None:
    mail = queue(house)
    assert (str(mail.pk) in text_of(viewer, f"{LIST}?q={words}")) is found


def test_a_mails_page_shows_its_text(house: House, smtp: MailServer, viewer: Client) -> None:
    mail = queue(house)
    sweep()
    page = text_of(viewer, page_of(mail))
    assert "Hello Bob &lt;b&gt;Builder&lt;/b&gt;," in page
    assert "http://127.0.0.1:8000/welcome?a=1&amp;b=2" in page
    assert escape(mail.message_id) in page
    assert page_of(mail, "page") in page
    assert '<input type="text"' not in page.partition('id="mail_form"')[2].partition("</form>")[0]


def test_a_failed_mails_page_says_why(house: House, smtp: MailServer, viewer: Client) -> None:
    assert "The mail server refused the recipient (550 5.1.1)" in text_of(viewer, page_of(dead(house, smtp)))


def test_a_secret_mail_shows_that_it_is_not_kept(house: House, viewer: Client) -> None:
    mail = queue_secret(house)
    page = text_of(viewer, page_of(mail))
    assert "Not kept. The mail carries a token" in page
    assert page_of(mail, "page") not in page
    assert viewer.get(page_of(mail, "page")).status_code == 404


def test_an_old_mail_shows_that_its_text_was_removed(house: House, viewer: Client) -> None:
    mail = queue(house)
    with using_scope(house.scope()), scoped_transaction():
        Mail.objects.filter(pk=mail.pk).update(content=Content.REMOVED, subject=None, text=None, html=None)
    assert "Removed. Texts are kept for a limited time" in text_of(viewer, page_of(mail))


def test_the_mail_as_its_reader_sees_it_is_isolated(house: House, viewer: Client) -> None:
    mail = queue(house)
    answer = viewer.get(page_of(mail, "page"))
    assert (answer.status_code, answer.content.decode()) == (200, mail.html)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.split("; ")[:2] == ["sandbox", "default-src 'none'"]
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_button_sends_a_dead_letter_again(house: House, smtp: MailServer, manager: Client) -> None:
    mail = dead(house, smtp)
    assert "/do/retry/" in text_of(manager, LIST)
    assert "sent again, as it was written" in text_of(manager, page_of(mail, "do/retry"))
    assert manager.post(page_of(mail, "do/retry"), {}).status_code == 302
    assert sweep() == {Outcome.DONE: 1}
    assert now(house, mail).status == MailStatus.SENT


def test_selected_dead_letters_are_sent_again(house: House, smtp: MailServer, manager: Client) -> None:
    mails = [dead(house, smtp), dead(house, smtp), queue(house)]
    ids = [str(mail.pk) for mail in mails]
    answer = manager.post(LIST, {"action": "retry", "_selected_action": ids, "confirmed": "yes"})
    assert answer.status_code == 302
    assert [now(house, mail).status for mail in mails] == [MailStatus.QUEUED] * 3
    assert sweep() == {Outcome.DONE: 3}


def test_the_button_cancels_a_waiting_mail(house: House, smtp: MailServer, manager: Client) -> None:
    mail = queue(house)
    assert manager.post(page_of(mail, "do/cancel"), {}).status_code == 302
    assert (now(house, mail).status, sweep()) == (MailStatus.CANCELLED, {})


def test_a_sent_mail_has_no_buttons(house: House, smtp: MailServer, manager: Client) -> None:
    mail = queue(house)
    sweep()
    assert "/do/" not in text_of(manager, page_of(mail))
    for name in ("do/retry", "do/cancel"):
        assert manager.post(page_of(mail, name), {}).status_code == 404


def test_the_history_of_a_mail_says_who_sent_it_again(house: House, smtp: MailServer, viewer: Client) -> None:
    mail = dead(house, smtp)
    other = client_of(member(house, "notifications.mails.manage", name="Dora"))
    other.post(page_of(mail, "do/retry"), {})
    page = text_of(viewer, page_of(mail, "history"))
    assert "Dora" in page
    assert BOB not in page


def test_viewers_find_no_buttons(house: House, smtp: MailServer, viewer: Client) -> None:
    mail = dead(house, smtp)
    assert "/do/" not in text_of(viewer, LIST)
    assert "/do/" not in text_of(viewer, page_of(mail))
    assert viewer.post(page_of(mail, "do/retry"), {}).status_code == 403
    assert now(house, mail).status == MailStatus.FAILED


@pytest.mark.parametrize("name", ["change", "page", "history", "do/retry"])
def test_others_see_no_mail(house: House, other_house: House, name: str) -> None:
    mail, stranger = queue(house), client_of(member(house, "currencies.view"))
    assert stranger.get(LIST).status_code == 403
    assert stranger.get(page_of(mail, name)).status_code == 403
    charlie = client_of(member(other_house, "*"))
    assert charlie.get(page_of(mail, name)).status_code == 404
    assert str(mail.pk) not in text_of(charlie, LIST)
    assert Client().get(page_of(mail, name)).status_code == 302


def test_nothing_is_written_on_these_pages(house: House, manager: Client) -> None:
    mail = queue(house)
    assert manager.get(f"{LIST}add/").status_code in {403, 404}
    assert manager.post(page_of(mail), {"subject": "x"}).status_code in {403, 404}
    assert manager.post(page_of(mail, "delete"), {"post": "yes"}).status_code in {403, 404}
    assert now(house, mail).subject == mail.subject
    assert manager.get(f"{LIST}{uuid7()}/change/").status_code == 404


def test_a_list_costs_as_much_for_one_mail_as_for_many(house: House, viewer: Client) -> None:
    counts = []
    viewer.get(LIST)  # what is kept in memory is there from now on
    for number in (1, 10):
        for _ in range(number):
            queue(house)
        with CaptureQueriesContext(connection) as queries:
            text_of(viewer, LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
