"""Commands on tax classes: what they write, announce, and give back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.conf import LazySettings

from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.sales import events
from apps.sales.services import create_tax_class, delete_tax_class, update_tax_class
from tests.kernel.events_probes import names
from tests.sales.factories import living_tax_classes, make_tax_class
from tests.search.factories import catch_up, documents
from tests.support.scopes import House

NAME = "Name"
OTHER_NAME = "Name, changed"


@pytest.fixture
def north(house: House) -> Iterator[House]:
    with using_scope(house.scope(house.north)):
        yield house


def test_each_change_is_announced(north: House) -> None:
    tax_class = create_tax_class(name=NAME, code="code", rate=Decimal("19.9000"))
    update_tax_class(tax_class.pk, name=OTHER_NAME)
    delete_tax_class(tax_class.pk)
    assert names(north.scope()) == [events.TAX_CLASS_CREATED, events.TAX_CLASS_UPDATED, events.TAX_CLASS_DELETED]


def test_a_change_that_is_refused_leaves_everything_as_it_was(north: House) -> None:
    tax_class = make_tax_class(north, name=NAME)
    with pytest.raises(InvalidInput) as refusal:
        update_tax_class(tax_class.pk, name="")
    assert [(item.field, item.code) for item in refusal.value.errors] == [("name", "blank")]
    assert (living_tax_classes(north), names(north.scope())) == ([NAME], [])


def test_a_deletion_is_taken_back(north: House) -> None:
    tax_class = make_tax_class(north, name=NAME)
    with collecting_actions() as actions:
        delete_tax_class(tax_class.pk)
    assert living_tax_classes(north) == []
    undo(actions[-1])
    assert living_tax_classes(north) == [NAME]
    assert names(north.scope()) == [events.TAX_CLASS_DELETED, events.TAX_CLASS_RESTORED]


def test_what_is_not_there_is_not_changed(north: House) -> None:
    for missing in (uuid7(), delete_tax_class(make_tax_class(north).pk).pk):
        with pytest.raises(RowNotFound):
            update_tax_class(missing, name=NAME)


def test_tax_classes_are_found_until_they_are_deleted(north: House, settings: LazySettings) -> None:
    settings.EXTENSIONS_DISABLED = []
    tax_class = create_tax_class(name=NAME, code="code", rate=Decimal("19.9000"))
    catch_up()
    assert [item.title for item in documents(north, "sales.tax_class").values()] == [NAME]
    delete_tax_class(tax_class.pk)
    catch_up()
    assert documents(north, "sales.tax_class") == {}
