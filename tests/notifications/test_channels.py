"""Ways to people: mails over a real mail server, digests, channels of other modules, and what readers choose."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from apps.auth.models import User
from apps.auth.services.users import update_user
from apps.kernel import clock
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.registry.notices import CHANNELS, EMAIL, IN_APP, Message, channel
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.errors import Permanent, Retry
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.models import Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.services import Choice, choose, mark_read
from apps.notifications.services.saying import work_kind_of
from apps.notifications.tasks import carry_by
from tests.auth.factories import make_user, reading_in, system
from tests.kernel.events_probes import run_all
from tests.notifications.letters import use
from tests.notifications.notices import (
    DIGESTED,
    GROUPED,
    LOUD,
    MAILED,
    PLAIN,
    choosing,
    notifications,
    now,
    only,
    said,
    tell,
)
from tests.support.scopes import House

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Postbox:
    """What a mail server has taken, as mails."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take a mail."""
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return "250 OK"

    def text(self) -> str:
        """The plain text of the only mail."""
        [mail] = self.mails
        part = mail.get_body(("plain",))
        assert isinstance(part, EmailMessage)
        return str(part.get_content()).replace("\r\n", "\n")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def waiting(kind: str) -> Work:
    return Work.objects.get(kind=kind)


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    use(settings, f"smtp://127.0.0.1:{controller.port}")
    settings.AGORA_BASE_URL = "https://agora.example"
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(MONDAY_NOON) as frozen:
        yield frozen


def wants(house: House, user: User, *choices: tuple[str, str, bool | None], **settings: Any) -> None:
    with choosing(house, user):
        choose(choices=[Choice(*item) for item in choices], settings=settings)


def test_a_mail_says_the_same_and_leads_there(house: House, bob: User, postbox: Postbox) -> None:
    wants(house, bob, (PLAIN, EMAIL, True))
    said(house, bob)
    [mail] = postbox.mails
    assert (mail["To"], mail["Subject"]) == (bob.email, "Order 7")
    assert postbox.text().startswith("Order 7\n\nHello.\n\n1 < 2\n\n")
    assert "https://agora.example/orders/7/" in postbox.text()


def test_a_mail_is_in_the_reader_s_language(house: House, postbox: Postbox) -> None:
    said(house, make_user(house, locale="pl"), MAILED)
    assert "Zobacz:" in postbox.text()


def test_without_a_page_a_mail_leads_to_the_list(house: House, bob: User, postbox: Postbox) -> None:
    said(house, bob, MAILED)
    assert "https://agora.example/backend/notifications/notification/" in postbox.text()


def test_kinds_that_are_not_meant_for_mail_send_none(house: House, bob: User, postbox: Postbox) -> None:
    said(house, bob)
    assert postbox.mails == []


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ([], (1, True)),
        ([("", EMAIL, False)], (0, True)),
        ([("", EMAIL, False), (MAILED, EMAIL, True)], (1, True)),
        ([("", EMAIL, True), (MAILED, EMAIL, False)], (0, True)),
        ([(MAILED, EMAIL, False), (MAILED, EMAIL, None)], (1, True)),
        ([(PLAIN, EMAIL, False)], (1, True)),
        ([("", IN_APP, False)], (1, False)),
    ],
)
def test_what_is_chosen_counts(
    house: House, bob: User, postbox: Postbox, choices: list[Any], expected: tuple[int, bool]
) -> None:
    wants(house, bob, *choices)
    said(house, bob, MAILED)
    assert (len(postbox.mails), only(house).in_app) == expected


def test_who_wants_it_nowhere_gets_no_row(house: House, bob: User, carol: User) -> None:
    wants(house, bob, ("", IN_APP, False))
    said(house, [bob.pk, carol.pk])
    assert [item.recipient_id for item in notifications(house)] == [carol.pk]


def test_only_the_first_of_a_group_is_mailed(house: House, bob: User, postbox: Postbox) -> None:
    wants(house, bob, (GROUPED, EMAIL, True))
    for number in range(3):
        said(house, bob, GROUPED, group=1, number=number)
    assert len(postbox.mails) == 1
    assert only(house).count == 3


def test_in_quiet_hours_mail_waits_for_their_end(
    house: House, bob: User, postbox: Postbox, noon: clock.FrozenClock
) -> None:
    wants(house, bob, time_zone="Europe/Warsaw", quiet_from=time(12), quiet_until=time(14, 30))
    said(house, bob, MAILED)
    assert (postbox.mails, only(house).is_silent) == ([], True)
    assert waiting("notifications.by_email").due_at == MONDAY_NOON + timedelta(minutes=90)  # 13:00 there
    noon.tick(timedelta(minutes=91))
    sweep()
    assert len(postbox.mails) == 1


def test_what_was_read_while_mail_waited_is_not_mailed(
    house: House, bob: User, postbox: Postbox, noon: clock.FrozenClock
) -> None:
    wants(house, bob, quiet_from=time(11), quiet_until=time(13))
    said(house, bob, MAILED)
    with choosing(house, bob):
        mark_read(only(house).pk)
    noon.tick(timedelta(hours=2))
    assert sweep() == {Outcome.DONE: 1}
    assert postbox.mails == []


