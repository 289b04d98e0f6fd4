"""From the wish to say something to what each reader finds: audiences, languages, groups, ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.ports import Notifier
from apps.kernel.registry.notices import customers, holders_of, members_of
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import service, service_named
from apps.kernel.templating import InvalidDocument
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Notice
from apps.notifications.services import say_next
from tests.auth.factories import make_role, make_user, reading_in, system
from tests.directory.callers import member
from tests.kernel.events_probes import outbox
from tests.notifications.notices import BRIEF, GROUPED, LOUD, PLAIN, notifications, only, said, tell
from tests.support.scopes import House

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def readers(house: House) -> set[UUID]:
    return {item.recipient_id for item in notifications(house)}


def test_the_service_has_its_name() -> None:
    assert service_named("notifications.notifier") is service(Notifier)


def test_what_is_said(house: House, bob: User) -> None:
    record = uuid7()
    with clock.frozen(NOON):
        with using_scope(house.scope(house.north)), scoped_transaction():
            service(Notifier).notify(PLAIN, [bob.pk], {"number": 7}, about=("currencies.currency", record))
        assert sweep() == {Outcome.DONE: 1}
    row = only(house)
    assert (row.recipient_kind, row.recipient_id, row.type, row.severity) == ("staff", bob.pk, PLAIN, "info")
    assert (row.title, row.body, row.link) == ("Order 7", "Hello.\n\n1 < 2", "/orders/7/")
    assert (row.source_entity, row.source_id) == ("currencies.currency", record)
    assert row.source_organization_id == house.north.pk
    assert (row.status, row.count, row.happened_at, row.expires_at) == ("unread", 1, NOON, None)
    assert (row.variables, row.actions, row.orders) == ({"number": 7}, [], {})


def test_nothing_is_left_of_the_wish(house: House, bob: User) -> None:
    said(house, bob)
    with reading_in(house):
        assert not Notice.objects.exists()
    assert not Work.objects.filter(kind__startswith="notifications").exists()


def test_a_rollback_says_nothing(house: House, bob: User) -> None:
    with using_scope(house.scope()), pytest.raises(RuntimeError), scoped_transaction():
        service(Notifier).notify(PLAIN, [bob.pk], {"number": 7})
        raise RuntimeError
    assert sweep() == {}
    assert notifications(house) == []


@pytest.mark.parametrize(
    ("variables", "link", "refusal"),
    [
        ({}, "", InvalidDocument),
        ({"number": "x", "nothing": None}, "//evil.example", InvalidInput),
        ({"number": "x"}, "javascript:alert(1)", InvalidInput),
        ({"number": "x"}, "/\\evil.example", InvalidInput),
        ({"number": "x"}, "https://evil.example/", InvalidInput),
        ({"number": "x"}, "/a b", InvalidInput),
        ({"number": "x"}, "/\u2028", InvalidInput),
        ({"number": "a\\b"}, "", InvalidInput),
        ({"number": "x"}, f"/{'a' * 2000}", InvalidInput),
    ],
)
def test_what_cannot_be_said_is_refused_at_once(
    house: House, bob: User, variables: dict[str, Any], link: str, refusal: type[Exception]
) -> None:
    with using_scope(house.scope()), scoped_transaction(), pytest.raises(refusal):
        service(Notifier).notify(PLAIN, [bob.pk], variables, link=link)
    assert sweep() == {}


def test_a_kind_that_nobody_declared_is_refused(house: House, bob: User) -> None:
    with using_scope(house.scope()), scoped_transaction(), pytest.raises(NotRegistered):
        service(Notifier).notify("tests.unknown", [bob.pk], {})


def test_long_texts_are_cut(house: House, bob: User) -> None:
    said(house, bob, number="x" * 900)
    assert len(only(house).title) == 500
    assert only(house).title.endswith("x…")


def test_a_title_has_one_line_and_nothing_hidden(house: House, bob: User) -> None:
    said(house, bob, LOUD, number="a\r\nb\x07\tc")
    assert only(house).title == "Fire a b c"


@pytest.mark.parametrize("locale", ["pl", "de", "en", "pt-BR", "xx"])
def test_the_texts_are_in_the_reader_s_language(house: House, locale: str) -> None:
    said(house, make_user(house, locale=locale), GROUPED, group=1)
    expected = locale if locale in {"pl", "de"} else "en"
    assert (only(house).locale, only(house).title) == (expected, f"[{expected}] 7")


def test_people_who_cannot_log_in_are_told_nothing(house: House, bob: User) -> None:
    others = [
        make_user(house, is_active=False),
        make_user(house, is_confirmed=False),
        make_user(house, deleted_at=NOON),
    ]
    said(house, [bob.pk, *(item.pk for item in others), uuid7()])
    assert readers(house) == {bob.pk}


def test_another_tenant_s_people_are_told_nothing(house: House, other_house: House) -> None:
    said(house, member(other_house))
    assert notifications(house) == notifications(other_house) == []


def test_everybody_with_a_role(house: House, bob: User) -> None:
    role = make_role(house, system_key="manager")
    first, second = make_user(house, roles=(role,)), make_user(house, roles=(role, make_role(house)))
    said(house, members_of("manager"))
    assert readers(house) == {first.pk, second.pk}
    said(house, members_of(str(role.pk)))
    assert [item.count for item in notifications(house, first)] == [1, 1]


def test_everybody_who_holds_a_feature_where_it_happened(house: House, bob: User) -> None:
    wide, south = member(house, "currencies.*"), member(house, "currencies.view", only=(house.south,))
    north, boss = member(house, "currencies.view", only=(house.root,)), member(house, is_super_admin=True)
    said(house, holders_of("currencies.view"), scope=house.scope(house.north))
    assert readers(house) == {wide.pk, north.pk, boss.pk}
    assert south.pk not in readers(house)


def test_an_audience_of_nobody_is_no_work(house: House) -> None:
    tell(house, [])
    assert sweep() == {}


def test_people_whose_module_is_not_there_are_told_nothing(house: House) -> None:
    said(house, customers(uuid7()))
    assert notifications(house) == []
    assert not Work.objects.exists()


def test_a_large_audience_is_told_in_parts_each_with_the_same_number_of_queries(
    house: House, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.notifications.services.saying.MOST", 2)
    people = [bob, *(make_user(house, locale=name) for name in ("pl", "de", "es", "en"))]
    tell(house, [item.pk for item in people])
    with reading_in(house):
        notice = Notice.objects.get()
    costs = []
    with using_scope(system(house)):
        for goes_on in (True, True, False):
            with CaptureQueriesContext(connection) as captured:
                assert say_next(notice.pk) is goes_on
            costs.append(len(captured))
        assert say_next(notice.pk) is False
    assert costs[0] == costs[1]
    assert sorted(item.recipient_id for item in notifications(house)) == sorted(item.pk for item in people)


def test_only_workers_say_things(house: House, bob: User) -> None:
    tell(house, bob)
    with reading_in(house):
        notice = Notice.objects.get()
    with using_scope(house.scope()), pytest.raises(RowNotFound):
        say_next(notice.pk)
    assert notifications(house) == []


def test_unread_ones_of_a_group_are_counted_up(house: House, bob: User, carol: User) -> None:
    with clock.frozen(NOON) as frozen:
        said(house, bob, GROUPED, group=1)
        frozen.tick(timedelta(minutes=5))
        said(house, [bob.pk, carol.pk], GROUPED, group=1, number=8)
        said(house, bob, GROUPED, group=2)
    first, second = notifications(house, bob)
    assert {(item.count, item.title, item.group_key) for item in (first, second)} == {
        (2, "[en] 8", "g 1"),
        (1, "[en] 7", "g 2"),
    }
    assert {item.happened_at for item in (first, second)} == {NOON + timedelta(minutes=5)}
    assert only(house, carol).count == 1


def test_without_a_group_each_stands_alone(house: House, bob: User) -> None:
    said(house, bob)
    said(house, bob)
    assert [item.count for item in notifications(house, bob)] == [1, 1]


def test_an_expired_one_of_the_group_begins_anew(house: House, bob: User) -> None:
    with clock.frozen(NOON) as frozen:
        said(house, bob, BRIEF)
        said(house, bob, BRIEF)
        assert only(house).count == 2
        assert only(house).expires_at == NOON + timedelta(hours=2)
        frozen.tick(timedelta(hours=2))
        said(house, bob, BRIEF)
    assert (only(house).count, only(house).expires_at) == (1, NOON + timedelta(hours=4))


def test_readers_pages_hear_of_it_and_nobody_else_s(house: House, bob: User, carol: User) -> None:
    said(house, bob, LOUD)
    said(house, [bob.pk, carol.pk])
    one, two = [item for item in outbox(house.scope()) if item.name == "notifications.notification.created"]
    assert (one.payload["type"], one.payload["severity"]) == (LOUD, "error")
    assert UUID(str(one.payload["resource_id"])) in {item.pk for item in notifications(house, bob)}
    assert (one.recipients, two.payload["resource_id"]) == ([bob.pk], None)
    assert set(two.recipients or ()) == {bob.pk, carol.pk}
