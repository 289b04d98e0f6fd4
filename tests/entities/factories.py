"""Custom fields for tests."""

from __future__ import annotations

from typing import Any

from apps.entities.models import FieldDefinition
from apps.entities.services import create_definition
from apps.kernel.tenancy.scope import using_scope
from tests.support.scopes import House

CURRENCY = "currencies.currency"
CURRENCIES = "/api/currencies/currencies/"
DEFINITIONS = "/api/entities/definitions/"


def make_field(house: House, key: str = "size", kind: str = "integer", **parts: Any) -> FieldDefinition:
    """A living field of currencies, of the whole tenant."""
    with using_scope(house.scope(house.north)):
        values = {"entity": CURRENCY, "label": key.capitalize(), **parts}
        made: FieldDefinition = create_definition(key=key, kind=kind, **values)
    return made


def body_of(answer: Any) -> dict[str, Any]:
    """What a browser would send for the form as it is shown."""
    form = answer.context["adminform"].form
    found: dict[str, Any] = {}
    for item in form:
        value = item.value()
        widgets = getattr(item.field.widget, "widgets", None)
        if widgets:
            parts = item.field.widget.decompress(value)
            found |= {f"{item.name}_{number}": part or "" for number, part in enumerate(parts)}
        elif value not in (None, False):
            found[item.name] = item.field.prepare_value(value)
    return found
