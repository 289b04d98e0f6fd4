"""Queueing: what is rendered, what is stored and how, what is refused, and what a roll-back leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection

from apps.directory.models import Tenant
from apps.kernel.errors import InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.ports import Mailer
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import service
from apps.kernel.templating import InvalidDocument
from apps.kernel.tenancy.errors import ScopeMissing
from apps.kernel.tenancy.scope import system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import OutsideTransaction
from apps.kernel.work.models import Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.errors import AddressInvalid, LinkRefused, SubjectInvalid, TemplateMisused
from apps.notifications.models import Content, Mail, MailStatus
from tests.kernel.planting import past_the_wall
from tests.notifications.letters import (
    BOB,
    HELLO,
    NEVER,
    PLAIN,
    TOKEN,
    WELCOME,
    now,
    queue,
    queue_secret,
    queued,
    template,
    work_of,
)
from tests.support.scopes import House, seeding

BASE = "http://127.0.0.1:8000"


def count(house: House) -> int:
    with using_scope(house.scope()), scoped_transaction():
        return Mail.objects.count()


def test_a_mail_is_rendered_when_it_is_queued(house: House) -> None:
    mail = queue(house)
    assert (mail.status, mail.content, mail.template) == (MailStatus.QUEUED, Content.KEPT, WELCOME)
    assert (mail.recipient, mail.subject, mail.locale) == (BOB, "Welcome, Bob <b>Builder</b>", "en")
    assert mail.text == (
        "Hello Bob <b>Builder</b>,\nnice to see you.\n\n1 < 2 & so on.\n\n"
        f"Open Agora:\n{BASE}/welcome?a=1&b=2\n\n-- \nAcme\n{BASE}\n"
    )
    assert work_of(mail) is not None


def test_the_page_says_the_same_and_escapes_it(house: House) -> None:
    html = queue(house).html or ""
    assert "<b>" not in html
    assert "Hello Bob &lt;b&gt;Builder&lt;/b&gt;,<br>nice to see you.</p>" in html
    assert "1 &lt; 2 &amp; so on.</p>" in html
    assert f'href="{BASE}/welcome?a=1&amp;b=2"' in html
    assert "Open Agora</a>" in html
    assert '<html lang="en">' in html


def test_markup_in_every_place_of_a_value_stays_text(house: House) -> None:
    evil = "\"><script>alert(1)</script>{{ 7 * 7 }}'"
    mail = queue(house, context={"name": evil, "address": "/x"})
    assert "<script>" not in (mail.html or "")
    assert "49" not in (mail.text or "")
    assert evil in (mail.text or "")


def test_the_tenants_name_is_escaped_too(house: House) -> None:
    with seeding(house.scope()):
        house.tenant.name = "Fish <&> Chips"
        house.tenant.save()
    mail = queue(house)
    assert "Fish &lt;&amp;&gt; Chips" in (mail.html or "")
    assert "Fish <&> Chips" in (mail.text or "")


def test_a_template_without_a_button_has_no_link(house: House) -> None:
    mail = queue(house, name=PLAIN, context={"word": "words"})
    assert (mail.subject, mail.text) == ("Plain words", f"[en]\n\n-- \nAcme\n{BASE}\n")
    assert "address:" not in (mail.html or "")


@pytest.mark.parametrize(
    ("locale", "language"), [("", "de"), ("pl", "pl"), ("es-MX", "es"), ("xx", "en"), ("not a language", "en")]
)
def test_the_language_is_the_wanted_one_or_the_tenants(house: House, locale: str, language: str) -> None:
    with seeding(house.scope()):
        Tenant.objects.filter(pk=house.tenant.pk).update(locale="de")
    mail = queued(house, lambda: service(Mailer).queue(PLAIN, BOB, {"word": "x"}, locale=locale))
    assert (mail.locale, (mail.text or "").splitlines()[0]) == (language, f"[{language}]")
    assert f'<html lang="{language}">' in (mail.html or "")


def test_address_and_text_are_not_readable_in_the_database(house: House) -> None:
    mail = queue(house)
    with using_scope(house.scope()), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(mail)::text, recipient, subject, text, html FROM mail")
        [(row, *columns)] = cursor.fetchall()
    stored = row + "".join(str(bytes(column)) for column in columns)
    assert str(mail.pk) in stored
    for word in (BOB, "Builder", "nice to see", "Welcome,"):
        assert word not in stored
        assert word.encode().hex() not in stored


def test_a_secret_mail_holds_only_what_it_is_about(house: House) -> None:
    about = uuid7()
    mail = queue_secret(house, about=about)
    assert (mail.template, mail.about_id, mail.content) == (TOKEN, about, Content.NOT_KEPT)
    assert (mail.recipient, mail.subject, mail.text, mail.html) == (None, None, None, None)
    assert mail.is_secret


@pytest.mark.parametrize("column", ["subject", "text", "html", "recipient"])
def test_the_database_refuses_words_in_a_secret_mail(house: House, column: str) -> None:
    mail = queue_secret(house)
    with pytest.raises(Exception, match="mail_"), using_scope(house.scope()), scoped_transaction():
        Mail.objects.filter(pk=mail.pk).update(**{column: "https://x/?token=1"})


def test_the_mail_of_an_organization_is_seen_there_only(house: House) -> None:
    mail = queue(house, scope=house.scope(house.north))
    assert mail.organization_id == house.north.pk
    with using_scope(house.scope(house.south)), scoped_transaction():
        assert Mail.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM mail")
            assert cursor.fetchone() == (0,)


def test_the_mail_of_the_tenant_itself_is_seen_everywhere_in_it(house: House, other_house: House) -> None:
    with system_scope(house.tenant.pk, "probe") as scope:
        mail = queue(house, scope=scope)
    assert mail.organization_id is None
    with using_scope(house.scope(house.south)), scoped_transaction():
        assert Mail.objects.filter(pk=mail.pk).exists()
    with using_scope(other_house.scope()), scoped_transaction():
        assert not Mail.objects.filter(pk=mail.pk).exists()


@pytest.mark.committed
def test_with_row_level_security_off_the_manager_alone_keeps_organizations_apart(house: House) -> None:
    for organization in (house.north, house.south):
        queue(house, scope=house.scope(organization))
    with system_scope(house.tenant.pk, "probe") as scope:
        queue(house, scope=scope)
    with past_the_wall() as using, using_scope(house.scope(house.north)), scoped_transaction(using=using):
        seen = set(Mail.objects.using(using).values_list("organization_id", flat=True))
    assert seen == {house.north.pk, None}


def test_a_rolled_back_transaction_sends_nothing(house: House) -> None:
    with pytest.raises(RuntimeError), using_scope(house.scope()), scoped_transaction():
        service(Mailer).queue(WELCOME, BOB, HELLO)
        service(Mailer).queue_secret(TOKEN, uuid7())
        raise RuntimeError
    assert (count(house), Work.objects.count()) == (0, 0)
    assert sweep() == {}
    assert django_mail.outbox == []


def test_a_mail_is_queued_inside_a_transaction_of_a_scope_only(house: House) -> None:
    with pytest.raises(ScopeMissing):
        service(Mailer).queue(WELCOME, BOB, HELLO)


@pytest.mark.committed
def test_outside_a_transaction_nothing_is_queued(house: House) -> None:
    from apps.kernel.tenancy.errors import ScopeNotApplied

    with using_scope(house.scope()), pytest.raises((OutsideTransaction, ScopeNotApplied)):
        service(Mailer).queue_secret(TOKEN, uuid7())
    assert Work.objects.count() == 0


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (lambda mailer: mailer.queue("tests.unknown", BOB, {}), NotRegistered),
        (lambda mailer: mailer.queue_secret("tests.unknown", uuid7()), NotRegistered),
        (lambda mailer: mailer.queue(TOKEN, BOB, {"address": "/x"}), TemplateMisused),
        (lambda mailer: mailer.queue(NEVER, BOB, {}), TemplateMisused),
        (lambda mailer: mailer.queue_secret(WELCOME, uuid7()), TemplateMisused),
        (lambda mailer: mailer.queue(WELCOME, BOB, {"address": "/x"}), InvalidDocument),
        (lambda mailer: mailer.queue(WELCOME, BOB, {"name": "Bob"}), InvalidDocument),
        (lambda mailer: mailer.queue(WELCOME, BOB, {"name": object(), "address": "/x"}), InvalidDocument),
        (lambda mailer: mailer.queue(WELCOME, "", HELLO), AddressInvalid),
        (lambda mailer: mailer.queue(WELCOME, "bob@example.org\nBcc: eve@example.org", HELLO), AddressInvalid),
        (lambda mailer: mailer.queue(WELCOME, BOB, {**HELLO, "name": "Bob\r\nBcc: eve@example.org"}), SubjectInvalid),
        (lambda mailer: mailer.queue(WELCOME, BOB, {**HELLO, "address": "https://evil.example/"}), LinkRefused),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_queued(house: House, call: Any, refusal: type) -> None:
    with pytest.raises(refusal), using_scope(house.scope()), scoped_transaction():
        call(service(Mailer))
    assert (count(house), Work.objects.count()) == (0, 0)


def test_a_refusal_names_the_field_and_not_the_address(house: House) -> None:
    with pytest.raises(InvalidInput) as refusal:
        queue(house, to="not an address")
    assert [(item.field, item.code) for item in refusal.value.errors] == [("to", "notifications.mail.address_invalid")]
    assert "not an address" not in str(refusal.value)


def test_a_template_that_cannot_be_read_is_refused(house: House) -> None:
    with template("tests.broken", body="{% if %}"), pytest.raises(InvalidDocument):
        queue(house, name="tests.broken", context={})


def test_a_template_reaches_nothing_but_its_variables(house: House) -> None:
    with template("tests.nosy", body="{{ name.__class__ }}"), pytest.raises(InvalidDocument):
        queue(house, name="tests.nosy", context={"name": "Bob"})


def test_the_default_back_end_of_tests_gets_the_mail(house: House) -> None:
    mail = queue(house)
    assert sweep() == {Outcome.DONE: 1}
    [sent] = django_mail.outbox
    assert (sent.to, sent.subject) == ([BOB], "Welcome, Bob <b>Builder</b>")
    assert now(house, mail).status == MailStatus.SENT
