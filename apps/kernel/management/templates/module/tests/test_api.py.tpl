"""{{ e.things|sentence }} over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.kernel.ids import uuid7
from apps.{{ plan.id }}.models import {{ e.model }}
from tests.directory.callers import client_of, complaints, member, send
from tests.{{ plan.id }}.factories import (
    {{ e.name }}_body,
    living_{{ e.plural }},
    make_{{ e.name }},
{% for c in e.inner %}
    make_{{ c.field.parameter.partition(".")[2] }},
{% endfor %}
    some_record,
)
from tests.support.scopes import House

LIST = "/api/{{ plan.id }}/{{ e.address }}/"
NAME = {{ e.label.value }}
OTHER_NAME = {{ e.label.other }}


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "{{ plan.id }}.{{ e.plural }}.manage"), organization=house.north)


def at({{ e.name }}: {{ e.model }}) -> str:
    return f"{LIST}{ {{- e.name }}.pk}/"
{% if e.required|length > 1 %}


def least(house: House) -> dict[str, Any]:
    """A body that holds what {{ e.one }} cannot do without."""
    body = {{ e.name }}_body(house)
    return {name: body[name] for name in {{ e.required|map(attribute="argument")|as_tuple }}}
{% else %}


def least(house: House) -> dict[str, Any]:
    """A body that holds what {{ e.one }} cannot do without."""
    return {"{{ e.label.argument }}": NAME}
{% endif %}


def test_what_is_sent_is_kept_and_shown(manager: Client, house: House) -> None:
    body = {{ e.name }}_body(house)
    answer = send(manager, "post", LIST, body)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in body} == body
    shown = manager.get(answer.headers["Location"]).json()
    assert {name: shown[name] for name in body} == body
    assert shown["version"] == 1


def test_what_may_be_left_out_is_empty(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, least(house))
    assert answer.status_code == 201
{% for c in e.columns if not c.is_required and c.field.parameter not in absent %}
    assert answer.json()["{{ c.argument }}"] {{ "is" if c.default in ("None", "False") else "==" }} {{ c.default }}
{% endfor %}
    assert living_{{ e.plural }}(house) == [NAME]


def test_what_is_needed_is_asked_for_at_once(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {})
    wanted = {{ "{" }}{% for c in e.required %}"{{ c.argument }}": "required"{{ ", " if not loop.last }}{% endfor %}{{ "}" }}
    assert (answer.status_code, complaints(answer)) == (400, wanted)
    assert complaints(send(manager, "post", LIST, {**least(house), "{{ e.label.argument }}": ""})) == {"{{ e.label.argument }}": "blank"}
    assert living_{{ e.plural }}(house) == []


def test_all_complaints_come_at_once_and_nothing_is_written(manager: Client, house: House) -> None:
    body = {
{% for c in e.columns if c.field.parameter not in absent %}
        "{{ c.argument }}": {{ c.wrong }},
{% endfor %}
        "no_such_field": 1,
    }
    answer = send(manager, "post", LIST, body)
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
{% for c in e.columns if c.field.parameter not in absent %}
            "{{ c.argument }}": "{{ c.complaint }}",
{% endfor %}
            "no_such_field": "unknown",
        },
    )
    assert living_{{ e.plural }}(house) == []


def test_a_change_touches_what_it_names(manager: Client, house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house, {{ e.label.argument }}=NAME)
    before = manager.get(at({{ e.name }})).json()
    answer = send(manager, "patch", at({{ e.name }}), {"{{ e.label.argument }}": OTHER_NAME})
    after = {**before, "{{ e.label.argument }}": OTHER_NAME, "version": 2, "updated_at": answer.json()["updated_at"]}
    assert (answer.status_code, answer.json()) == (200, after)


def test_every_field_can_be_changed(manager: Client, house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house, {{ e.label.argument }}=NAME)
    body = {
{% for c in e.columns if c.field.parameter not in absent %}
        "{{ c.argument }}": {{ c.sent_other }},
{% endfor %}
    }
    answer = send(manager, "patch", at({{ e.name }}), body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


def test_a_change_of_what_somebody_else_has_changed_is_refused(manager: Client, house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house, {{ e.label.argument }}=NAME)
    assert send(manager, "patch", at({{ e.name }}), {"{{ e.label.argument }}": OTHER_NAME}).status_code == 200
    answer = send(manager, "patch", at({{ e.name }}), {"{{ e.label.argument }}": NAME}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["changed_fields"]) == (412, ["{{ e.label.argument }}"])
    assert living_{{ e.plural }}(house) == [OTHER_NAME]


def test_what_is_deleted_is_not_there(manager: Client, house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house)
    assert send(manager, "delete", at({{ e.name }})).status_code == 204
    assert send(manager, "get", at({{ e.name }})).status_code == 404
    assert send(manager, "patch", at({{ e.name }}), {"{{ e.label.argument }}": OTHER_NAME}).status_code == 404
    assert manager.get(LIST).json()["count"] == 0
{% for c in e.unique %}


def test_{{ c.argument }}_is_there_once(manager: Client, house: House) -> None:
    {{ c.argument }} = {{ c.value if c.value == c.sent else c.sent }}
    body = {**least(house), "{{ c.argument }}": {{ c.argument }}}
    assert send(manager, "post", LIST, body).status_code == 201
{% for other in e.unique if other.argument != c.argument and other.is_required %}
    body["{{ other.argument }}"] = {{ other.sent_other }}
{% endfor %}
    answer = send(manager, "post", LIST, body)
    assert (answer.status_code, answer.json()["code"], complaints(answer)) == (
        409,
        "kernel.duplicate",
        {"{{ c.argument }}": "kernel.duplicate"},
    )
    assert len(living_{{ e.plural }}(house)) == 1


def test_{{ c.argument }}_of_what_is_deleted_can_be_used_again(manager: Client, house: House) -> None:
    body = {**least(house), "{{ c.argument }}": {{ c.sent }}}
    made = send(manager, "post", LIST, body)
    assert send(manager, "delete", made.headers["Location"]).status_code == 204
    assert send(manager, "post", LIST, body).status_code == 201
{% endfor %}
{% if custom_fields %}


def test_a_custom_field_that_nobody_has_defined_is_refused(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {**least(house), "custom_fields": {"no_such_key": 1}})
    assert (answer.status_code, complaints(answer)) == (400, {"custom_fields.no_such_key": "unknown"})
    assert living_{{ e.plural }}(house) == []
{% endif %}
{% for name in e.loose_amounts %}


def test_{{ name }}_has_its_currency(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {**least(house), "{{ name }}": "1.00"})
    assert (answer.status_code, complaints(answer)) == (400, {"{{ name }}_currency": "kernel.money.incomplete"})
    answer = send(manager, "post", LIST, {**least(house), "{{ name }}_currency": "EUR"})
    assert (answer.status_code, complaints(answer)) == (400, {"{{ name }}": "kernel.money.incomplete"})
    assert living_{{ e.plural }}(house) == []
{% endfor %}
{% for c in e.columns if c.is_reference and c.field.parameter not in absent %}


def test_{{ c.argument }}_points_to_something(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {**least(house), "{{ c.argument }}": str(uuid7())})
    assert (answer.status_code, complaints(answer)) == (400, {"{{ c.argument }}": "kernel.reference.unknown"})
    assert living_{{ e.plural }}(house) == []
{% endfor %}


def test_a_list_is_searched_and_narrowed(manager: Client, house: House) -> None:
    make_{{ e.name }}(house, {{ e.label.argument }}="Needle")
    make_{{ e.name }}(house, {{ e.label.argument }}="Hay")
    for query in ("q=needl", "{{ e.label.argument }}=Needle", "{{ e.label.argument }}__icontains=EED"):
        found = manager.get(f"{LIST}?{query}").json()["results"]
        assert [row["{{ e.label.argument }}"] for row in found] == ["Needle"], query


def test_who_may_only_look_does_not_write(house: House) -> None:
    reader = client_of(member(house, "{{ plan.id }}.{{ e.plural }}.view"), organization=house.north)
    {{ e.name }} = make_{{ e.name }}(house, {{ e.label.argument }}=NAME)
    assert reader.get(LIST).json()["count"] == 1
    for method in ("patch", "delete"):
        answer = send(reader, method, at({{ e.name }}), {} if method == "patch" else None)
        assert (answer.status_code, answer.json()["feature"]) == (403, "{{ plan.id }}.{{ e.plural }}.manage")
    assert living_{{ e.plural }}(house) == [NAME]


def test_others_find_nothing(house: House, other_house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house)
    charlie = client_of(member(other_house, "{{ plan.id }}.*", name="Charlie"), organization=other_house.north)
    assert charlie.get(LIST).json()["results"] == []
    assert charlie.get(at({{ e.name }})).json() == charlie.get(f"{LIST}{uuid7()}/").json()
    assert send(charlie, "delete", at({{ e.name }})).status_code == 404
{% if not plan.is_of_tenant %}


def test_another_organization_is_not_in_sight(house: House) -> None:
    {{ e.name }} = make_{{ e.name }}(house)
    southerner = client_of(member(house, "{{ plan.id }}.*"), organization=house.south)
    assert southerner.get(LIST).json()["results"] == []
    assert send(southerner, "get", at({{ e.name }})).status_code == 404
{% endif %}
