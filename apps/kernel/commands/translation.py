"""What the database refuses, in the words of the house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import Error, IntegrityError, models
from django.utils.translation import gettext as _

from apps.kernel.bases.bitemporal import KnownOnce
from apps.kernel.commands.errors import Busy, Duplicate, RuleBroken, StillReferenced
from apps.kernel.crypto.fields import encrypted_fields
from apps.kernel.crypto.lookups import INDEX_SUFFIX
from apps.kernel.errors import FieldError, PlatformError

UNIQUE = "23505"
FOREIGN_KEY = "23503"
CHECK = "23514"
EXCLUSION = "23P01"
LOCK_TIMEOUT = "55P03"
TRANSIENT = frozenset({"40001", "40P01"})


def sqlstate_of(error: BaseException) -> str:
    """The SQLSTATE behind a Django database error, "" when there is none."""
    return str(getattr(error.__cause__ or error, "sqlstate", "") or "")


def is_transient(error: BaseException) -> bool:
    """Say whether the same transaction may succeed when tried again (serialization, deadlock)."""
    return sqlstate_of(error) in TRANSIENT


@contextmanager
def translated() -> Iterator[None]:
    """Turn constraint violations and lock time-outs of the block into refusals."""
    try:
        yield
    except IntegrityError as error:
        raise (_refusal(error) or error) from error
    except Error as error:
        if sqlstate_of(error) == LOCK_TIMEOUT:
            raise Busy from error
        raise


def constraint_of(error: BaseException) -> str:
    """Name of the violated constraint, "" when the database does not say."""
    diagnosis = getattr(error.__cause__ or error, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "")


def _refusal(error: IntegrityError) -> PlatformError | None:
    state, name = sqlstate_of(error), constraint_of(error)
    if state in {UNIQUE, EXCLUSION}:
        fields = fields_of(name)
        complaints = tuple(FieldError(item, Duplicate.code, _("This value is taken.")) for item in fields)
        return Duplicate(errors=complaints, fields=", ".join(fields) or name, constraint=name)
    if state == FOREIGN_KEY:
        return StillReferenced(constraint=name)
    if state == CHECK:
        return RuleBroken(constraint=name)
    return None


def fields_of(constraint: str) -> tuple[str, ...]:
    """Names of the fields of a unique constraint, without the owner columns."""
    for model in apps.get_models():
        for item in model._meta.constraints:
            if item.name == constraint:
                named = tuple(field for field in _fields(item) if field not in {"tenant_id", "organization_id"})
                return tuple(_shown(model, field) for field in named)
    return ()


def _shown(model: type[models.Model], name: str) -> str:
    """The field as people know it: an encrypted one, not the blind index that is compared in its place."""
    stems = {f"{field.name}{INDEX_SUFFIX}": field.name for field in encrypted_fields(model)}
    return stems.get(name, name)


def _fields(constraint: Any) -> tuple[str, ...]:
    if isinstance(constraint, KnownOnce):
        return (*constraint.key, *constraint.over)
    return tuple(constraint.fields) if isinstance(constraint, models.UniqueConstraint) else ()
