"""What roles get from the {{ plan.id }} module."""

from __future__ import annotations

from collections.abc import Mapping

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("{{ plan.id }}.*",),
    "admin": ("{{ plan.id }}.*",),
    "employee": {{ plan.entities|map(attribute="view_feature")|as_tuple }},
}
{% if not plan.is_of_tenant %}

# They go and come back with their organization; a kind that should keep it from being deleted is taken out.
organization_equipment = {{ plan.entities|map(attribute="id")|as_tuple }}
{% endif %}
