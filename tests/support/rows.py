"""A valid row of any tenant table, made from its columns; for tests that are generated over all tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle, product
from string import ascii_uppercase
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from apps.kernel.bases.models import OrganizationModel, TenantModel
from apps.kernel.crypto.keys import current_keys
from apps.kernel.crypto.models import TenantKey
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.wall import is_walled
from tests.support.scopes import House, make_organization

# Three signs, each time others: what is drawn by lot comes twice one day.
CODES = ("".join(letters) for letters in cycle(product(ascii_uppercase, repeat=3)))
WORDS = ("".join(digits) for digits in cycle(product("0123456789abcdef", repeat=3)))
# Columns whose values have a form of their own.
SPECIAL: dict[str, Any] = {
    "code": lambda: next(CODES),
    "slug": lambda: f"s-{uuid7().hex[-10:]}",
    "key": lambda: f"k_{uuid7().hex[-10:]}",
    "email": lambda: f"{uuid7().hex[-10:]}@example.com",
    "time_zone": lambda: "UTC",
    "interval_seconds": lambda: 60,
    "event_patterns": lambda: ["**"],
    "ends_at": lambda: datetime(2026, 2, 1, tzinfo=UTC),
}
# Rows that have the id of the row that their key leads to.
ONE_ID = {"customers.Person": "customer_id", "customers.Company": "customer_id"}
# Rows that have either of two columns: the first, unless the second is given.
EITHER = {"customers.Participant": ("user_id", "customer")}
BY_TYPE: tuple[tuple[type, Any], ...] = (
    (ArrayField, list),
    (SearchVectorField, lambda: "'word':1"),
    (models.UUIDField, uuid7),
    (models.BooleanField, lambda: False),
    (models.DateTimeField, lambda: datetime(2026, 1, 1, tzinfo=UTC)),
    (models.DateField, lambda: date(2026, 1, 1)),
    (models.DecimalField, lambda: Decimal("1.00")),
    (models.IntegerField, lambda: 1),
    (models.BinaryField, lambda: uuid7().bytes),
    (models.JSONField, dict),
    (models.CharField, lambda: next(WORDS)),
    (models.TextField, lambda: uuid7().hex),
)


def tenant_models() -> list[type[TenantModel]]:
    """Every tenant table of the installed modules."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, TenantModel) and not model._meta.proxy and model._meta.managed
    ]


def writable_models() -> list[type[TenantModel]]:
    """Tables that the app role may insert whole rows into."""
    return [model for model in tenant_models() if "INSERT" in getattr(model, "app_grants", ("INSERT",))]


def is_organization_model(model: type[models.Model]) -> bool:
    """Say whether rows belong to one organization."""
    return issubclass(model, OrganizationModel)


def make_row(model: type[models.Model], house: House, **overrides: Any) -> Any:
    """Insert a valid row in the open scope, inside a seed."""
    if model._meta.label == "directory.Organization":
        return make_organization("Generated", parent=overrides.get("parent", house.root))
    if model is TenantKey and not overrides:
        current_keys()  # a made-up key would make everything else of the tenant unreadable
        return TenantKey.objects.order_by("version")[0]
    if model is OutboxEvent:
        return _event()
    row: Any = model()
    for field in model._meta.local_concrete_fields:
        if field.name in overrides:
            setattr(row, field.name, overrides[field.name])
        elif _needs_value(field) or field.name in FILLED.get(model._meta.label, ()):
            setattr(row, field.name, _value(field, house))
    _settle(row, model._meta.label, given=overrides)
    row.save(force_insert=True)
    return row


def _settle(row: Any, label: str, *, given: Mapping[str, Any]) -> None:
    """Set columns that depend on others."""
    if label in ONE_ID:
        row.pk = getattr(row, ONE_ID[label])
    if label == "catalog.Category":  # the database looks at paths
        row.path = f"{row.parent.path if row.parent else ''}{row.pk}/"
        row.depth = row.parent.depth + 1 if row.parent else 0
    chosen, other = EITHER.get(label, ("", ""))
    if chosen and other not in given:
        setattr(row, chosen, uuid7())


def _event() -> OutboxEvent:
    """Events are written by the statement that ends a command; a row of its own takes the columns that it may."""
    values: dict[str, Any] = {
        **dict.fromkeys(("id", "action_id", "batch_id", "record_id"), uuid7()),
        "tenant_id": current_scope().tenant_id,
        "correlation_id": uuid7(),
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        **dict.fromkeys(("name", "entity", "actor_kind"), "tests"),
        "payload": "{}",
        "depth": 0,
        "is_pending": False,
        "parked_reason": "",
    }
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO outbox ({', '.join(values)}) VALUES ({places})", list(values.values()))
    found: OutboxEvent = OutboxEvent.objects.get(pk=values["id"])
    return found


def _needs_value(field: Any) -> bool:
    owned = field.name in {"id", "tenant_id", "organization_id"}
    hidden = field.name.endswith("_index") and isinstance(field, models.BinaryField)
    return not (owned or hidden or field.null or field.has_default() or field.generated or field.has_db_default())


def _value(field: Any, house: House) -> Any:
    if isinstance(field, models.ForeignKey) and not is_walled(field.related_model):
        return field.related_model._default_manager.order_by("pk")[0]  # Django's own tables: only read
    if isinstance(field, models.ForeignKey):
        return make_row(field.related_model, house)
    if field.choices:
        return field.choices[0][0]
    if field.name in SPECIAL:
        return SPECIAL[field.name]()
    return next(make for kind, make in BY_TYPE if isinstance(field, kind))()


# Columns that may be empty, and must not where another one is.
FILLED = {
    "customers.Comment": ("customer",),
    "customers.Follower": ("customer",),
    "catalog.Offer": ("starts_at", "ends_at"),
}
