"""What those who look after offers and prices are told ahead of time: in their own organization, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from apps.auth.models import User
from apps.catalog.models import OfferKind, SentNotice
from apps.catalog.services.telling import TELL, schedule_telling
from apps.kernel import clock
from apps.kernel.clock import FrozenClock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Schedule
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from tests.catalog.factories import make_kind, make_offer, make_price, make_price_list, make_product
from tests.directory.callers import member
from tests.notifications.notices import notifications
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed
MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
TOMORROW, LATER = MONDAY + timedelta(days=1), MONDAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def monday() -> Iterator[FrozenClock]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


@pytest.fixture
def carol(house: House) -> User:
    return member(house, "catalog.*", name="Carol")


def look(house: House) -> None:
    """Have a worker look, as it does every morning, and say what is to be said."""
    with using_scope(house.scope(house.north)), scoped_transaction():
        enqueue(TELL, house.tenant.pk)
    sweep("work")
    sweep("work")


def said(house: House, user: User) -> list[tuple[str, str]]:
    return [(row.type.removeprefix("catalog."), row.title) for row in notifications(house, user)]


def test_promotions_of_tomorrow_and_lists_of_this_week_are_told(house: House, carol: User) -> None:
    shirt = make_product(house)
    begins = make_offer(house, shirt, TOMORROW, LATER)
    make_price(house, shirt, make_kind(house), offer=begins)
    make_offer(house, shirt, MONDAY - timedelta(days=9), TOMORROW, title="Old sale")
    make_price_list(house, valid_until=MONDAY + timedelta(days=6))
    look(house)
    assert sorted(said(house, carol)) == [
        ("offer_begins", "Sale begins: Shirt"),
        ("offer_ends", "Old sale ends: Shirt"),
        ("price_list_ends", "The price list Wholesale runs out"),
    ]
    [first] = [row for row in notifications(house, carol) if row.type == "catalog.offer_begins"]
    assert "2026-12-01 " in first.body
    assert "1 prices" in first.body


def test_what_is_over_far_off_or_out_of_use_is_not(house: House, carol: User) -> None:
    shirt = make_product(house)
    make_offer(house, shirt, MONDAY - timedelta(days=9), MONDAY)
    make_offer(house, shirt, MONDAY + timedelta(days=3), LATER)
    make_offer(house, shirt, TOMORROW, LATER, is_active=False)
    make_offer(house, shirt, TOMORROW, LATER, deleted_at=MONDAY)
    make_offer(house, shirt, TOMORROW, LATER, kind=OfferKind.LISTING, channel_id=shirt.pk)
    make_price_list(house, valid_until=MONDAY + timedelta(days=8))
    make_price_list(house, valid_until=MONDAY)
    look(house)
    assert said(house, carol) == []


def test_it_is_told_once_unless_the_moment_is_another(house: House, carol: User, monday: FrozenClock) -> None:
    offer = make_offer(house, make_product(house), TOMORROW, LATER)
    look(house)
    look(house)
    assert len(said(house, carol)) == 1
    with seeding(house.scope(house.north)):
        offer.starts_at = TOMORROW + timedelta(hours=1)
        offer.save(update_fields=["starts_at"])
        assert SentNotice.objects.count() == 1
    look(house)
    assert len(said(house, carol)) == 2


def test_only_those_who_manage_them_are_told(house: House, carol: User) -> None:
    reader = member(house, "catalog.offers.view", name="Reader")
    pricer = member(house, "catalog.pricing.manage", name="Pricer")
    make_offer(house, make_product(house), TOMORROW, LATER)
    make_price_list(house, valid_until=TOMORROW)
    look(house)
    assert (said(house, reader), [kind for kind, _title in said(house, pricer)]) == ([], ["price_list_ends"])


def test_a_tenant_has_one_schedule_in_its_own_time(house: House) -> None:
    with seeding(house.scope()):
        schedule_telling(house.tenant.pk)
        schedule_telling(house.tenant.pk)
        [row] = Schedule.objects.filter(kind=TELL)
    assert (row.cron, row.ref_id, row.time_zone) == ("0 6 * * *", house.tenant.pk, house.tenant.time_zone)
