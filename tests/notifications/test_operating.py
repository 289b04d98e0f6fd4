"""Dead letters sent again, waiting mails cancelled, lost ones given up, and old texts removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.directory.management.staff import whole_tenant
from apps.directory.services import set_up_tenant
from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.errors import FeatureRequired, InvalidInput, PlatformError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import parking
from apps.kernel.work.claims import claim
from apps.kernel.work.models import Schedule, Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from apps.notifications import services
from apps.notifications.errors import ContentGone, NotCancellable, NotRetryable
from apps.notifications.models import Content, Mail, MailStatus
from apps.notifications.services.upkeep import LOST, UPKEEP_WORK
from tests.notifications.letters import BOB, now, queue, queue_secret, work_of
from tests.notifications.smtp_server import MailServer
from tests.support.scopes import House

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def dead(house: House, smtp: MailServer, number: int = 1) -> list[Mail]:
    """Mails that the server has refused for good."""
    smtp.answers["RCPT"] = "550 5.1.1 no"
    mails = [queue(house) for _ in range(number)]
    assert sweep() == {Outcome.PARKED: number}
    smtp.answers.clear()
    return [now(house, mail) for mail in mails]


def change(house: House, mail: Mail, **values: Any) -> None:
    with using_scope(house.scope()), scoped_transaction():
        Mail.objects.filter(pk=mail.pk).update(**values)


def actions(house: House, command: str) -> list[tuple[str, UUID | None, str]]:
    with using_scope(house.scope()), scoped_transaction():
        rows = Action.objects.filter(command=command).order_by("pk")
        return [(row.resource_entity, row.resource_id, row.resource_label) for row in rows]


def test_a_dead_letter_is_sent_when_somebody_asks_for_it(house: House, smtp: MailServer) -> None:
    [mail] = dead(house, smtp)
    with using_scope(house.scope()):
        again = services.retry_mail(mail.pk)
    assert (again.status, again.last_error, again.attempts) == (MailStatus.QUEUED, "", 1)
    work = work_of(mail)
    assert work is not None
    assert (work.parked_at, work.attempts) == (None, 0)
    assert sweep() == {Outcome.DONE: 1}
    after = now(house, mail)
    assert (after.status, after.attempts) == (MailStatus.SENT, 2)
    assert [got.message_id for got in smtp.received] == [mail.message_id]


def test_the_history_says_who_asked_and_holds_no_text(house: House, smtp: MailServer) -> None:
    [mail] = dead(house, smtp)
    with using_scope(house.scope()):
        services.retry_mail(mail.pk)
    assert actions(house, "notifications.mail.retry") == [("notifications.mail", mail.pk, "Welcome")]
    with using_scope(house.scope()), scoped_transaction():
        assert not RowImage.objects.filter(table_name="mail").exists()


def test_many_dead_letters_are_sent_again_in_one_action(house: House, smtp: MailServer) -> None:
    mails = dead(house, smtp, 3)
    with using_scope(house.scope()):
        again = services.retry_mails([mail.pk for mail in mails])
    assert {mail.status for mail in again} == {MailStatus.QUEUED}
    assert sweep() == {Outcome.DONE: 3}
    assert len(actions(house, "notifications.mail.retry_many")) == 1


def test_many_are_sent_again_with_as_many_statements_as_few(house: House, smtp: MailServer) -> None:
    counts = []
    for number in (1, 6):
        mails = dead(house, smtp, number)
        with using_scope(house.scope()), CaptureQueriesContext(connection) as queries:
            services.retry_mails([mail.pk for mail in mails])
        counts.append(len(queries))
        sweep()
    assert counts[0] == counts[1]


def test_unknown_ids_are_named_and_nothing_is_started(house: House, other_house: House, smtp: MailServer) -> None:
    [mail] = dead(house, smtp)
    [foreign] = dead(other_house, smtp)
    with using_scope(house.scope()), pytest.raises(InvalidInput) as refusal:
        services.retry_mails([mail.pk, foreign.pk, uuid7()])
    assert [item.field for item in refusal.value.errors] == ["ids.1", "ids.2"]
    assert now(house, mail).status == MailStatus.FAILED
    with using_scope(house.scope()), pytest.raises(InvalidInput):
        services.retry_mails([])


@pytest.mark.parametrize("status", [MailStatus.QUEUED, MailStatus.SENDING, MailStatus.SENT, MailStatus.CANCELLED])
def test_only_a_dead_letter_is_sent_again(house: House, status: MailStatus) -> None:
    mail = queue(house)
    change(house, mail, status=status, sent_at=NOON)
    with using_scope(house.scope()), pytest.raises(NotRetryable) as refusal:
        services.retry_mail(mail.pk)
    assert refusal.value.context == {"status": status, "allowed": ["failed"]}
    assert now(house, mail).status == status


def test_a_dead_letter_without_its_text_is_not_sent_again(house: House, smtp: MailServer) -> None:
    [mail] = dead(house, smtp)
    change(house, mail, content=Content.REMOVED, subject=None, text=None, html=None)
    with using_scope(house.scope()), pytest.raises(ContentGone):
        services.retry_mail(mail.pk)


def test_an_operator_who_starts_the_parked_work_sends_it_too(house: House, smtp: MailServer) -> None:
    [mail] = dead(house, smtp)
    assert parking.unpark([row.pk for row in parking.parked(kind="notifications.mail")]) == 1
    assert sweep() == {Outcome.DONE: 1}
    assert now(house, mail).status == MailStatus.SENT


def test_a_waiting_mail_is_cancelled(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    with using_scope(house.scope()):
        services.cancel_mail(mail.pk)
    assert (now(house, mail).status, work_of(mail)) == (MailStatus.CANCELLED, None)
    assert sweep() == {}
    assert smtp.received == []
    assert actions(house, "notifications.mail.cancel") == [("notifications.mail", mail.pk, "Welcome")]


def test_a_dead_letter_may_rest(house: House, smtp: MailServer) -> None:
    [mail] = dead(house, smtp)
    with using_scope(house.scope()):
        services.cancel_mail(mail.pk)
    assert (now(house, mail).status, work_of(mail)) == (MailStatus.CANCELLED, None)


@pytest.mark.parametrize("status", [MailStatus.SENDING, MailStatus.SENT, MailStatus.CANCELLED])
def test_what_has_left_is_not_cancelled(house: House, status: MailStatus) -> None:
    mail = queue(house)
    change(house, mail, status=status, sent_at=NOON)
    with using_scope(house.scope()), pytest.raises(NotCancellable):
        services.cancel_mail(mail.pk)
    assert work_of(mail) is not None


def test_a_cancelled_mail_that_a_worker_holds_already_is_not_sent(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    change(house, mail, status=MailStatus.CANCELLED)
    assert sweep() == {Outcome.DONE: 1}
    assert (smtp.received, work_of(mail)) == ([], None)


@pytest.mark.parametrize("command", [services.retry_mail, services.cancel_mail])
def test_commands_need_their_feature_and_see_their_scope_only(
    house: House, other_house: House, smtp: MailServer, command: Any
) -> None:
    [mail] = dead(house, smtp)
    with using_scope(house.scope(access=Access(frozenset({"notifications.mails.view"})))):
        with pytest.raises(FeatureRequired):
            command(mail.pk)
        with pytest.raises(FeatureRequired):
            services.retry_mails([mail.pk])
    with using_scope(other_house.scope()), pytest.raises(RowNotFound):
        command(mail.pk)
    own = queue(house, scope=house.scope(house.north))
    with using_scope(house.scope(house.south)), pytest.raises(RowNotFound):
        command(own.pk)


def lost(house: House, noon: clock.FrozenClock) -> Mail:
    """A mail whose worker died too often, so that its row of work is parked without the mail being told."""
    mail = queue(house)
    change(house, mail, status=MailStatus.SENDING)
    Work.objects.filter(ref_id=mail.pk).update(attempts=16)
    assert len(claim("work")) == 1
    noon.tick(31)
    assert sweep() == {Outcome.PARKED: 1}
    assert now(house, mail).status == MailStatus.SENDING
    return mail


def look_after(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        enqueue(UPKEEP_WORK, house.tenant.pk)
    assert sweep()[Outcome.DONE] == 1


def test_a_lost_mail_may_be_sent_again_at_once(house: House, smtp: MailServer, noon: clock.FrozenClock) -> None:
    mail = lost(house, noon)
    with using_scope(house.scope()):
        services.retry_mail(mail.pk)
    assert sweep() == {Outcome.DONE: 1}
    assert now(house, mail).status == MailStatus.SENT


def test_a_lost_mail_becomes_a_dead_letter_within_the_hour(
    house: House, smtp: MailServer, noon: clock.FrozenClock
) -> None:
    mail, waiting = lost(house, noon), queue(house)
    Work.objects.filter(ref_id=waiting.pk).update(due_at=NOON + timedelta(days=9))
    look_after(house)
    assert now(house, mail).status == MailStatus.SENDING
    noon.tick(timedelta(hours=2))
    look_after(house)
    after = now(house, mail)
    assert (after.status, after.last_error) == (MailStatus.FAILED, LOST)
    assert now(house, waiting).status == MailStatus.QUEUED


def ended(house: House, status: MailStatus, *, days: int) -> Mail:
    """A mail that ended so many days ago."""
    mail = queue(house)
    change(house, mail, status=status, sent_at=NOON, updated_at=clock.now() - timedelta(days=days))
    Work.objects.filter(ref_id=mail.pk).delete()
    return mail


@pytest.mark.parametrize("status", [MailStatus.SENT, MailStatus.FAILED, MailStatus.CANCELLED])
def test_texts_of_ended_mails_are_removed_after_the_time(house: House, settings: Any, status: MailStatus) -> None:
    settings.MAIL_KEPT_DAYS = 10
    old, young = ended(house, status, days=11), ended(house, status, days=9)
    look_after(house)
    after = now(house, old)
    assert (after.content, after.subject, after.text, after.html) == (Content.REMOVED, None, None, None)
    assert (after.recipient, after.status, after.sent_at) == (BOB, status, NOON)
    assert now(house, young).text == young.text


def test_a_waiting_mail_keeps_its_text(house: House) -> None:
    mail = queue(house)
    change(house, mail, updated_at=NOON - timedelta(days=400))
    Work.objects.filter(ref_id=mail.pk).update(due_at=NOON + timedelta(days=9))
    look_after(house)
    assert now(house, mail).text == mail.text


def test_a_secret_mail_has_nothing_to_remove(house: House) -> None:
    mail = queue_secret(house)
    change(house, mail, status=MailStatus.SENT, sent_at=NOON, updated_at=NOON - timedelta(days=400))
    Work.objects.filter(ref_id=mail.pk).delete()
    look_after(house)
    assert now(house, mail).content == Content.NOT_KEPT


def test_more_than_one_batch_is_removed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.notifications.services.upkeep.BATCH", 2)
    mails = [ended(house, MailStatus.SENT, days=100) for _ in range(5)]
    look_after(house)
    assert {now(house, mail).content for mail in mails} == {Content.REMOVED}


def test_another_tenants_texts_stay(house: House, other_house: House) -> None:
    mail = ended(other_house, MailStatus.SENT, days=100)
    look_after(house)
    assert now(other_house, mail).text == mail.text


def test_each_tenant_is_looked_after_every_hour(house: House, noon: clock.FrozenClock) -> None:
    for _ in range(2):
        with whole_tenant(house.tenant.pk, "probe"):
            set_up_tenant(house.tenant.pk)
    with using_scope(house.scope()), scoped_transaction():
        [schedule] = Schedule.objects.filter(kind=UPKEEP_WORK)
    assert (schedule.interval_seconds, schedule.version, schedule.enabled) == (3600, 1, True)
    mail = ended(house, MailStatus.SENT, days=100)
    sweep()
    noon.tick(timedelta(hours=1, minutes=1))
    sweep()
    sweep()
    assert now(house, mail).content == Content.REMOVED


def test_refusals_have_codes_of_their_own() -> None:
    refusals: list[type[PlatformError]] = [NotRetryable, ContentGone, NotCancellable]
    assert [(item.status, item.code.rpartition(".")[0]) for item in refusals] == [(409, "notifications.mail")] * 3
