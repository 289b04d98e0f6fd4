"""What operators of the installation see of events: the backlog, and that something was given up."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.events.services import skip_delivery
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.sweeper import sweep
from tests.events.factories import MINTED, dead_letters, hearing, minted
from tests.support.scopes import House

pytestmark = pytest.mark.committed


def figures(kind: str) -> dict[str, float]:
    """Rows of work of the kind by state."""
    text = Client(headers={"host": "localhost:8000"}).get("/metrics").content.decode()
    lines = [line for line in text.splitlines() if line.startswith("agora_work_rows") and f'kind="{kind}"' in line]
    return {line.split('state="')[1].split('"')[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_the_backlog_and_dead_letters_are_counted(house: House) -> None:
    assert figures("kernel.relay") == {"due": 0, "parked": 0}
    with hearing():
        minted(house, 1, 2)
        assert figures("kernel.relay")["due"] == 2
        sweep("relay")
        assert figures("kernel.relay")["due"] == 0
        assert figures("kernel.delivery")["due"] == 1
        sweep("events")
    assert figures("kernel.delivery")["due"] == 0
    [letter] = dead_letters(house, 3)
    assert figures("kernel.dead_letter") == {"due": 0, "parked": 1}
    with using_scope(house.scope()):
        skip_delivery(letter.pk)
    assert figures("kernel.dead_letter") == {"due": 0, "parked": 0}


def test_figures_hold_no_name_of_an_event(house: House) -> None:
    dead_letters(house, 1)
    text = Client(headers={"host": "localhost:8000"}).get("/metrics").content.decode()
    assert MINTED not in text
    assert "the coin is bent" not in text
