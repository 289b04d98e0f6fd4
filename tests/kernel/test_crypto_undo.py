"""Undo and encryption: images hold no plaintext, and earlier actions stay undoable after keys have changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from apps.auth.models import User
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.executor import execute
from apps.kernel.commands.models import RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.crypto.keys import start_data_key
from apps.kernel.crypto.rotation import reencrypt_batch
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_user
from tests.support.scopes import House

BEFORE, AFTER = "before@example.org", "after@example.org"


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


def change_address(user: User, address: str) -> None:
    execute(COMMANDS["auth.user.update"], (user.pk,), {"email": address})


def address_of(user: User) -> str:
    with scoped_transaction():
        return str(User.objects.get(pk=user.pk).email)


def envelope_version(user: User) -> int:
    with scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT get_byte(email, 1) FROM staff_user WHERE id = %s", [user.pk])
        return int(cursor.fetchone()[0])


def test_an_earlier_change_is_undone_after_rotation_and_re_encryption(scoped: House) -> None:
    user = make_user(scoped, email=BEFORE)
    with collecting_actions() as actions:
        change_address(user, AFTER)
    with scoped_transaction():
        start_data_key()
    while reencrypt_batch("auth.user", size=10):
        pass
    assert envelope_version(user) == 2
    undo(actions[-1])
    assert address_of(user) == BEFORE
    assert envelope_version(user) == 1, "the old envelope came back as it was"


def test_saving_the_same_address_again_is_no_change(scoped: House) -> None:
    user = make_user(scoped, email=BEFORE)
    with collecting_actions() as actions:
        change_address(user, BEFORE)
    with scoped_transaction():
        assert not RowImage.objects.filter(action_id__in=actions).exists()


def test_a_later_change_of_an_encrypted_column_is_a_conflict(scoped: House) -> None:
    user = make_user(scoped, email=BEFORE)
    with collecting_actions() as actions:
        change_address(user, AFTER)
        change_address(user, "third@example.org")
    with pytest.raises(UndoConflict):
        undo(actions[0])


def test_images_hold_no_plaintext(scoped: House) -> None:
    user = make_user(scoped, email=BEFORE)
    change_address(user, AFTER)
    with scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(before::text || after::text, '') FROM row_image WHERE row_id = %s", [user.pk])
        text = str(cursor.fetchone()[0])
        cursor.execute("SELECT string_agg(input::text || resource_label, '') FROM action")
        text += str(cursor.fetchone()[0])
    assert "example.org" not in text
    assert AFTER.encode().hex() not in text
