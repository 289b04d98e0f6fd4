"""Declarations of events and subscribers: names, patterns, payloads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.commands.errors import NoRunningCommand
from apps.kernel.eventbus.declarations import EVENTS, Lifecycle, event, lifecycle_name
from apps.kernel.eventbus.patterns import matches
from apps.kernel.eventbus.payloads import LARGEST, RecordChanged, decoded, encoded
from apps.kernel.eventbus.subscribing import SUBSCRIBERS, subscribe
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.store import AlreadyRegistered
from apps.kernel.tenancy.wall import wall_of
from tests.kernel.events_probes import MINTED


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("sales.order.confirmed", "sales.order.confirmed", True),
        ("sales.order.confirmed", "sales.order.cancelled", False),
        ("sales.*.confirmed", "sales.order.confirmed", True),
        ("sales.*", "sales.order.confirmed", False),
        ("sales.*.*", "sales.order.confirmed", True),
        ("*.*.created", "sales.order.created", True),
        ("*.*.created", "sales.order.line.created", False),
        ("sales.**", "sales.order.confirmed", True),
        ("sales.**", "sales", True),
        ("sales.**", "salesforce.order.confirmed", False),
        ("**", "sales.order.confirmed", True),
        ("**.created", "sales.order.created", True),
        ("**.created", "created", True),
        ("**.created", "sales.order.recreated", False),
        ("sales.**.created", "sales.created", True),
        ("sales.**.created", "sales.order.line.created", True),
        ("sales.**.created", "sales.order.updated", False),
    ],
)
def test_patterns(pattern: str, name: str, covered: bool) -> None:
    assert matches(pattern, name) is covered


SEGMENT = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)


@given(st.lists(SEGMENT, min_size=1, max_size=5))
def test_a_name_covers_itself_and_stars_in_its_place(segments: list[str]) -> None:
    name = ".".join(segments)
    assert matches(name, name)
    assert matches("**", name)
    assert matches(".".join("*" for _ in segments), name)
    assert not matches(".".join("*" for _ in [*segments, ""]), name)


@pytest.mark.parametrize(
    "pattern", ["", ".", "sales..order", "Sales.order", "sales.o*", "sales.", "***", "sales.order "]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="no pattern"):
        subscribe(pattern, id="tests.refused")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"pattern": "catalog.pricing.resolve.before"}, "hooks"),
        ({"ordered_by": "name", "persistent": True}, "entity_id"),
        ({"ordered_by": "entity_id"}, "only a persistent subscriber can be ordered"),
        ({"together": True}, "only a persistent subscriber takes"),
        ({"together": True, "persistent": True, "ordered_by": "entity_id"}, "one event at a time"),
    ],
)
def test_combinations_that_cannot_be_are_refused(options: dict[str, Any], complaint: str) -> None:
    values = {"pattern": "tests.coin.minted", **options}
    with pytest.raises(ValueError, match=complaint):
        subscribe(values.pop("pattern"), id="tests.refused", **values)
    assert "tests.refused" not in SUBSCRIBERS


@pytest.mark.parametrize("name", ["minted", "coin.minted", "Tests.coin.minted", "tests.coin.*", "tests..minted"])
def test_a_name_says_module_thing_and_what_happened(name: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        event(name, payload=RecordChanged)


def test_a_name_is_declared_once() -> None:
    with pytest.raises(AlreadyRegistered):
        event("tests.coin.minted", payload=RecordChanged)


def test_every_audited_kind_of_record_has_its_lifecycle() -> None:
    kinds = [item.id for item in ENTITIES.values() if wall_of(item.model).audited]
    assert "currencies.currency" in kinds
    missing = {lifecycle_name(kind, verb) for kind in kinds for verb in Lifecycle} - set(EVENTS)
    assert missing == set()


def test_nobody_emits_a_lifecycle_event_or_outside_a_command() -> None:
    with pytest.raises(TypeError, match="row images"):
        EVENTS["currencies.currency.created"].emit(resource_id=uuid4())
    with pytest.raises(NoRunningCommand):
        MINTED.emit(resource_id=uuid4(), pieces=1)


@dataclass(frozen=True)
class Facts:
    id: UUID
    amount: Decimal
    day: date
    tags: tuple[str, ...] = ()
    more: dict[str, int] = field(default_factory=dict)
    note: str | None = None


@given(st.builds(Facts, amount=st.decimals(allow_nan=False, allow_infinity=False), tags=st.lists(st.text()).map(tuple)))
def test_a_payload_comes_back_as_it_went(facts: Facts) -> None:
    assert decoded(Facts, encoded(facts)) == facts


def test_facts_of_another_release_are_read_as_far_as_they_go() -> None:
    facts = {**encoded(RecordChanged(uuid4(), version=3)), "colour": "red"}
    del facts["cause"], facts["id"]
    found = decoded(RecordChanged, facts)
    assert (found.version, found.id, str(found.id)) == (3, found.resource_id, facts["resource_id"])


def test_a_row_is_no_payload() -> None:
    with pytest.raises(ValueError, match="not a fact"):
        encoded(RecordChanged(uuid4(), changed=("x" * LARGEST,)))
    with pytest.raises(TypeError, match="float"):
        encoded(Facts(uuid4(), 1.5, date(2026, 1, 1)))  # type: ignore[arg-type]
