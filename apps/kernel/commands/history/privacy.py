"""Private values in the history: encrypted ones are shown to who may read the record, secrets to nobody."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from apps.kernel.errors import PlatformError
from apps.kernel.logs import is_secret_key
from apps.kernel.registry.features import is_declared
from apps.kernel.tenancy.scope import scope_or_none

# Where the fingerprint stands in the text form of an envelope: it outlives rotation and repeated encryption.
FINGERPRINT = slice(6, 38)
IRREGULAR = {"person": "people"}


class Unreadable(Exception):
    """A stored value that cannot be opened any more."""


def holds(feature: str) -> bool:
    """Say whether the actor of the open scope holds the feature; nobody holds one without a scope."""
    scope = scope_or_none()
    return scope is not None and bool(feature) and scope.actor.access.allows(feature)


def is_encrypted(field: models.Field[Any, Any] | None) -> bool:
    """Say whether the column holds envelopes."""
    return bool(getattr(field, "encrypted", False))


def is_secret(field: models.Field[Any, Any] | None, column: str) -> bool:
    """Say whether the value is shown to nobody: a credential, by the field's word (`secret`) or by its name."""
    return bool(getattr(field, "secret", False)) or is_secret_key(column)


def entity_of(model: type[models.Model]) -> str:
    """Entity id of the model, for an inner table that of what its rows belong to; "" for neither."""
    own = str(getattr(model, "entity_id", ""))
    if own:
        return own
    owners = (item.related_model for item in model._meta.local_concrete_fields if isinstance(item, models.ForeignKey))
    found = (str(getattr(item, "entity_id", "")) for item in owners)
    return next((item for item in found if item), "")


def view_feature_of(model: type[models.Model]) -> str:
    """The feature that opens records of the model: its `view_feature`, else the one that is named after its entity.

    `auth.user` is opened by `auth.users.view`, `currencies.currency` by `currencies.view`. "" where neither is
    declared: then nobody is shown what is encrypted.
    """
    named = str(getattr(model, "view_feature", ""))
    if named:
        return named
    module, _, thing = entity_of(model).rpartition(".")
    plurals = (IRREGULAR.get(thing, f"{thing}s"), f"{thing}es", f"{thing[:-1]}ies")
    possible = (*(f"{module}.{plural}.view" for plural in plurals), f"{module}.view")
    return next((item for item in possible if module and is_declared(item)), "")


def may_reveal(model: type[models.Model]) -> bool:
    """Say whether the actor may read what is encrypted in rows of the model."""
    return holds(view_feature_of(model))


def opened(field: Any, stored: Any) -> Any:
    """The plain value of an envelope as an image holds it; None for none. Raises Unreadable."""
    if stored is None:
        return None
    try:
        return field.from_db_value(bytes.fromhex(str(stored).removeprefix("\\x")), None, connection)
    except (PlatformError, ValueError) as error:
        raise Unreadable from error
