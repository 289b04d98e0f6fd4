"""Commands on {{ e.things }}: what they write, announce, and give back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import LazySettings

from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import InUse
from apps.kernel.tenancy.scope import using_scope
from apps.{{ plan.id }} import events
from apps.{{ plan.id }}.services import create_{{ e.name }}, delete_{{ e.name }}, update_{{ e.name }}
from tests.kernel.events_probes import names
from tests.{{ plan.id }}.factories import (
    living_{{ e.plural }},
    make_{{ e.name }},
{% for c in e.inner %}
    make_{{ c.field.parameter.partition(".")[2] }},
{% endfor %}
{% for other, _c in e.pointing %}
    make_{{ other.name }},
{% endfor %}
    some_record,
)
{% if with_search %}
from tests.search.factories import catch_up, documents
{% endif %}
from tests.support.scopes import House

NAME = {{ e.label.value }}
OTHER_NAME = {{ e.label.other }}


@pytest.fixture
def north(house: House) -> Iterator[House]:
    with using_scope(house.scope(house.north)):
        yield house


def test_each_change_is_announced(north: House) -> None:
{% for c in e.required if c.is_reference %}
    {{ c.argument }} = {{ c.value|replace("house", "north") }}
{% endfor %}
    {{ e.name }} = create_{{ e.name }}({% for c in e.required %}{{ c.argument }}={{ "NAME" if loop.first else c.argument if c.is_reference else c.value }}{{ ", " if not loop.last }}{% endfor %})
    update_{{ e.name }}({{ e.name }}.pk, {{ e.label.argument }}=OTHER_NAME)
    delete_{{ e.name }}({{ e.name }}.pk)
    assert names(north.scope()) == [events.{{ e.constant }}_CREATED, events.{{ e.constant }}_UPDATED, events.{{ e.constant }}_DELETED]


def test_a_change_that_is_refused_leaves_everything_as_it_was(north: House) -> None:
    {{ e.name }} = make_{{ e.name }}(north, {{ e.label.argument }}=NAME)
    with pytest.raises(InvalidInput) as refusal:
        update_{{ e.name }}({{ e.name }}.pk, {{ e.label.argument }}="")
    assert [(item.field, item.code) for item in refusal.value.errors] == [("{{ e.label.argument }}", "blank")]
    assert (living_{{ e.plural }}(north), names(north.scope())) == ([NAME], [])


def test_a_deletion_is_taken_back(north: House) -> None:
    {{ e.name }} = make_{{ e.name }}(north, {{ e.label.argument }}=NAME)
    with collecting_actions() as actions:
        delete_{{ e.name }}({{ e.name }}.pk)
    assert living_{{ e.plural }}(north) == []
    undo(actions[-1])
    assert living_{{ e.plural }}(north) == [NAME]
    assert names(north.scope()) == [events.{{ e.constant }}_DELETED, events.{{ e.constant }}_RESTORED]


def test_what_is_not_there_is_not_changed(north: House) -> None:
    for missing in (uuid7(), delete_{{ e.name }}(make_{{ e.name }}(north).pk).pk):
        with pytest.raises(RowNotFound):
            update_{{ e.name }}(missing, {{ e.label.argument }}=NAME)
{% for other, c in e.pointing %}


def test_what_{{ other.plural }}_point_to_is_kept(north: House) -> None:
    {{ e.name }} = make_{{ e.name }}(north, {{ e.label.argument }}=NAME)
    make_{{ other.name }}(north, {{ c.argument }}={{ e.name }}.pk)
    with pytest.raises(InUse) as refusal:
        delete_{{ e.name }}({{ e.name }}.pk)
    assert refusal.value.context["usages"] == {"{{ plan.id }}.{{ other.model|lower }}.{{ c.argument }}": 1}
    assert living_{{ e.plural }}(north) == [NAME]
{% endfor %}
{% if with_search %}


def test_{{ e.plural }}_are_found_until_they_are_deleted(north: House, settings: LazySettings) -> None:
    settings.EXTENSIONS_DISABLED = []
{% for c in e.required if c.is_reference %}
    {{ c.argument }} = {{ c.value|replace("house", "north") }}
{% endfor %}
    {{ e.name }} = create_{{ e.name }}({% for c in e.required %}{{ c.argument }}={{ "NAME" if loop.first else c.argument if c.is_reference else c.value }}{{ ", " if not loop.last }}{% endfor %})
    catch_up()
    assert [item.title for item in documents(north, "{{ e.id }}").values()] == [NAME]
    delete_{{ e.name }}({{ e.name }}.pk)
    catch_up()
    assert documents(north, "{{ e.id }}") == {}
{% endif %}
