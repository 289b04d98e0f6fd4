"""Shapes of {{ plan.things }} in the REST interface."""

from __future__ import annotations

from apps.kernel.api.serializers import StrictModelSerializer, StrictUUIDField
from apps.{{ plan.id }}.models import {{ plan.entities|map(attribute="model")|join(", ") }}
{% for e in plan.entities %}


class {{ e.model }}Serializer(StrictModelSerializer):
    """{{ e.one|sentence }}."""

{% for c in e.inner %}
    {{ c.argument }} = StrictUUIDField({% if not c.is_required %}allow_null=True, required=False{% endif %})
{% endfor %}
{% if e.inner %}

{% endif %}
    class Meta:
        model = {{ e.model }}
        fields = (
            "id",
{% if not plan.is_of_tenant %}
            "organization_id",
{% endif %}
{% for c in e.columns %}
            "{{ c.argument }}",
{% endfor %}
            "version",
            "created_at",
            "updated_at",
        )
{% endfor %}
