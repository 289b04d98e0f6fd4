"""Events on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.kernel import clock
from tests.events.factories import PROBE, dead_letters, hearing, minted, states, told
from tests.kernel.events_probes import run_all
from tests.support.scopes import House

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lines(*words: Any) -> list[str]:
    out = StringIO()
    call_command("events", *map(str, words), stdout=out)
    return out.getvalue().splitlines()


def test_declared_events_are_listed(house: House) -> None:
    assert "currencies.currency.created  lifecycle, staff  Currency: created" in lines("list")
    assert lines("list", "--module", "kernel") == ["kernel.table.loaded  custom, none  Tables were loaded"]


def test_subscribers_are_listed(house: House) -> None:
    with hearing(ordered_by="entity_id"):
        assert f"{PROBE}  tests.coin.minted  persistent, ordered" in lines("subscribers")


def test_dead_letters_are_counted_by_tenant_and_listed_for_one(house: House, other_house: House) -> None:
    with clock.frozen(NOON):
        first, second = dead_letters(house, 1, 2)
        dead_letters(other_house, 1)
    assert set(lines("dead")) == {
        f"{house.tenant.pk}  2 since 2026-03-01 12:00",
        f"{other_house.tenant.pk}  1 since 2026-03-01 12:00",
    }
    told_of = f"{PROBE}  tests.coin.minted  kernel.work.permanent: the coin is bent"
    assert lines("dead", "--tenant", house.tenant.pk) == [f"{first.pk}  {told_of}", f"{second.pk}  {told_of}"]


def test_the_dead_letters_of_a_subscriber_are_replayed(house: House, other_house: House) -> None:
    dead_letters(house, 1, 2)
    dead_letters(other_house, 3)
    with hearing() as hearer:
        said = lines("replay", "--tenant", house.root.slug, "--subscriber", PROBE)
        assert said == ["On their way: 2 deliveries."]
        run_all()
    assert (hearer.seen, states(house), states(other_house)) == ([1, 2], ["delivered"] * 2, ["dead"])


def test_a_period_is_replayed(house: House) -> None:
    with clock.frozen(NOON) as frozen:
        minted(house, 1)
        frozen.tick(timedelta(days=2))
        minted(house, 2)
    with hearing() as hearer:
        period = ("--start", "2026-03-01", "--end", "2026-03-02T00:00+00:00", "--pattern", "tests.**")
        said = lines("replay", "--tenant", house.tenant.pk, "--subscriber", PROBE, *period)
        assert said == ["On their way: 1 deliveries."]
        run_all()
    assert hearer.seen == [1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("replay", "--tenant", "nobody", "--subscriber", PROBE), "There is no tenant nobody"),
        (("dead", "--tenant", "01a2218b-8df3-7235-a97d-f3fd6fa770d3"), "There is no tenant"),
        (("replay", "--tenant", "{house}", "--subscriber", PROBE, "--start", "2026-03-01"), "a --start and an --end"),
        (("replay", "--tenant", "{house}", "--subscriber", PROBE, "--start", "soon", "--end", "later"), "no moment"),
        (
            ("replay", "--tenant", "{house}", "--subscriber", "nobody", "--start", "2026-03-01", "--end", "2026-03-02"),
            "There is no such subscriber",
        ),
        (("replay", "--tenant", "{house}", "--subscriber", PROBE), "No installed module has the subscriber"),
    ],
)
def test_what_cannot_be_done_is_said(house: House, words: tuple[str, ...], complaint: str) -> None:
    dead_letters(house, 1)
    with pytest.raises(CommandError, match=complaint):
        lines(*(item.format(house=house.tenant.pk) for item in words))
    assert [item.status for item in told(house)] == ["dead"]
