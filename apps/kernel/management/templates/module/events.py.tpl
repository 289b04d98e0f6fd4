"""Names of what happens to {{ plan.things }}. These events come from the images of the rows; nothing emits them.

What only this module can know is declared here by `event()`, with its payload in `contracts.py`.
"""

from __future__ import annotations

{% for e in plan.entities %}
{% for verb in ("created", "updated", "deleted", "restored") %}
{{ e.constant }}_{{ verb|upper }} = "{{ e.id }}.{{ verb }}"
{% endfor %}
{% endfor %}
