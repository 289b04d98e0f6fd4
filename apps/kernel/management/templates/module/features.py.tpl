"""What may be allowed with {{ plan.things }}."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

{% for e in plan.entities %}
VIEW_{{ e.constants }} = feature("{{ plan.id }}.{{ e.plural }}.view", _("See {{ e.things }}"))
MANAGE_{{ e.constants }} = feature(
    "{{ plan.id }}.{{ e.plural }}.manage",
    _("Add, change and delete {{ e.things }}"),
    implies=("{{ plan.id }}.{{ e.plural }}.view",),
)
{% endfor %}
