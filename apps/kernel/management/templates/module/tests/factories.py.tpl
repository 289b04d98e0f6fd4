"""{{ plan.things|sentence }} for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.registry.entities import ENTITIES
from apps.{{ plan.id }}.models import {{ plan.entities|map(attribute="model")|join(", ") }}
from tests.support.rows import make_row
from tests.support.scopes import House, seeding
{% if has_references %}


def some_record(house: House, entity: str) -> UUID:
    """A row of another module, in North, that a reference may point to."""
    model: Any = ENTITIES[entity].model
    with seeding(house.scope(house.north)):
        return UUID(str(make_row(model, house).pk))
{% endif %}
{% for e in plan.entities %}


def make_{{ e.name }}(house: House, **values: Any) -> {{ e.model }}:
    """A living {{ e.words }}{% if not plan.is_of_tenant %} of North{% endif %}."""
{% for c in e.required if c.is_reference %}
    if "{{ c.argument }}" not in values:
        values["{{ c.argument }}"] = {{ c.value }}
{% endfor %}
    chosen: dict[str, Any] = {
{% for c in e.required if not c.is_reference %}
        "{{ c.argument }}": {{ c.example if c.field.is_unique else c.value }},
{% endfor %}
        **values,
    }
    with seeding(house.scope(house.north)):
        {{ e.name }} = {{ e.model }}(**chosen)
        {{ e.name }}.save(force_insert=True)
    return {{ e.name }}


def living_{{ e.plural }}(house: House) -> list[str]:
    """What the house's living {{ e.things }} are called."""
    with seeding(house.scope()):
        rows = {{ e.model }}.objects.filter(deleted_at__isnull=True).order_by("{{ e.label.attribute }}")
        return [{{ e.name }}.{{ e.label.attribute }} for {{ e.name }} in rows]


def {{ e.name }}_body(house: House) -> dict[str, Any]:
    """Every field that may be sent."""
    return {
{% for c in e.columns if c.field.parameter not in absent %}
        "{{ c.argument }}": {{ c.sent }},
{% endfor %}
    }
{% endfor %}
