"""Every kind of extension: order, features, switching off, replacing. One table for all of them."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from apps.kernel.commands.guards import GUARDS, GuardEntry
from apps.kernel.extensions.checks import check_extensions
from apps.kernel.extensions.figures import FIGURES, Figures
from apps.kernel.extensions.menu import MENU, MenuItem
from apps.kernel.extensions.spots import WIDGETS, Widget
from apps.kernel.registry.points import POINTS, BadOverride
from apps.kernel.registry.store import AlreadyRegistered
from tests.directory.callers import client_of, member
from tests.kernel.extensions_probes import KINDS, Kind, Ran, declared
from tests.support.scopes import House

FRONT = "tests.kernel.extensions_probes.to_the_front"


def ran(house: House, kind: Kind, *, holds: bool = True, **settings: Any) -> Ran:
    """Ids of the probes that ran: two of one priority, one of a higher one, and one for holders of a feature."""
    found: Ran = []
    entries = [kind.make(f"probes.{name}", found) for name in ("b", "a", "high", "gated")]
    entries[2] = replace(entries[2], priority=10)
    entries[3] = replace(entries[3], priority=20, features=("shelf.books.view", "audit_logs.undo_self"))
    user = member(house, "shelf.*", "dashboards.view", "catalog.products.view", *(["audit_logs.*"] if holds else []))
    with declared(kind.point, *entries), override_settings(**settings):
        kind.run(house, client_of(user, organization=house.root), found)
    return [name.removeprefix("probes.") for name in found]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_extensions_run_in_one_order(house: House, kind: Kind) -> None:
    lower_first = kind.point.lower_first
    assert ran(house, kind) == (["a", "b", "high", "gated"] if lower_first else ["gated", "high", "a", "b"])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_whoever_lacks_a_feature_does_not_meet_what_asks_for_it(house: House, kind: Kind) -> None:
    assert sorted(ran(house, kind, holds=False)) == ["a", "b", "high"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_off_does_not_run(house: House, kind: Kind) -> None:
    assert sorted(ran(house, kind, EXTENSIONS_DISABLED=["probes.high", "probes.a"])) == ["b", "gated"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_replaced_runs_as_the_replacement_says(house: House, kind: Kind) -> None:
    assert ran(house, kind, EXTENSION_OVERRIDES={"probes.b": FRONT})[0] == "b"


def test_the_table_covers_every_kind() -> None:
    assert set(KINDS) == set(POINTS) - {"hook handler"}  # test_events_hooks.py has those


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_id_is_taken_once_and_names_its_module(kind: Kind) -> None:
    entry = kind.make("probes.twice", [])
    with declared(kind.point, entry):
        with pytest.raises(AlreadyRegistered):
            kind.point.add(entry.id, entry)
        for bad in ("probes", ".name", "probes.", "probes.*"):
            with pytest.raises(ValueError, match="<module>"):
                kind.point.add(bad, entry)


@override_settings(EXTENSION_OVERRIDES={"probes.item": "tests.kernel.extensions_probes.another_id"})
def test_a_replacement_keeps_the_id() -> None:
    with declared(MENU, MenuItem("probes.item", "Item", "/")):
        with pytest.raises(BadOverride):
            MENU.in_force()
        assert [message.id for message in check_extensions(None)] == ["kernel.E041"]


@override_settings(
    EXTENSIONS_DISABLED=["kernel.work.fence", "probes.unknown"], EXTENSION_OVERRIDES={"kernel.work.fence": FRONT}
)
def test_no_setting_reaches_what_the_house_cannot_do_without() -> None:
    assert GUARDS["kernel.work.fence"] in GUARDS.in_force()
    assert [message.id for message in check_extensions(None)] == ["kernel.E040", "kernel.W040", "kernel.E040"]


def test_checks_name_what_cannot_work() -> None:
    lost = Widget("probes.lost", "crud-form:shelf.book:nowhere", "shelf/nothing.html", features=("shelf.nothing",))
    with declared(WIDGETS, lost):
        found = [message.id for message in check_extensions(None)]
    assert found == ["kernel.E042", "kernel.E043", "kernel.E044"]
    assert check_extensions(None) == []


def test_figures_name_fields_that_there_are() -> None:
    with declared(FIGURES, Figures("probes.lost", "shelf.book", (), ("created_at",), groups=("colour",))):
        assert [message.id for message in check_extensions(None)] == ["kernel.E056"]


def test_an_id_belongs_to_one_kind() -> None:
    with declared(MENU, MenuItem("directory.tree_lock", "Lock", "/")):
        assert [message.id for message in check_extensions(None)] == ["kernel.E045"]


@override_settings(EXTENSIONS_DISABLED=["probes.one"], EXTENSION_OVERRIDES={"probes.two": FRONT})
def test_the_command_lists_all_with_what_the_settings_make_of_them() -> None:
    guards = [GuardEntry(f"probes.{name}", "*", 5, lambda call: None) for name in ("one", "two")]
    text = StringIO()
    with declared(GUARDS, *guards):
        call_command("extensions", "--kind", "command guard", stdout=text)
        off = StringIO()
        call_command("extensions", "--off", stdout=off)
    lines = [line for line in text.getvalue().splitlines() if "probes" in line or "fence" in line]
    assert lines == [
        "command guard\t-1000\tkernel.work.fence\t*\t-\tessential",
        "command guard\t5\tprobes.one\t*\t-\toff",
        f"command guard\t5\tprobes.two\t*\t-\treplaced by {FRONT}",
    ]
    assert off.getvalue() == "command guard\t5\tprobes.one\t*\t-\toff\n"


def test_pages_are_menu_items_with_ids() -> None:
    assert {"shelf.book", "auth.apikey", "auth.api_docs"} <= {item.id for item in MENU.everything()}
