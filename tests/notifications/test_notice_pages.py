"""Own notifications in the back office, as HTTP: who sees what, the bell's cost, and the upkeep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from apps.notifications.services import upkeep
from tests.directory.callers import client_of, member
from tests.notifications.notices import BRIEF, LOUD, PLAIN, asking, make_notification, notifications, only, said
from tests.support.scopes import House

LIST = "/backend/notifications/notification/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def reader(bob: User) -> Client:
    return client_of(bob)


def page(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_has_one_s_own_alone(house: House, bob: User, carol: User, reader: Client) -> None:
    said(house, bob, LOUD, number="of Bob's")
    said(house, carol, LOUD, number="of Carol's")
    assert "of Bob&#x27;s" in page(reader)
    assert "Carol" not in page(reader)
    boss = client_of(member(house, is_super_admin=True))
    assert "No notifications yet" in page(boss)
    row = only(house, carol)
    assert reader.get(f"{LIST}{row.pk}/change/").status_code == boss.get(f"{LIST}{row.pk}/change/").status_code == 404


def test_filters(house: House, bob: User, reader: Client) -> None:
    said(house, bob, PLAIN)
    said(house, bob, LOUD)
    assert "Order 7" not in page(reader, f"{LIST}?kind={LOUD}")
    assert "Nothing matches" in page(reader, f"{LIST}?status__exact=dismissed")
    assert "Order 7" not in page(reader, f"{LIST}?q=fire")


def test_a_text_is_shown_as_text(house: House, bob: User, reader: Client) -> None:
    said(house, bob, LOUD, number="<script>alert(1)")
    row = make_notification(house, bob, title="<b>x</b>", body="<i>y</i>\n\nz")
    assert "Fire &lt;script&gt;alert(1)" in page(reader)
    assert "<script>alert(1)" not in page(reader)
    shown = page(reader, f"{LIST}{row.pk}/change/")
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
    assert "<p>&lt;i&gt;y&lt;/i&gt;</p>" in shown


@pytest.mark.parametrize(("button", "status"), [("read", "read"), ("dismiss", "dismissed")])
def test_a_button_moves_it(house: House, bob: User, reader: Client, button: str, status: str) -> None:
    said(house, bob)
    answer = reader.post(f"{LIST}{only(house).pk}/do/{button}/")
    assert answer.status_code == 302
    assert only(house).status == status


def test_actions_are_not_run_by_a_look(house: House, bob: User, reader: Client) -> None:
    row, _currency = asking(house, bob)
    page(reader, f"{LIST}{row.pk}/change/")
    assert (only(house).status, only(house).action_taken) == ("unread", "")


def test_the_bell_counts_in_one_query_however_many_there_are(
    house: House, bob: User, reader: Client, settings: Any
) -> None:
    address = f"{LIST}choices/"
    page(reader, address)

    def counted() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert "data-notification-bell" in page(reader, address)
        return [item["sql"] for item in captured if '"notification"' in item["sql"]]

    assert len(counted()) == 1
    for _ in range(3):
        said(house, bob)
    assert len(counted()) == 1
    assert 'data-count="3"' in page(reader, address)


def test_more_than_a_hundred_are_not_counted(house: House, bob: User, reader: Client) -> None:
    for number in range(101):
        make_notification(house, bob, title=str(number))
    assert 'data-count="100" data-capped' in page(reader)


def test_nobody_has_no_bell(house: House) -> None:
    assert "data-notification-bell" not in Client().get("/backend/login/").content.decode()


def test_the_list_costs_as_much_with_many_as_with_few(house: House, bob: User, reader: Client) -> None:
    said(house, bob)
    page(reader)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page(reader)
        costs.append(len(captured))
        for number in range(20):
            make_notification(house, bob, title=str(number))
    assert costs[0] == costs[1]


def tidy(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        enqueue(upkeep.UPKEEP_WORK, house.tenant.pk)
    sweep()


def test_what_has_expired_goes(house: House, bob: User) -> None:
    with clock.frozen(NOON) as frozen:
        said(house, bob, BRIEF)
        said(house, bob, PLAIN)
        frozen.tick(timedelta(hours=2))
        tidy(house)
    assert only(house).type == PLAIN


def test_what_is_old_goes_read_or_not(house: House, other_house: House, bob: User, settings: Any) -> None:
    settings.NOTIFICATIONS_KEPT_DAYS = 10
    with clock.frozen(NOON) as frozen:
        said(house, bob)
        said(other_house, member(other_house))
        frozen.tick(timedelta(days=9))
        said(house, bob, LOUD)
        frozen.tick(timedelta(days=2))
        tidy(house)
    assert only(house).type == LOUD
    assert len(notifications(other_house)) == 1


def test_many_go_in_batches(house: House, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)
    for number in range(5):
        make_notification(house, bob, title=str(number), happened_at=datetime(2020, 1, 1, tzinfo=UTC))
    tidy(house)
    assert notifications(house) == []
