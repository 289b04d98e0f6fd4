"""Encrypted fields on PostgreSQL: every way in and out gives plaintext, and the table holds none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextvars import Context
from typing import Any

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.forms import modelform_factory
from rest_framework import serializers

from apps.kernel.crypto.envelope import blind_index, key_version
from apps.kernel.crypto.errors import DecryptionFailed
from apps.kernel.crypto.fields import EncryptedEmailField, EncryptedTextField, encrypted_fields, hash_for_lookup
from apps.kernel.crypto.keys import current_keys
from apps.kernel.errors import InvalidInput
from apps.kernel.tenancy.errors import ScopeMissing
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.crypto_vaults import Item, Vault, stored, vault_tables
from tests.support.scopes import House

SECRET = "Zażółć gęślą jaźń"
JSON = {"b": [1, None, {"ż": True}], "a": "x"}


@pytest.fixture(autouse=True)
def tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with vault_tables(django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def scoped(tables: None, house: House) -> Iterator[None]:
    with using_scope(house.scope()), scoped_transaction():
        yield


def make_vault(**given: Any) -> Vault:
    vault: Vault = Vault.objects.create(**({"email": "Bob@Example.com", "note": SECRET, "data": JSON} | given))
    return vault


def read(**names: Any) -> Any:
    return Vault.objects.get(**names)


def test_a_saved_row_reads_back_in_plaintext() -> None:
    vault = read(pk=make_vault(phone="+48123456789").pk)
    assert (vault.email, vault.phone, vault.note, vault.data) == ("Bob@Example.com", "+48123456789", SECRET, JSON)


def test_the_table_holds_no_plaintext() -> None:
    make_vault(phone="+48123456789")
    with connection.cursor() as cursor:
        cursor.execute("SELECT convert_from(convert_to(test_vault::text, 'UTF8'), 'UTF8') FROM test_vault")
        row = cursor.fetchone()[0]
    secrets = ["ob@", b"ob@".hex(), SECRET, SECRET.encode().hex(), "48123", b"48123".hex()]
    assert [secret for secret in secrets if secret in row] == []


def test_none_is_null_and_an_empty_string_is_a_sealed_value() -> None:
    vault = make_vault(email=None, phone="", note="", data=None)
    assert Vault.objects.filter(email__isnull=True, data__isnull=True, phone__isnull=False).count() == 1
    vault.refresh_from_db()
    assert (vault.email, vault.phone, vault.note, vault.data) == (None, "", "", None)
    assert len(stored(vault, "note")) == 2 + 16 + 12 + 16


@pytest.mark.parametrize("value", [0, False, "", [], {}, "null", [None], 1.5, {"k": None}])
def test_json_values_keep_their_kind(value: Any) -> None:
    found = read(pk=make_vault(data=value).pk).data
    assert (found, type(found)) == (value, type(value))


def test_equal_json_has_an_equal_fingerprint() -> None:
    first, second = make_vault(email="a@b", data={"a": 1, "b": 2}), make_vault(email="c@d", data={"b": 2, "a": 1})
    assert stored(first, "data")[2:18] == stored(second, "data")[2:18]


def test_saving_again_keeps_the_fingerprint_and_changes_the_ciphertext() -> None:
    vault = make_vault()
    before = stored(vault, "note")
    read(pk=vault.pk).save()
    after = stored(vault, "note")
    assert (after[:18], after[30:] == before[30:]) == (before[:18], False)


def test_bulk_create_update_and_bulk_update_seal() -> None:
    rows = [Vault(email=f"u{number}@x.com", note=str(number)) for number in range(3)]
    Vault.objects.bulk_create(rows)
    Vault.objects.filter(email="u1@x.com").update(note="updated", email="new@x.com")
    rows[2].note = "in bulk"
    rows[2].email = "bulk@x.com"
    Vault.objects.bulk_update([rows[2]], ["note", "email"])
    found = dict(Vault.objects.values_list("email", "note"))
    assert found == {"u0@x.com": "0", "new@x.com": "updated", "bulk@x.com": "in bulk"}
    assert Vault.objects.filter(email__in=["new@x.com", "bulk@x.com", "u1@x.com"]).count() == 2


def test_save_with_update_fields_moves_the_blind_index_too() -> None:
    vault = make_vault()
    vault.email = "other@example.com"
    vault.save(update_fields=["email"])
    assert (Vault.objects.filter(email="Bob@Example.com").count(), read(email="other@example.com").pk) == (0, vault.pk)


def test_get_or_create_and_update_or_create_find_by_blind_index() -> None:
    first, made = Vault.objects.get_or_create(email="Bob@Example.com")
    again, made_again = Vault.objects.get_or_create(email="bob@example.COM")
    changed, _ = Vault.objects.update_or_create(email="bob@example.com", defaults={"note": "new"})
    assert (made, made_again, {first.pk, again.pk, changed.pk}) == (True, False, {first.pk})
    assert read(pk=first.pk).note == "new"


def test_values_annotations_defer_only_and_iterator_give_plaintext() -> None:
    vault = make_vault()
    rows = Vault.objects.all()
    assert rows.values("note", "data").get() == {"note": SECRET, "data": JSON}
    assert rows.values_list("note", flat=True).get() == SECRET
    assert rows.annotate(copy=F("note")).values_list("copy", flat=True).get() == SECRET
    assert [row.note for row in rows.iterator(chunk_size=1)] == [SECRET]
    assert rows.defer("note").get().note == SECRET
    assert rows.only("label").get().email == "Bob@Example.com"
    assert rows.in_bulk([vault.pk])[vault.pk].data == JSON


def test_a_subquery_and_a_join_give_plaintext() -> None:
    item = Item.objects.create(vault=make_vault())
    newest = Vault.objects.filter(pk=OuterRef("vault_id")).values("note")[:1]
    assert Item.objects.annotate(note=Subquery(newest)).values_list("note", flat=True).get() == SECRET
    assert Item.objects.values_list("vault__note", flat=True).get() == SECRET
    assert Item.objects.select_related("vault").get(pk=item.pk).vault.email == "Bob@Example.com"


def test_refresh_from_db_sees_what_others_wrote() -> None:
    vault = make_vault()
    Vault.objects.update(note="changed")
    vault.refresh_from_db()
    assert vault.note == "changed"


@pytest.mark.parametrize("asked", ["Bob@Example.com", "bob@example.com", " BOB@EXAMPLE.COM "])
def test_exact_finds_by_the_normalised_value(asked: str) -> None:
    vault = make_vault()
    make_vault(email="rob@example.com")
    assert [row.pk for row in Vault.objects.filter(email=asked)] == [vault.pk]


def test_look_ups_combine_negate_and_cross_joins() -> None:
    bob, rob, none = make_vault(), make_vault(email="rob@x.com", phone="1"), make_vault(email=None)
    Item.objects.create(vault=bob)
    Item.objects.create(vault=rob)
    assert {row.pk for row in Vault.objects.exclude(email="bob@example.com")} == {rob.pk, none.pk}
    assert Vault.objects.filter(Q(email="bob@example.com") | Q(phone="1")).count() == 2
    assert Vault.objects.filter(email__in=["bob@example.com", None, "rob@x.com", "none@x.com"]).count() == 2
    assert Vault.objects.filter(email__in=[]).count() == 0
    assert Vault.objects.filter(email=None).get().pk == none.pk
    assert Item.objects.filter(vault__email="rob@x.com").get().vault_id == rob.pk
    assert Item.objects.exclude(vault__email="rob@x.com").get().vault_id == bob.pk
    assert Vault.objects.filter(pk__in=Vault.objects.filter(email="rob@x.com").values("pk")).get().pk == rob.pk
    assert Vault.objects.annotate(address=F("email")).filter(address="rob@x.com").get().pk == rob.pk


def test_a_look_up_sends_no_plaintext_and_uses_the_index_column() -> None:
    current_keys()
    query = Vault.objects.filter(email="bob@example.com").query
    sql, params = query.sql_with_params()
    assert '"test_vault"."email_index" = %s' in sql
    digest = blind_index("bob@example.com", pepper=current_keys().pepper)
    assert [bytes(item.obj) for item in params if hasattr(item, "obj")] == [digest]
    assert "bob" not in repr(params)


@pytest.mark.parametrize(
    "asked",
    [
        {"email__icontains": "b"},
        {"email__iexact": "b"},
        {"email__gt": "b"},
        {"email__startswith": "b"},
        {"email__regex": "b"},
        {"email__range": ("a", "b")},
        {"email__lower": "b"},
        {"email__lower__exact": "b"},
        {"email__length__gt": 1},
        {"email": F("label")},
        {"email__in": ["a", F("label")]},
        {"email__in": Vault.objects.none},
        {"note": "b"},
        {"note__in": ["b"]},
        {"note__contains": "b"},
        {"data__a": 1},
        {"data__contains": {"a": 1}},
        {"data__has_key": "a"},
        {"data": {"a": 1}},
    ],
)
def test_what_cannot_work_is_refused_when_the_query_is_built(asked: dict[str, Any]) -> None:
    given = {key: Vault.objects.values("email") if callable(value) else value for key, value in asked.items()}
    with pytest.raises(FieldError):
        Vault.objects.filter(**given)


@pytest.mark.parametrize("names", [["email"], ["-note"], ["label", "data"], [F("note").asc()], ["?", "email"]])
def test_sorting_by_ciphertext_is_refused(names: list[Any]) -> None:
    make_vault()
    with pytest.raises(FieldError, match="cannot be sorted"):
        list(Vault.objects.order_by(*names))


def test_sorting_by_ciphertext_is_refused_through_joins_and_annotations_and_without_selecting_it() -> None:
    for rows in (
        Item.objects.order_by("vault__email"),
        Vault.objects.annotate(address=F("email")).order_by("address"),
        Vault.objects.order_by("email").values("pk"),
    ):
        with pytest.raises(FieldError, match="cannot be sorted"):
            list(rows)


def test_sorting_by_other_columns_is_not_disturbed() -> None:
    make_vault(label="b")
    make_vault(label="a", email="a@x.com")
    assert [row.email for row in Vault.objects.order_by("label")] == ["a@x.com", "Bob@Example.com"]
    assert Item.objects.order_by("vault__label", "vault").count() == 0


def test_grouping_by_ciphertext_is_refused_but_counting_is_not() -> None:
    make_vault()
    with pytest.raises(FieldError, match="grouped"):
        list(Vault.objects.values("email").annotate(n=Count("pk")))
    assert Vault.objects.annotate(n=Count("label")).get().n == 1
    assert Vault.objects.aggregate(n=Count("note"))["n"] == 1
    assert list(Vault.objects.values_list("pk", "email").annotate(Count("label")).values_list("email")) == [
        ("Bob@Example.com",)
    ]


def test_hash_for_lookup_is_the_index_and_needs_one() -> None:
    vault = make_vault()
    field = Vault._meta.get_field("email")
    assert hash_for_lookup(field, "BOB@example.com") == stored(vault, "email_index")
    assert hash_for_lookup(field, None) is None
    with pytest.raises(TypeError):
        hash_for_lookup(Vault._meta.get_field("note"), "x")


def test_the_index_of_a_value_is_the_same_in_every_column_of_the_tenant() -> None:
    vault = make_vault(phone="bob@example.com")
    assert stored(vault, "phone_index") == stored(vault, "email_index")


def test_the_unique_constraint_holds_for_other_spellings(house: House) -> None:
    make_vault()
    with pytest.raises(IntegrityError, match="test_vault_email_once"), transaction.atomic():
        make_vault(email="BOB@example.com")
    with pytest.raises(ValidationError):
        Vault(tenant_id=house.tenant.pk, email="bob@EXAMPLE.com").validate_constraints()
    Vault(tenant_id=house.tenant.pk, email="rob@example.com").validate_constraints()


def test_two_rows_without_a_value_do_not_collide() -> None:
    make_vault(email=None)
    make_vault(email=None)
    assert Vault.objects.filter(email_index__isnull=True).count() == 2


def test_a_value_copied_to_another_column_or_row_of_another_table_does_not_open() -> None:
    vault = make_vault(phone="1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_vault SET email = phone WHERE id = %s", [vault.pk])
    with pytest.raises(DecryptionFailed):
        read(pk=vault.pk)


def test_without_a_scope_nothing_is_sealed() -> None:
    field: Any = Vault._meta.get_field("note")
    with pytest.raises(ScopeMissing):
        Context().run(field.get_db_prep_value, "x", connection)


@pytest.mark.parametrize(
    "given",
    [{"note": "\ud800"}, {"data": {"a": "\udfff"}}, {"data": float("nan")}, {"data": {1}}],
    ids=["surrogate", "surrogate in JSON", "not a number", "a set"],
)
def test_values_that_cannot_be_stored_are_refused_by_field(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught, transaction.atomic():
        make_vault(**given)
    assert [error.field for error in caught.value.errors] == list(given)


def test_forms_and_serializers_treat_the_fields_as_text_email_and_json() -> None:
    form = modelform_factory(Vault, fields=["email", "note", "data", "phone"])(
        {"email": "no address", "note": "x" * 1001, "data": "{", "phone": ""}
    )
    assert set(form.errors) == {"email", "note", "data", "phone"}

    class VaultSerializer(serializers.ModelSerializer[Vault]):
        class Meta:
            model = Vault
            fields = ("email", "note", "data")

    shape = {name: type(field).__name__ for name, field in VaultSerializer().fields.items()}
    assert shape == {"email": "EmailField", "note": "CharField", "data": "JSONField"}
    serializer = VaultSerializer(data={"email": "a@b.com", "note": SECRET, "data": JSON})
    assert serializer.is_valid()
    assert VaultSerializer(serializer.save()).data == {"email": "a@b.com", "note": SECRET, "data": JSON}


def test_a_saved_form_is_sealed_and_shown_again() -> None:
    form_class = modelform_factory(Vault, fields=["email", "note", "data"])
    vault = form_class({"email": "a@b.com", "note": SECRET, "data": json.dumps(JSON)}).save()
    shown = form_class(instance=read(pk=vault.pk))
    assert (shown.initial["email"], shown.initial["note"], shown.initial["data"]) == ("a@b.com", SECRET, JSON)


def test_fields_survive_migrations_with_exactly_one_index_column() -> None:
    state = ProjectState()
    state.add_model(ModelState.from_model(Vault, exclude_rels=True))
    historical = state.apps.get_model("crypto_tests", "vault")
    names = [field.name for field in historical._meta.get_fields()]
    assert names.count("email_index") == names.count("phone_index") == 1
    text, imports = MigrationWriter.serialize(EncryptedEmailField(blind_index=True))
    assert text == "apps.kernel.crypto.fields.EncryptedEmailField(blind_index=True)"
    assert imports == {"import apps.kernel.crypto.fields"}
    assert MigrationWriter.serialize(EncryptedTextField(max_length=5))[0].endswith("EncryptedTextField(max_length=5)")


def test_encrypted_fields_are_recognised() -> None:
    assert {field.name for field in encrypted_fields(Vault)} == {"email", "phone", "note", "data"}
    assert all(field.db_type(connection) == "bytea" for field in encrypted_fields(Vault))


def test_misuse_is_a_system_check() -> None:
    class Misused(models.Model):
        name = EncryptedTextField(unique=True)
        note = EncryptedTextField()

        class Meta:
            app_label = "crypto_tests"
            apps = Vault._meta.apps
            ordering = ("-note",)
            indexes = (models.Index(fields=["note"], name="misused_note"),)

    found = [(message.obj.name, message.id) for message in Misused.check() if message.id == "kernel.E040"]
    assert found == [("name", "kernel.E040"), ("note", "kernel.E040"), ("note", "kernel.E040")]
    assert [message for message in Vault.check() if message.id == "kernel.E040"] == []


def test_a_new_row_is_sealed_under_the_first_data_key() -> None:
    assert key_version(stored(make_vault(), "note")) == 1


def test_a_foreign_tenants_row_is_not_found_by_the_same_address(other_house: House) -> None:
    make_vault()
    with using_scope(other_house.scope()), scoped_transaction():
        assert Vault.objects.filter(email="bob@example.com").count() == 0
        make_vault()
        assert Vault.objects.filter(email="bob@example.com").count() == 1
