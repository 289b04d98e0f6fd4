"""The kinds of record of this module."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.{{ plan.id }}.models import {{ plan.entities|map(attribute="model")|join(", ") }}

{% for e in plan.entities %}
entity(
    {{ e.model }},
    icon="description",
    search={{ e.searched|as_tuple }},
    url="admin:{{ plan.id }}_{{ e.model|lower }}_change",
    broadcast="staff",
)
{% endfor %}
