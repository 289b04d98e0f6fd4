"""REST interface of {{ plan.things }}."""

from __future__ import annotations

from typing import ClassVar

from apps.kernel.api.viewsets import CommandViewSet
from apps.{{ plan.id }} import services
from apps.{{ plan.id }}.api.serializers import (
{% for e in plan.entities %}
    {{ e.model }}Serializer,
{% endfor %}
)
from apps.{{ plan.id }}.features import (
{% for e in plan.entities %}
    MANAGE_{{ e.constants }},
    VIEW_{{ e.constants }},
{% endfor %}
)
from apps.{{ plan.id }}.models import {{ plan.entities|map(attribute="model")|join(", ") }}
{% for e in plan.entities %}


class {{ e.model }}ViewSet(CommandViewSet):
    """{{ e.things|sentence }} of the {{ "tenant" if plan.is_of_tenant else "selected organizations; new ones go to the one that is selected" }}."""

    entity = {{ e.model }}.entity_id
    serializer_class = {{ e.model }}Serializer
    filter_fields = (
{% if not plan.is_of_tenant %}
        "organization_id",
{% endif %}
{% for c in e.columns %}
        "{{ c.argument }}",
{% endfor %}
        "created_at",
        "updated_at",
    )
    ordering_fields = {{ (e.indexed|map(attribute="argument")|list + ["created_at"])|as_tuple }}
    default_ordering = "{{ e.label.argument }}"
    create_command = services.create_{{ e.name }}
    update_command = services.update_{{ e.name }}
    delete_command = services.delete_{{ e.name }}
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_{{ e.constants }},),
        "retrieve": (VIEW_{{ e.constants }},),
        "create": (MANAGE_{{ e.constants }},),
        "update": (MANAGE_{{ e.constants }},),
        "partial_update": (MANAGE_{{ e.constants }},),
        "destroy": (MANAGE_{{ e.constants }},),
    }
{% endfor %}
