{% for e in plan.entities %}
from {{ plan.services(e) }} import create_{{ e.name }}, delete_{{ e.name }}, update_{{ e.name }}
{% endfor %}

__all__ = [
{% for verb in ("create", "delete", "update") %}
{% for e in plan.entities|sort(attribute="name") %}
    "{{ verb }}_{{ e.name }}",
{% endfor %}
{% endfor %}
]
