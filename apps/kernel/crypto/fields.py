"""Encrypted model fields: plaintext in Python, an envelope in the database, transparent inside a scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import ForeignObjectRel
from django.db.models.expressions import Col
from django.db.models.functions import Substr
from django.db.models.signals import class_prepared
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.kernel.crypto.envelope import (
    INDEX_BYTES,
    INDEX_START,
    Place,
    blind_index,
    key_version,
    seal,
    unseal,
)
from apps.kernel.crypto.errors import DecryptionFailed
from apps.kernel.crypto.keys import current_keys, existing_keys, reloaded_keys
from apps.kernel.crypto.lookups import INDEX_SUFFIX, BlindExact, BlindIn, EncryptedColumn, refuse_lookup
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import current_scope

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
    _TextField = models.TextField[Any, Any]
    _EmailField = models.EmailField[Any, Any]
    _JSONField = models.JSONField[Any, Any]
else:
    _Field, _TextField, _EmailField, _JSONField = (
        object,
        models.TextField,
        models.EmailField,
        models.JSONField,
    )


class EncryptedField(_Field):
    """What the encrypted fields share; stands before a Django field that shapes forms and serializers.

    None is stored as NULL; an empty string is a value and is encrypted. With `blind_index=True` the model
    gets a generated column `<name>_index` (32 bytes) for exact look-up and unique constraints.
    """

    encrypted = True

    def __init__(self, *args: Any, blind_index: bool = False, **kwargs: Any) -> None:
        self.blind_index = blind_index
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Describe the field for migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"blind_index": True} if self.blind_index else {})

    def get_internal_type(self) -> str:
        """Have the database take it for bytes."""
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Seal the value for its column in the open scope's tenant."""
        if value is None or hasattr(value, "as_sql"):
            return value
        keys = current_keys()
        plain = self._encoded(value if prepared else self.get_prep_value(value))
        index = blind_index(str(value), pepper=keys.pepper) if self.blind_index else b""
        return seal(plain, self._place(), keys=keys, index=index)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Open an envelope of the open scope's tenant. Raises DecryptionFailed rather than give garbage."""
        if value is None:
            return None
        envelope, keys = bytes(value), existing_keys()
        if keys is None or key_version(envelope) not in keys.ciphers:
            # Another process may have begun a new data key meanwhile.
            keys = reloaded_keys()
        if keys is None:
            raise DecryptionFailed
        return self._decoded(unseal(envelope, self._place(), keys=keys, indexed=self.blind_index))

    def get_lookup(self, lookup_name: str) -> Any:
        """Offer what can work on ciphertext. Raises Django's FieldError for the rest."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        if lookup_name == "exact":
            return BlindExact
        if lookup_name == "in" and self.blind_index:
            return BlindIn
        raise refuse_lookup(self, lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """Offer none."""
        raise refuse_lookup(self, lookup_name)

    def get_col(self, alias: str, output_field: models.Field[Any, Any] | None = None) -> Col:
        """Stand in queries as a column that refuses to sort and group."""
        return EncryptedColumn(alias, self, output_field)

    @cached_property
    def cached_col(self) -> Col:
        """The column under its table's own name."""
        return EncryptedColumn(self.model._meta.db_table, self)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse what asks the database to compare ciphertext."""
        hint = "Use the column of a blind index instead."
        misuses = [
            checks.Error(f"The field is encrypted and cannot {use}.", hint=hint, obj=self, id="kernel.E040")
            for use in self._misuses()
        ]
        return [*super().check(**kwargs), *misuses]

    def _misuses(self) -> Iterator[str]:
        meta = self.model._meta
        if self.unique or getattr(self, "db_index", False):
            yield "be unique or indexed"
        if any(isinstance(item, str) and item.lstrip("-") == self.name for item in meta.ordering or ()):
            yield "order rows"
        compared = [
            *meta.indexes,
            *(item for item in meta.constraints if isinstance(item, models.UniqueConstraint)),
        ]
        if any(self.name in (name.lstrip("-") for name in item.fields) for item in compared):
            yield "stand in an index or a unique constraint"

    def _place(self) -> Place:
        return Place(current_scope().tenant_id, self.model._meta.db_table, str(self.column))

    def _encoded(self, value: Any) -> bytes:
        try:
            return str(value).encode()
        except UnicodeEncodeError as error:
            raise self._refusal() from error

    def _decoded(self, plain: bytes) -> Any:
        return plain.decode()

    def _refusal(self) -> InvalidInput:
        return InvalidInput(errors=(FieldError(self.name, "invalid", str(_("This value cannot be stored."))),))


class EncryptedTextField(EncryptedField, _TextField):
    """Private text of any length."""


class EncryptedEmailField(EncryptedField, _EmailField):
    """A private e-mail address; it keeps its spelling, the blind index does not care for it."""

    def deconstruct(self) -> Any:
        """Leave the default length out: the column has none."""
        name, path, args, kwargs = super().deconstruct()
        if kwargs.get("max_length") == 254:
            del kwargs["max_length"]
        return name, path, args, kwargs


class EncryptedJSONField(EncryptedField, _JSONField):
    """Private JSON; None is NULL, null inside stays. Keys are sorted, so that equal values look equal."""

    def _encoded(self, value: Any) -> bytes:
        try:
            text = json.dumps(
                value,
                cls=self.encoder or DjangoJSONEncoder,
                sort_keys=True,
                ensure_ascii=False,
                allow_nan=False,
                separators=(",", ":"),
            )
            return text.encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise self._refusal() from error

    def _decoded(self, plain: bytes) -> Any:
        return json.loads(plain, cls=self.decoder)


def hash_for_lookup(field: models.Field[Any, Any] | ForeignObjectRel, value: str | None) -> bytes | None:
    """Return the blind index that `field` holds for `value` in the open scope's tenant; None for None.

    Raises TypeError when the field has no blind index.
    """
    if not getattr(field, "blind_index", False):
        raise TypeError(f"{field} has no blind index.")
    return None if value is None else blind_index(value, pepper=current_keys().pepper)


def encrypted_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The encrypted columns of a model."""
    return [field for field in model._meta.concrete_fields if getattr(field, "encrypted", False)]


def _add_blind_indexes(sender: type[models.Model], **kwargs: Any) -> None:
    """Give each blind-indexed field its column.

    The database generates it from the envelope, so that no way of writing (bulk, `update()`, raw SQL, undo)
    can leave it behind. In migrations the column is already among the fields of the historical model.
    """
    names = {field.name for field in sender._meta.local_fields}
    for field in list(sender._meta.local_fields):
        name = f"{field.name}{INDEX_SUFFIX}"
        if getattr(field, "blind_index", False) and name not in names:
            column: Any = models.GeneratedField(
                expression=Substr(field.name, INDEX_START, INDEX_BYTES),
                output_field=models.BinaryField(max_length=INDEX_BYTES),
                db_persist=True,
                null=True,
            )
            sender.add_to_class(name, column)


class_prepared.connect(_add_blind_indexes, dispatch_uid="kernel.crypto.blind_indexes")
