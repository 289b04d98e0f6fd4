"""The index after its workers were killed at random: nothing is missing, out of date or left over."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice, product
from string import ascii_uppercase

import pytest
from django.db import connection

from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from tests.kernel.events_probes import deliveries
from tests.kernel.work_probes import process
from tests.search.factories import build_index, documents, drift_of
from tests.support.databases import admin
from tests.support.probes import create_currency, fill, remove_currency, rename_currency
from tests.support.scopes import House
from tests.support.sizes import size

pytestmark = [pytest.mark.prove, pytest.mark.committed]
CURRENCY = "currencies.currency"
KINDS = (CURRENCY, "directory.organization", "auth.user")
# As if the leases of the dead had run out, which takes half a minute each otherwise.
FREE = "UPDATE work SET due_at = now(), locked_until = NULL, owner = '' WHERE locked_until IS NOT NULL"


def changes(rounds: int, dice: random.Random) -> None:
    """Single and large changes, some of them taken back, some while the index still works on them."""
    codes = iter(["".join(letters) for letters in product(ascii_uppercase, repeat=3)])
    held = []
    for number in range(rounds):
        held.append(create_currency(next(codes)).pk)
        rename_currency(dice.choice(held), name=f"Name {number}")
        if number % 7 == 3:
            remove_currency(held.pop(dice.randrange(len(held))))
        if number % 25 == 10:
            fill(list(islice(codes, 250)))
            with scoped_transaction():
                last = Action.objects.filter(command="tests.currency.fill").latest("pk")
            if number % 50 == 10:
                undo(last.pk)


@contextmanager
def killed_at_random(house: House, dice: random.Random) -> Iterator[None]:
    """A worker that is killed and started again, by another one, until the block ends."""
    over = threading.Event()
    kills: list[int] = []

    def kill() -> None:
        while not over.is_set() or len(kills) < 2:
            with process("tests.search.indexer") as worker:
                assert worker.stdout is not None
                assert worker.stdout.readline() == "ready\n"
                time.sleep(dice.uniform(0.05, 0.6))
                worker.kill()
                kills.append(worker.pid)
            with admin(str(connection.settings_dict["NAME"])) as session:
                session.execute(FREE)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()
    assert len(kills) >= 2


def test_an_index_whose_workers_are_killed_misses_nothing(house: House) -> None:
    dice = random.Random(4711)  # noqa: S311
    build_index(house)
    with using_scope(house.scope(house.north)), killed_at_random(house, dice):
        changes(size(60, 600), dice)
        time.sleep(size(4, 20))
    with ExitStack() as stack:
        stack.enter_context(process("tests.search.indexer"))
        deadline = time.monotonic() + 120
        while Work.objects.filter(parked_at__isnull=True).exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    assert [item.status for item in deliveries(house.scope()) if item.status != "delivered"] == []
    found = {kind: drift_of(house, kind) for kind in KINDS}
    assert {kind: drift.total for kind, drift in found.items()} == dict.fromkeys(KINDS, 0)
    assert len(documents(house, CURRENCY)) == found[CURRENCY].records > 250
