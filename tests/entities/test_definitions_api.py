"""Definitions of custom fields over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.currencies.models import Currency
from apps.entities.models import FieldDefinition
from tests.dictionaries.factories import make_dictionary
from tests.directory.callers import client_of, complaints, member, send
from tests.entities.factories import CURRENCIES, CURRENCY, DEFINITIONS, make_field
from tests.support.scopes import House, seeding

NEW = {"entity": CURRENCY, "key": "size", "label": "Size", "kind": "integer"}


@pytest.fixture
def bob(house: House) -> Client:
    user = member(house, "currencies.manage", "entities.definitions.manage", "audit_logs.undo_self")
    return client_of(user, organization=house.north)


def undo(client: Client, answer: Any) -> Any:
    return send(client, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})


def make_currency(client: Client, code: str = "CHF", **custom: Any) -> str:
    answer = send(client, "post", CURRENCIES, {"code": code, "custom_fields": custom})
    assert answer.status_code == 201, answer.content
    return f"{CURRENCIES}{answer.json()['id']}/"


def custom_of(client: Client, path: str) -> dict[str, Any]:
    shown: dict[str, Any] = client.get(path).json()["custom_fields"]
    return {key: value for key, value in shown.items() if key != "cash_step"}


def test_a_definition_shows_its_parts(bob: Client) -> None:
    answer = send(bob, "post", DEFINITIONS, {**NEW, "minimum": "010", "default": 12})
    assert answer.status_code == 201
    record = answer.json()
    assert (record["minimum"], record["default"], record["order"], record["version"]) == ("10", 12, 10, 1)
    assert bob.get(answer["Location"]).json() == record


@pytest.mark.parametrize(
    ("parts", "field", "code"),
    [
        ({"entity": "currencies.exchange_rate"}, "entity", "entities.definition.entity_unknown"),
        ({"key": "Size"}, "key", "invalid"),
        ({"key": "9size"}, "key", "invalid"),
        ({"label": ""}, "label", "blank"),
        ({"kind": "colour"}, "kind", "invalid_choice"),
        ({"kind": "select"}, "options", "entities.definition.options_missing"),
        ({"kind": "dictionary", "dictionary": "sorces"}, "dictionary", "entities.definition.dictionary_unknown"),
        ({"options": [{"value": "a"}]}, "options", "entities.definition.not_for_kind"),
        ({"options": [{"worth": "a"}]}, "options", "not_an_option"),
        (
            {"kind": "select", "options": [{"value": "a"}, {"value": "a"}]},
            "options.1",
            "entities.definition.repeated",
        ),
        (
            {"kind": "select", "options": [{"value": "a", "colour": "red"}]},
            "options.0",
            "entities.definition.option_bad",
        ),
        ({"kind": "relation"}, "target", "entities.definition.target_unknown"),
        ({"kind": "relation", "target": "sales.order"}, "target", "entities.definition.target_unknown"),
        ({"target": CURRENCY}, "target", "entities.definition.not_for_kind"),
        ({"minimum": "low"}, "minimum", "entities.definition.bound_bad"),
        ({"minimum": "5", "maximum": "4"}, "maximum", "entities.definition.order"),
        ({"kind": "text", "minimum": "5"}, "minimum", "entities.definition.bound_bad"),
        ({"min_length": 5}, "min_length", "entities.definition.not_for_kind"),
        ({"kind": "text", "min_length": 5, "max_length": 4}, "max_length", "entities.definition.order"),
        ({"kind": "text", "pattern": "(a"}, "pattern", "entities.definition.pattern_bad"),
        ({"kind": "text", "pattern": r"(a)\1"}, "pattern", "entities.definition.pattern_bad"),
        ({"pattern": "a"}, "pattern", "entities.definition.not_for_kind"),
        ({"default": "many"}, "default", "entities.definition.default_bad"),
        ({"default": 5, "maximum": "4"}, "default", "entities.definition.default_bad"),
        ({"default": 5, "is_unique": True}, "default", "entities.definition.not_unique"),
        ({"kind": "boolean", "is_unique": True}, "is_unique", "entities.definition.not_for_kind"),
        ({"kind": "currency", "is_encrypted": True}, "is_encrypted", "entities.definition.not_for_kind"),
        (
            {"kind": "text", "is_encrypted": True, "is_searchable": True},
            "is_searchable",
            "entities.definition.not_for_kind",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(
    bob: Client, house: House, parts: dict[str, Any], field: str, code: str
) -> None:
    answer = send(bob, "post", DEFINITIONS, {**NEW, **parts})
    assert (answer.status_code, complaints(answer)) == (400, {field: code})
    with seeding(house.scope()):
        assert not FieldDefinition.objects.exists()


def test_a_key_is_there_once_and_of_one_kind(bob: Client, house: House) -> None:
    make_field(house)
    again = send(bob, "post", DEFINITIONS, NEW)
    assert (again.status_code, again.json()["code"]) == (409, "entities.definition.key_taken")
    other = send(bob, "post", DEFINITIONS, {**NEW, "kind": "text", "for_organization_id": str(house.north.pk)})
    assert (other.status_code, other.json()["code"]) == (409, "entities.definition.kind_differs")
    declared = send(bob, "post", DEFINITIONS, {**NEW, "key": "cash_step"})
    assert (declared.status_code, declared.json()["code"]) == (409, "entities.definition.kind_differs")


def test_an_organization_comes_before_the_tenant_and_the_tenant_before_the_module(bob: Client, house: House) -> None:
    make_field(house, "cash_step", "decimal", label="Coin", minimum="0")
    there = {**NEW, "key": "cash_step", "kind": "decimal", "label": "Rappen"}
    assert send(bob, "post", DEFINITIONS, {**there, "for_organization_id": str(house.north.pk)}).status_code == 201
    path = f"{DEFINITIONS}fields/?entity={CURRENCY}"
    [north] = bob.get(path).json()["results"]
    [south] = bob.get(path, headers={"X-Organization-Id": str(house.south.pk)}).json()["results"]
    assert (north["label"], south["label"], north["is_system"]) == ("Rappen", "Coin", True)


def test_who_sees_one_organization_sees_no_fields_of_another(bob: Client, house: House) -> None:
    make_field(house, for_organization_id=house.south.pk)
    make_field(house, "colour", "text")
    reader = client_of(member(house, "entities.definitions.view", only=(house.north,), name="Ned"))
    assert [item["key"] for item in reader.get(DEFINITIONS).json()["results"]] == ["colour"]


def test_a_new_label_keeps_the_values(bob: Client, house: House) -> None:
    field = make_field(house)
    path = make_currency(bob, size=3)
    changed = send(bob, "patch", f"{DEFINITIONS}{field.pk}/", {"label": "Width"})
    assert (changed.status_code, changed.json()["label"]) == (200, "Width")
    assert custom_of(bob, path) == {"size": 3}
    refused = send(bob, "patch", f"{DEFINITIONS}{field.pk}/", {"key": "width"})
    assert (refused.status_code, complaints(refused)) == (400, {"key": "entities.definition.fixed"})


def test_a_stale_change_is_refused(bob: Client, house: House) -> None:
    field = make_field(house)
    path = f"{DEFINITIONS}{field.pk}/"
    assert send(bob, "patch", path, {"label": "One"}, **{"If-Match": '"1"'}).status_code == 200
    late = send(bob, "patch", path, {"label": "Two"}, **{"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "kernel.stale_version")
    assert late.json()["changed_fields"] == ["label"]


def test_deleting_hides_values_and_restoring_shows_them(bob: Client, house: House) -> None:
    field = make_field(house)
    path, where = make_currency(bob, size=3), f"{DEFINITIONS}{field.pk}/"
    assert send(bob, "delete", where).status_code == 204
    assert custom_of(bob, path) == {}
    assert complaints(send(bob, "patch", path, {"cf_size": 4})) == {"custom_fields.size": "unknown"}
    assert send(bob, "post", DEFINITIONS, NEW).json()["code"] == "entities.definition.key_taken"
    assert [item["key"] for item in bob.get(f"{DEFINITIONS}?is_deleted=true").json()["results"]] == ["size"]
    assert send(bob, "post", f"{where}restore/", {}).status_code == 200
    assert custom_of(bob, path) == {"size": 3}
    assert send(bob, "post", f"{where}restore/", {}).json()["code"] == "entities.definition.not_deleted"


def test_purging_removes_the_values_everywhere_and_undo_brings_them_back(bob: Client, house: House) -> None:
    field = make_field(house, "price", "currency")
    where = f"{DEFINITIONS}{field.pk}/"
    path = make_currency(bob, price={"amount": "5", "currency": "EUR"})
    assert send(bob, "post", f"{where}purge/", {}).json()["code"] == "entities.definition.not_deleted"
    send(bob, "delete", where)
    purged = send(bob, "post", f"{where}purge/", {})
    assert purged.status_code == 204
    with seeding(house.scope()):
        assert list(Currency.objects.values_list("custom", flat=True)) == [{}]
        assert not FieldDefinition.objects.exists()
    assert undo(bob, purged).status_code == 200
    send(bob, "post", f"{where}restore/", {})
    assert custom_of(bob, path) == {"price": {"amount": "5", "currency": "EUR"}}


def test_who_sees_some_organizations_cannot_purge(bob: Client, house: House) -> None:
    field = make_field(house)
    send(bob, "delete", f"{DEFINITIONS}{field.pk}/")
    ned = client_of(member(house, "entities.definitions.manage", only=(house.north,), name="Ned"))
    answer = send(ned, "post", f"{DEFINITIONS}{field.pk}/purge/", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "entities.definition.whole_tenant_only")


def test_another_kind_takes_the_values_along_or_is_refused(bob: Client, house: House) -> None:
    field = make_field(house, "size", "text")
    path = make_currency(bob, size="12")
    other = make_currency(bob, "EUR", size="large")
    where = f"{DEFINITIONS}{field.pk}/"
    refused = send(bob, "patch", where, {"kind": "integer"})
    assert (refused.status_code, refused.json()["code"]) == (409, "entities.definition.kind_kept")
    assert refused.json()["records"] == [other.split("/")[-2]]
    assert custom_of(bob, path) == {"size": "12"}
    send(bob, "patch", other, {"cf_size": "7"})
    changed = send(bob, "patch", where, {"kind": "integer"})
    assert changed.status_code == 200, changed.content
    assert (custom_of(bob, path), custom_of(bob, other)) == ({"size": 12}, {"size": 7})
    assert undo(bob, changed).status_code == 200
    assert custom_of(bob, path) == {"size": "12"}


def test_another_dictionary_has_to_be_there(bob: Client, house: House) -> None:
    make_dictionary(house, "Sources", key="sources")
    field = make_field(house, "source", "dictionary", dictionary="sources")
    answer = send(bob, "patch", f"{DEFINITIONS}{field.pk}/", {"dictionary": "sorces"})
    assert complaints(answer) == {"dictionary": "entities.definition.dictionary_unknown"}
    assert send(bob, "patch", f"{DEFINITIONS}{field.pk}/", {"label": "Source"}).status_code == 200


def test_an_option_in_use_stays(bob: Client, house: House) -> None:
    options = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    for key, kind, value in (("one", "select", "a"), ("many", "multiselect", ["a"])):
        field = make_field(house, key, kind, options=options)
        path = make_currency(bob, "CHF" if key == "one" else "EUR", **{key: value})
        where = f"{DEFINITIONS}{field.pk}/"
        refused = send(bob, "patch", where, {"options": options[1:]})
        assert (refused.status_code, refused.json()["code"]) == (409, "entities.definition.option_used")
        assert send(bob, "patch", where, {"options": options[:1]}).status_code == 200
        assert custom_of(bob, path)[key] == value


def test_an_option_that_another_organization_uses_stays(bob: Client, house: House) -> None:
    options = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    field = make_field(house, "one", "select", options=options)
    south = {"X-Organization-Id": str(house.south.pk)}
    send(bob, "post", CURRENCIES, {"code": "CHF", "cf_one": "a"}, **south)
    refused = send(bob, "patch", f"{DEFINITIONS}{field.pk}/", {"options": options[1:]})
    assert (refused.status_code, refused.json()["code"]) == (409, "entities.definition.option_used")


def test_who_sees_one_organization_manages_its_own_fields(bob: Client, house: House) -> None:
    field = make_field(house, "size", "text", for_organization_id=house.north.pk)
    path = make_currency(bob, size="12")
    features = ("currencies.manage", "entities.definitions.manage")
    ned = client_of(member(house, *features, only=(house.north,), name="Ned"), organization=house.north)
    where = f"{DEFINITIONS}{field.pk}/"
    assert send(ned, "patch", where, {"kind": "integer"}).status_code == 200
    assert custom_of(ned, path) == {"size": 12}
    send(ned, "delete", where)
    assert send(ned, "post", f"{where}purge/", {}).status_code == 204


def test_encryption_is_decided_before_the_first_value(bob: Client, house: House) -> None:
    field = make_field(house, "size", "text")
    where = f"{DEFINITIONS}{field.pk}/"
    assert send(bob, "patch", where, {"is_encrypted": True}).status_code == 200
    assert send(bob, "patch", where, {"is_encrypted": False}).status_code == 200
    make_currency(bob, size="x")
    refused = send(bob, "patch", where, {"is_encrypted": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "entities.definition.encryption_kept")


def test_fields_are_put_into_order(bob: Client, house: House) -> None:
    fields = [make_field(house, key, "text") for key in ("one", "two", "three")]
    ids = [str(fields[2].pk), str(fields[0].pk)]
    answer = send(bob, "post", f"{DEFINITIONS}reorder/", {"entity": CURRENCY, "ids": ids})
    assert [item["key"] for item in answer.json()["results"]] == ["three", "one", "two"]
    assert undo(bob, answer).status_code == 200
    assert [item["key"] for item in bob.get(DEFINITIONS).json()["results"]] == ["one", "two", "three"]
    wrong = send(bob, "post", f"{DEFINITIONS}reorder/", {"entity": "auth.user", "ids": ids})
    assert complaints(wrong) == {"ids.0": "entities.definition.ids_bad", "ids.1": "entities.definition.ids_bad"}


def test_who_may_only_look_defines_nothing(house: House) -> None:
    field = make_field(house)
    reader = client_of(member(house, "entities.definitions.view"), organization=house.north)
    assert reader.get(DEFINITIONS).json()["count"] == 1
    answer = send(reader, "post", DEFINITIONS, {**NEW, "key": "other"})
    assert (answer.status_code, answer.json()["feature"]) == (403, "entities.definitions.manage")
    assert send(reader, "delete", f"{DEFINITIONS}{field.pk}/").status_code == 403


def test_undoing_a_definition_with_values_is_refused(bob: Client) -> None:
    made = send(bob, "post", DEFINITIONS, NEW)
    make_currency(bob, size=3)
    refused = undo(bob, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "entities.definition.key_has_values")
