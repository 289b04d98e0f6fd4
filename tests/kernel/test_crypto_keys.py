"""Keys of a tenant: made once at first use, never lost by a roll-back, never usable without the right KEK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from apps.kernel.crypto import keys as key_ring
from apps.kernel.crypto.envelope import key_version
from apps.kernel.crypto.errors import DecryptionFailed, EncryptionUnavailable
from apps.kernel.crypto.keks import configured_keks, kek_id
from apps.kernel.crypto.keys import current_keys, existing_keys, forget_keys, reloaded_keys, start_data_key
from apps.kernel.crypto.models import TenantKey
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.crypto_vaults import Vault, stored, vault_tables
from tests.support.scopes import House, make_house


class Interrupted(Exception):
    """Rolls a transaction back."""


@pytest.fixture(autouse=True)
def tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with vault_tables(django_db_blocker):
        yield


@pytest.fixture
def scope(house: House) -> Iterator[Scope]:
    with using_scope(house.scope()) as scope, scoped_transaction():
        yield scope


def key_rows() -> list[tuple[str, int]]:
    return [(row.kind, row.version) for row in TenantKey.objects.order_by("kind", "version")]


def test_first_use_makes_one_data_key_and_one_pepper_under_the_newest_kek(scope: Scope) -> None:
    Vault.objects.create(note="x")
    assert key_rows() == [("data", 1), ("pepper", 1)]
    assert {row.kek_id for row in TenantKey.objects.all()} == {kek_id(configured_keks()[0])}
    assert [len(bytes(row.wrapped)) for row in TenantKey.objects.all()] == [12 + 32 + 16] * 2


def test_second_use_asks_the_database_nothing(scope: Scope, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    current_keys()
    with django_assert_num_queries(0):
        assert current_keys() is existing_keys()
    with django_assert_num_queries(3):
        Vault.objects.bulk_create([Vault(note=str(number), email=f"{number}@x.com") for number in range(50)])
        assert [row.note for row in Vault.objects.filter(email="7@x.com")] == ["7"]
        assert len(list(Vault.objects.values_list("email", "note"))) == 50


def test_tenants_have_keys_of_their_own_and_do_not_see_each_others(scope: Scope, other_house: House) -> None:
    mine = current_keys()
    with using_scope(other_house.scope()), scoped_transaction():
        assert TenantKey.objects.count() == 0
        theirs = current_keys()
        assert TenantKey.objects.count() == 2
    assert (mine.tenant_id, theirs.tenant_id) == (scope.tenant_id, other_house.tenant.pk)
    assert mine.pepper != theirs.pepper


def test_without_a_kek_a_write_is_refused_and_nothing_is_stored(scope: Scope, settings: Settings) -> None:
    settings.AGORA_KEKS = []
    with pytest.raises(EncryptionUnavailable) as caught, transaction.atomic():
        Vault.objects.create(note="x")
    assert (caught.value.status, Vault.objects.count(), key_rows()) == (503, 0, [])


def test_when_the_kek_is_taken_away_known_keys_are_not_used_either(scope: Scope, settings: Settings) -> None:
    vault = Vault.objects.create(note="x")
    settings.AGORA_KEKS = []
    with pytest.raises(EncryptionUnavailable), transaction.atomic():
        Vault.objects.create(note="y")
    with pytest.raises(EncryptionUnavailable):
        Vault.objects.get(pk=vault.pk)


def test_with_another_kek_reads_and_writes_fail_and_no_keys_are_made(scope: Scope, settings: Settings) -> None:
    vault = Vault.objects.create(note="x")
    settings.AGORA_KEKS = [b"another key-encryption key, 32 b."[:32]]
    with pytest.raises(DecryptionFailed):
        Vault.objects.get(pk=vault.pk)
    with pytest.raises(DecryptionFailed) as caught, transaction.atomic():
        Vault.objects.create(note="y")
    assert (caught.value.status, key_rows()) == (503, [("data", 1), ("pepper", 1)])


def test_a_look_up_makes_no_keys(scope: Scope) -> None:
    assert Vault.objects.filter(email="bob@example.com").count() == 0
    assert key_rows() == []


def test_keys_that_are_rolled_back_with_a_savepoint_are_forgotten(scope: Scope) -> None:
    with suppress(Interrupted), transaction.atomic():
        Vault.objects.create(note="lost")
        raise Interrupted
    assert key_rows() == []
    vault = Vault.objects.create(note="kept")
    forget_keys()
    assert (Vault.objects.get(pk=vault.pk).note, key_rows()) == ("kept", [("data", 1), ("pepper", 1)])


@pytest.mark.committed
def test_keys_that_are_rolled_back_with_their_transaction_are_forgotten() -> None:
    scope = make_house().scope()
    with using_scope(scope), suppress(Interrupted), scoped_transaction():
        Vault.objects.create(note="lost")
        raise Interrupted
    with using_scope(scope), scoped_transaction():
        vault = Vault.objects.create(note="kept")
    forget_keys()
    with using_scope(scope), scoped_transaction():
        assert (Vault.objects.get(pk=vault.pk).note, len(key_rows())) == ("kept", 2)


@pytest.mark.committed
def test_committed_keys_are_shared_by_all_threads(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scope = make_house().scope()
    with using_scope(scope), scoped_transaction():
        current_keys()
    seen = []

    def look() -> None:
        with using_scope(scope), scoped_transaction(), django_assert_num_queries(0, connection=connection):
            seen.append(existing_keys())
        connections.close_all()

    with using_scope(scope), scoped_transaction():
        seen.append(existing_keys())
    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert len(seen) == 2
    assert seen[0] is seen[1]


@pytest.mark.committed
def test_threads_that_come_first_together_agree_on_the_keys() -> None:
    scope, barrier, failures = make_house().scope(), Barrier(6), []

    def write(number: int) -> None:
        try:
            with using_scope(scope), scoped_transaction():
                barrier.wait()
                Vault.objects.create(note=str(number), email=f"{number}@example.com")
        except Exception as error:  # noqa: BLE001 - the main thread must see it
            failures.append(error)
        connections.close_all()

    threads = [Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forget_keys()
    with using_scope(scope), scoped_transaction():
        assert (failures, key_rows()) == ([], [("data", 1), ("pepper", 1)])
        assert sorted(Vault.objects.values_list("note", flat=True)) == list("012345")
        assert Vault.objects.get(email="3@example.com").note == "3"


def test_a_new_data_key_is_for_new_values_and_old_ones_still_open(scope: Scope) -> None:
    old = Vault.objects.create(note="same")
    assert start_data_key() == 2
    new = Vault.objects.create(note="same")
    assert (key_version(stored(old, "note")), key_version(stored(new, "note"))) == (1, 2)
    assert stored(old, "note")[2:18] == stored(new, "note")[2:18]
    assert list(Vault.objects.values_list("note", flat=True)) == ["same", "same"]
    assert key_rows() == [("data", 1), ("data", 2), ("pepper", 1)]


@pytest.mark.committed
def test_a_new_data_key_is_used_after_its_commit_even_if_the_old_keys_were_read_meanwhile() -> None:
    scope = make_house().scope()
    with using_scope(scope), scoped_transaction():
        before = current_keys()
    with using_scope(scope), scoped_transaction():
        start_data_key()
        key_ring._cache.put(before)
    with using_scope(scope), scoped_transaction():
        assert current_keys().newest == 2


@pytest.mark.committed
def test_a_data_key_that_another_process_began_is_found_when_it_is_needed() -> None:
    scope = make_house().scope()
    with using_scope(scope), scoped_transaction():
        known_here = current_keys()
        start_data_key()
        vault = Vault.objects.create(note="new")
    key_ring._cache.put(known_here)
    with using_scope(scope), scoped_transaction():
        assert existing_keys() is known_here
        assert Vault.objects.get(pk=vault.pk).note == "new"


def test_known_keys_are_read_again_after_a_while(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_ring, "_SECONDS_KEPT", 0.0)
    cache = key_ring._Cache()
    cache.put(current_keys())
    assert cache.get(scope.tenant_id) is None


def test_the_cache_is_bounded(scope: Scope, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(key_ring, "_CAPACITY", 2)
    cache, keys = key_ring._Cache(), current_keys()
    for number in range(4):
        settings.AGORA_KEKS = [bytes([number]) * 32]
        cache.put(keys)
    assert len(cache._kept) == 2


@pytest.mark.parametrize("column", ["tenant_id", "kind", "version"])
def test_a_wrapped_key_that_was_moved_to_another_row_does_not_open(
    scope: Scope, column: str, other_house: House
) -> None:
    current_keys()
    wrapped = bytes(TenantKey.objects.get(kind="data").wrapped)
    TenantKey.objects.filter(kind="data").delete()
    row = TenantKey(tenant_id=scope.tenant_id, kind="data", version=1, kek_id=kek_id(configured_keks()[0]))
    changed: dict[str, Any] = {"tenant_id": other_house.tenant.pk, "kind": "pepper", "version": 2}
    elsewhere = using_scope(other_house.scope()) if column == "tenant_id" else using_scope(scope)
    setattr(row, column, changed[column])
    row.wrapped = wrapped
    with elsewhere, scoped_transaction():
        if column == "kind":
            TenantKey.objects.filter(kind="pepper").delete()
        row.save(force_insert=True)
        with pytest.raises(DecryptionFailed):
            reloaded_keys()