def test_muted_nothing_is_sent_and_the_list_fills_silently(
    house: House, bob: User, postbox: Postbox, noon: clock.FrozenClock
) -> None:
    wants(house, bob, is_muted=True, muted_until=MONDAY_NOON + timedelta(hours=1))
    said(house, bob, MAILED)
    assert (postbox.mails, only(house).is_silent) == ([], True)
    noon.tick(timedelta(hours=1))
    said(house, bob, MAILED)
    assert len(postbox.mails) == 1
    assert not notifications(house, bob)[-1].is_silent


def test_somebody_who_left_while_mail_waited_gets_none(
    house: House, bob: User, postbox: Postbox, noon: clock.FrozenClock
) -> None:
    wants(house, bob, quiet_from=time(11), quiet_until=time(13))
    said(house, bob, MAILED)
    with using_scope(system(house)):
        update_user(bob.pk, is_active=False)
    noon.tick(timedelta(hours=2))
    assert sweep() == {Outcome.DONE: 1}
    assert postbox.mails == []


def test_a_digest_gathers_what_is_unread_at_its_hour(
    house: House, bob: User, postbox: Postbox, noon: clock.FrozenClock
) -> None:
    wants(house, bob, digest_hour=8)
    for number in (1, 2, 3):
        said(house, bob, DIGESTED, number=number)
    with choosing(house, bob):
        mark_read(next(item.pk for item in notifications(house) if item.title == "Digested 2"))
    assert waiting("notifications.digest").due_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    noon.tick(timedelta(hours=20))
    sweep()
    [mail] = postbox.mails
    assert mail["Subject"] == "Unread notifications: 2"
    assert "Digested 1" in postbox.text()
    assert "Digested 3" in postbox.text()
    assert "Digested 2" not in postbox.text()
    assert not any(item.in_digest for item in notifications(house))


def test_a_digest_about_nothing_is_not_sent(house: House, bob: User, postbox: Postbox, noon: clock.FrozenClock) -> None:
    said(house, bob, DIGESTED)
    with choosing(house, bob):
        mark_read(only(house).pk)
    noon.tick(timedelta(days=1))
    assert sweep() == {Outcome.DONE: 1}
    assert postbox.mails == []


def test_another_hour_moves_a_digest_that_waits(house: House, bob: User) -> None:
    said(house, bob, DIGESTED)
    wants(house, bob, time_zone="Europe/Warsaw", digest_every="weekly", digest_weekday=2, digest_hour=18)
    assert waiting("notifications.digest").due_at == datetime(2026, 3, 4, 17, tzinfo=UTC)


def test_taking_settings_back_moves_a_digest_that_waits_as_well(house: House, bob: User) -> None:
    said(house, bob, DIGESTED)
    wants(house, bob, digest_hour=18)
    wants(house, bob, digest_hour=20)
    with reading_in(house):
        second, first = Action.objects.filter(command="notifications.settings.choose").order_by("-pk")
    hours = [waiting("notifications.digest").due_at.hour]
    for action in (second, first):
        with using_scope(system(house)):
            undo(action.pk)
        run_all()
        hours.append(waiting("notifications.digest").due_at.hour)
    with reading_in(house):
        last = Action.objects.latest("pk")
    with using_scope(system(house)):
        undo(last.pk)
    run_all()
    hours.append(waiting("notifications.digest").due_at.hour)
    assert hours == [20, 18, 8, 18]


@contextmanager
def by_post(answers: list[Any]) -> Iterator[None]:
    """A channel of another module for the block; an answer that is a failure is raised."""

    def deliver(message: Message) -> None:
        answer = answers.pop(0) if answers and isinstance(answers[0], Exception) else None
        answers.append(message)
        if answer is not None:
            answers.remove(message)
            raise answer

    carry_by(channel("post", deliver, label="Letter", attempts=3))
    try:
        yield
    finally:
        CHANNELS.remove("post")
        KINDS.remove(work_kind_of("post"))


def test_a_module_s_channel_gets_what_its_readers_want(house: House, bob: User, carol: User) -> None:
    got: list[Any] = []
    with by_post(got):
        wants(house, bob, (LOUD, "post", True))
        said(house, [bob.pk, carol.pk], LOUD)
    [message] = got
    row = only(house, bob)
    assert (message.id, message.type, message.severity) == (row.pk, LOUD, "error")
    assert (message.title, message.body, message.link) == ("Fire 7", "", "")
    assert (message.reader.id, message.reader.email) == (bob.pk, bob.email)


def test_a_channel_that_fails_is_tried_again(house: House, bob: User, noon: clock.FrozenClock) -> None:
    got: list[Any] = [Retry("no paper")]
    with by_post(got):
        wants(house, bob, (LOUD, "post", True))
        tell(house, bob, LOUD)
        assert sweep() == {Outcome.DONE: 1, Outcome.RETRIED: 1}
        noon.tick(10)
        assert sweep() == {Outcome.DONE: 1}
    assert len(got) == 1


def test_a_channel_without_hope_is_set_aside_for_operators(house: House, bob: User) -> None:
    with by_post([Permanent("no such street")]):
        wants(house, bob, (LOUD, "post", True))
        tell(house, bob, LOUD)
        assert sweep() == {Outcome.DONE: 1, Outcome.PARKED: 1}
    assert waiting("notifications.by_post").parked_reason.endswith("no such street")
    assert now(house, only(house)).status == "unread"
