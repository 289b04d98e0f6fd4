"""Two small tables with every kind of encrypted field, for the tests of the crypto room only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.apps.registry import Apps
from django.db import connection, connections, models

from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedEmailField, EncryptedJSONField, EncryptedTextField
from apps.kernel.crypto.keys import forget_keys
from apps.kernel.tenancy.wall import build_statements, wall_of

# A registry of their own keeps these models away from the checks of the house.
REGISTRY = Apps()


class Private(TenantModel):
    """An abstract base with a blind index, to be inherited."""

    audited = False
    unaudited_reason = "tests only"

    email: Any = EncryptedEmailField(blind_index=True, null=True, blank=True)

    class Meta:
        abstract = True


class Vault(Private):
    """Every kind of encrypted field."""

    label = models.CharField(max_length=20, default="")
    phone: Any = EncryptedTextField(blind_index=True, null=True)
    note: Any = EncryptedTextField(default="", blank=True, max_length=1000)
    data: Any = EncryptedJSONField(null=True)

    class Meta:
        app_label = "crypto_tests"
        apps = REGISTRY
        db_table = "test_vault"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "email_index"], name="test_vault_email_once")
        ]

    def __str__(self) -> str:
        return self.label


class Item(TenantModel):
    """Something in a vault, to filter through a join."""

    audited = False
    unaudited_reason = "tests only"

    vault = models.ForeignKey(Vault, on_delete=models.CASCADE, db_constraint=False)

    class Meta:
        app_label = "crypto_tests"
        apps = REGISTRY
        db_table = "test_vault_item"
        base_manager_name = "objects"


@contextmanager
def vault_tables(blocker: Any) -> Iterator[None]:
    """Make the tables for one test, as the owner and outside the test's transaction, and start without keys."""
    forget_keys()
    with blocker.unblock(), connections["owner"].schema_editor() as editor:
        for model in (Vault, Item):
            editor.create_model(model)
            for statement in build_statements(wall_of(model)):
                editor.execute(statement)
    yield
    with blocker.unblock(), connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS test_vault, test_vault_item")
    forget_keys()


def stored(row: Vault, column: str) -> bytes:
    """What really stands in the column."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM test_vault WHERE id = %s', [row.pk])
        (value,) = cursor.fetchone()
    return bytes(value)
