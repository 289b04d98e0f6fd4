"""How {{ plan.things }} are found."""

from __future__ import annotations

from apps.search.contracts import searchable
from apps.{{ plan.id }}.features import {% for e in plan.entities %}VIEW_{{ e.constants }}{{ ", " if not loop.last }}{% endfor %}

from apps.{{ plan.id }}.models import {{ plan.entities|map(attribute="model")|join(", ") }}

{% for e in plan.entities %}
searchable(
    {{ e.model }},
    feature=VIEW_{{ e.constants }},
    title="{{ e.label.argument }}",
    fields={ {%- for name, weight in e.weights.items() %}"{{ name }}": "{{ weight }}"{{ ", " if not loop.last }}{% endfor -%} },
{% if e.hashed %}
    hash_only={{ e.hashed|as_tuple }},
{% endif %}
)
{% endfor %}
