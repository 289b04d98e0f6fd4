"""The examples of docs/how-to/events.md do what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.lanes import LANES, connect_subscribers
from apps.kernel.eventbus.subscribing import SUBSCRIBERS
from apps.kernel.registry.features import FEATURES, feature
from apps.kernel.registry.store import Registry
from apps.kernel.tenancy.scope import using_scope
from tests.events.factories import told
from tests.kernel.events_probes import outbox, run_all
from tests.support.scopes import House

pytestmark = pytest.mark.committed
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "events.md"
BLOCKS = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Bakery:
    """What the examples call, and how often."""

    def __init__(self) -> None:
        self.called: list[tuple[str, Any]] = []
        self.names: dict[str, Any] = {
            "light": lambda loaf: self.called.append(("light", loaf)),
            "add_to_stock": lambda loaf, grams: self.called.append(("stock", (loaf, grams))),
            "reprice": lambda loaf, grams: self.called.append(("price", grams)),
            "note": lambda loaves: self.called.append(("note", tuple(loaves))),
        }

    def of(self, name: str) -> list[Any]:
        """What one of them was called with."""
        return [given for called, given in self.called if called == name]


@pytest.fixture
def bakery() -> Iterator[Bakery]:
    """The page's module."""
    found = Bakery()
    registries: tuple[Registry[Any], ...] = (COMMANDS, EVENTS, FEATURES, SUBSCRIBERS)
    before = [set(registry) for registry in registries]
    feature("bakery.loaves.manage")
    feature("stock.manage")
    for block in BLOCKS.findall(PAGE.read_text()):
        exec(compile(block, PAGE.name, "exec", dont_inherit=True), found.names)  # noqa: S102 - it is our own page
    connect_subscribers()
    yield found
    found.names["LOAF_BAKED"].signal.receivers.clear()
    for registry, old in zip(registries, before, strict=True):
        for name in set(registry) - old:
            registry.remove(name)


def test_the_examples_do_what_the_page_says(house: House, bakery: Bakery) -> None:
    first, second = uuid4(), uuid4()
    loaves: list[tuple[UUID, int]] = [(first, 500), (second, 750), (first, 480)]
    with using_scope(house.scope()):
        for loaf, grams in loaves:
            bakery.names["bake_loaf"](loaf, grams=grams)
    assert LANES.settle()
    assert bakery.of("light") == [first, second, first]
    assert [item.name for item in outbox(house.scope())] == ["bakery.loaf.baked"] * 3
    run_all(rounds=3)
    assert sorted(bakery.of("stock")) == sorted(loaves)
    assert [grams for grams in bakery.of("price") if grams != 750] == [500, 480]
    assert bakery.of("note") == [(first, second, first)]
    assert {(item.subscriber, item.status) for item in told(house)} == {
        ("stock.count", "delivered"),
        ("prices.follow", "delivered"),
        ("search.note", "delivered"),
    }
