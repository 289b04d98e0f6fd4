"""Back office pages of {{ plan.things }}."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.directory.callers import client_of, member
from tests.{{ plan.id }}.factories import (
{% for e in plan.entities %}
    living_{{ e.plural }},
    make_{{ e.name }},
{% endfor %}
    some_record,
)
from tests.support.scopes import House


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "{{ plan.id }}.*"), organization=house.north)
{% for e in plan.entities %}


def test_{{ e.one|replace(" ", "_") }}_is_added_by_hand(manager: Client, house: House) -> None:
    pages = "/backend/{{ plan.id }}/{{ e.model|lower }}/"
    assert manager.get(f"{pages}add/").status_code == 200
    form = {
{% for c in e.required %}
{% if c.field.kind == "datetime" %}
        "{{ c.attribute }}": "2026-03-01T12:00",
{% elif c.is_reference %}
        "{{ c.attribute }}": {{ c.sent }},
{% else %}
        "{{ c.attribute }}": {{ c.sent|as_entered }},
{% endif %}
{% endfor %}
    }
    answer = manager.post(f"{pages}add/", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert living_{{ e.plural }}(house) == [{{ e.label.value }}]


def test_{{ e.plural }}_are_shown_and_deleted_by_hand(manager: Client, house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house, {{ e.label.argument }}={{ e.label.value }})
    pages = "/backend/{{ plan.id }}/{{ e.model|lower }}/"
    page = f"{pages}{ {{- e.name }}.pk}/"
    assert f"{page}change/" in manager.get(pages).content.decode()
    assert 'value={{ e.label.value }}' in manager.get(f"{page}change/").content.decode()
    assert manager.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert living_{{ e.plural }}(house) == []


def test_who_may_only_look_at_{{ e.plural }}_finds_no_form(house: House) -> None:
    reader = client_of(member(house, "{{ plan.id }}.{{ e.plural }}.view"), organization=house.north)
    assert reader.get("/backend/{{ plan.id }}/{{ e.model|lower }}/").status_code == 200
    assert reader.get("/backend/{{ plan.id }}/{{ e.model|lower }}/add/").status_code == 403
{% endfor %}
