"""Deletions beside writers who have not committed: nobody is left pointing to a record that went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from apps.currencies.services import create_currency
from apps.customers.models import Stage
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.references.usages import InUse
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import using_scope
from tests.entities.factories import make_field
from tests.support.crowds import wait_until_it_waits
from tests.support.scopes import House, reading, seeding

pytestmark = pytest.mark.committed


def itself(row_id: UUID) -> UUID:
    """The record that the command is about."""
    return row_id


def first_stage(pipeline_id: UUID) -> UUID:
    """A stage that goes with its pipeline."""
    stage: Stage = Stage.objects.filter(pipeline=pipeline_id).order_by("pk")[0]
    return stage.pk


# A relation leads to the kind; the name of the command's argument is the only one that its example gives.
RACED = [
    ("entities.record.delete", "entities.record", itself),
    ("attachments.attachment.delete", "attachments.attachment", itself),
    ("webhooks.webhook.delete", "webhooks.webhook", itself),
    ("webhooks.endpoint.delete", "webhooks.endpoint", itself),
    ("dictionaries.dictionary.delete", "dictionaries.dictionary", itself),
    ("customers.pipeline.delete", "customers.stage", first_stage),
]


def ended(house: House, command_id: str, arguments: Mapping[str, Any]) -> object:
    """What comes of the command in a connection of its own."""
    try:
        with using_scope(house.scope(house.north)):
            return execute(COMMANDS[command_id], (), dict(arguments))
    except InUse as refusal:
        return refusal
    finally:
        connections.close_all()


@pytest.mark.parametrize(("command_id", "kind", "row_of"), RACED, ids=[case[0] for case in RACED])
def test_a_deletion_waits_for_who_points_to_the_record_and_is_refused(
    house: House, command_id: str, kind: str, row_of: Callable[[UUID], UUID]
) -> None:
    make_field(house, "partner", "relation", target=kind)
    example = COMMANDS[command_id].example
    assert example is not None
    scope = house.scope(house.north)
    with using_scope(scope), ThreadPoolExecutor(1) as pool:
        arguments = example(scope)
        with seeding():
            [row_id] = arguments.values()
            create_currency(code="CHF", custom_fields={"partner": str(row_of(row_id))})
            pending = pool.submit(ended, house, command_id, arguments)
            wait_until_it_waits(pending)
        refusal = pending.result(timeout=20)
    assert isinstance(refusal, InUse), refusal
    assert refusal.context["usages"] == {"currencies.currency.custom.partner": 1}
    with reading(scope):
        assert ENTITIES[kind].living().filter(pk=row_of(row_id)).exists()
