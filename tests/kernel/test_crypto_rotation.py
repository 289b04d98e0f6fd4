"""Rotation: keys under a new KEK without touching a row, new data keys, re-encryption that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.auth.models import User
from apps.kernel.commands.models import RowImage
from apps.kernel.crypto.envelope import key_version
from apps.kernel.crypto.keks import kek_id
from apps.kernel.crypto.keys import current_keys, forget_keys, start_data_key
from apps.kernel.crypto.models import TenantKey
from apps.kernel.crypto.rotation import ensure_keys, outdated, reencrypt, rotate
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.crypto_vaults import Vault, stored, vault_tables
from tests.support.scopes import House, seeding

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture(autouse=True)
def tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with vault_tables(django_db_blocker):
        yield


@pytest.fixture
def scope(house: House, settings: Settings) -> Iterator[Scope]:
    settings.AGORA_KEKS = [OLD]
    with using_scope(house.scope()) as scope, scoped_transaction():
        yield scope


@pytest.fixture
def vaults_as_entity() -> Iterator[None]:
    ENTITIES.add("tests.vault", Entity("tests.vault", Vault, "vault", "vaults"))
    yield
    ENTITIES.remove("tests.vault")


def make_vaults(count: int = 3) -> list[Vault]:
    return [Vault.objects.create(note=f"note {number}", email=f"{number}@x.com") for number in range(count)]


def columns(rows: list[Vault]) -> list[tuple[bytes, bytes]]:
    return [(stored(row, "note"), stored(row, "email")) for row in rows]


def versions(rows: list[Vault]) -> list[int]:
    return [key_version(stored(row, "note")) for row in rows]


def test_rotation_wraps_keys_again_and_touches_no_row(scope: Scope, settings: Settings) -> None:
    rows = make_vaults()
    before = columns(rows)
    settings.AGORA_KEKS = [NEW, OLD]
    done = rotate([scope.tenant_id])
    assert (done.rewrapped, dict(done.keys_by_kek), done.unreadable) == (2, {kek_id(NEW): 2}, [])
    settings.AGORA_KEKS = [NEW]
    assert columns(rows) == before
    assert Vault.objects.get(email="1@x.com").note == "note 1"


def test_rotation_may_be_repeated(scope: Scope, settings: Settings) -> None:
    ensure_keys()
    settings.AGORA_KEKS = [NEW, OLD]
    rotate([scope.tenant_id])
    again = rotate([scope.tenant_id, uuid4()], new_data_keys=False)
    assert (again.rewrapped, again.data_keys_started, dict(again.keys_by_kek)) == (0, 0, {kek_id(NEW): 2})


def test_keys_that_no_kek_opens_are_reported_and_left(scope: Scope, settings: Settings, other_house: House) -> None:
    ensure_keys()
    settings.AGORA_KEKS = [NEW]
    with using_scope(other_house.scope()), scoped_transaction():
        ensure_keys()
    done = rotate([scope.tenant_id, other_house.tenant.pk])
    assert (done.unreadable, done.rewrapped, dict(done.keys_by_kek)) == ([scope.tenant_id], 0, {kek_id(NEW): 2})
    assert {row.kek_id for row in TenantKey.objects.all()} == {kek_id(OLD)}


def test_new_data_keys_begin_only_for_tenants_that_have_keys(scope: Scope, other_house: House) -> None:
    rows = make_vaults(1)
    done = rotate([scope.tenant_id, other_house.tenant.pk], new_data_keys=True)
    rows += [Vault.objects.create(note="later", email="l@x.com")]
    assert (done.data_keys_started, versions(rows), current_keys().newest) == (1, [1, 2], 2)


def test_old_values_are_sealed_again_in_batches_and_stay_what_they_were(scope: Scope) -> None:
    rows = make_vaults(5)
    before, stamps = columns(rows), set(Vault.objects.values_list("pk", "updated_at"))
    start_data_key()
    newer = Vault.objects.create(note="new")
    assert [reencrypt(Vault, size=2) for _ in range(4)] == [2, 2, 1, 0]
    assert versions([*rows, newer]) == [2] * 6
    assert [(note[2:18], email[2:50]) for note, email in columns(rows)] == [
        (note[2:18], email[2:50]) for note, email in before
    ]
    assert {row.note for row in Vault.objects.filter(email__in=["0@x.com", "4@x.com"])} == {"note 0", "note 4"}
    assert set(Vault.objects.exclude(pk=newer.pk).values_list("pk", "updated_at")) == stamps


def test_a_row_is_outdated_by_any_of_its_columns_and_not_by_an_empty_one(scope: Scope) -> None:
    row, _ = Vault.objects.create(note="x", email="a@x.com"), Vault.objects.create(note="y")
    start_data_key()
    Vault.objects.update(note="z")
    assert [found.pk for found in outdated(Vault)] == [row.pk]
    assert outdated(TenantKey).count() == 0


def test_re_encryption_of_an_audited_table_leaves_no_image(scope: Scope) -> None:
    with seeding():
        user = User(email="alice@example.com", email_digest=b"d", name="Alice")
        user.save(force_insert=True)
    images = RowImage.objects.filter(row_id=user.pk)
    start_data_key()
    with seeding():
        assert reencrypt(User) == 1
    assert images.count() == 1
    with seeding():
        User.objects.filter(email="ALICE@example.com").update(email="alice@example.org")
    assert images.count() == 2
    assert User.objects.get(email="alice@example.org").version == 1


def test_the_command_reports_keys_by_kek_and_re_encrypts(
    house: House, settings: Settings, vaults_as_entity: None
) -> None:
    settings.AGORA_KEKS = [OLD]
    with using_scope(house.scope()), scoped_transaction():
        rows = make_vaults(3)
    settings.AGORA_KEKS = [NEW, OLD]
    out = StringIO()
    call_command("rotate_keys", "--new-data-keys", "--reencrypt=tests.vault", "--batch=2", stdout=out)
    assert out.getvalue().splitlines() == [
        "2 keys wrapped again, 1 data keys begun.",
        f"{kek_id(NEW)} (newest): 3 keys",
        f"{kek_id(OLD)}: 0 keys",
        f"tenant {house.tenant.pk}: 3 rows of tests.vault sealed again",
    ]
    with using_scope(house.scope()), scoped_transaction():
        assert versions(rows) == [2, 2, 2]


def test_the_command_does_only_the_named_tenants(scope: Scope, settings: Settings, other_house: House) -> None:
    ensure_keys()
    settings.AGORA_KEKS = [NEW, OLD]
    call_command("rotate_keys", f"--tenant={other_house.tenant.pk}", stdout=StringIO())
    assert {row.kek_id for row in TenantKey.objects.all()} == {kek_id(OLD)}


@pytest.mark.parametrize(
    ("keks", "arguments", "complaint"),
    [
        ([], [], "AGORA_KEK is not set"),
        ([OLD], ["--reencrypt=tests.nothing"], "no entity tests.nothing"),
        ([NEW], [], "No key of AGORA_KEK opens the keys of"),
    ],
)
def test_the_command_fails_with_what_is_missing(
    scope: Scope, settings: Settings, keks: list[bytes], arguments: list[str], complaint: str
) -> None:
    ensure_keys()
    forget_keys()
    settings.AGORA_KEKS = keks
    with pytest.raises(CommandError, match=complaint):
        call_command("rotate_keys", *arguments, stdout=StringIO())
