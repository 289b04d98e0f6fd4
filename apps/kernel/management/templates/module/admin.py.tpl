"""Back office pages of {{ plan.things }}."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.{{ plan.id }} import services
from apps.{{ plan.id }}.features import (
{% for e in plan.entities %}
    MANAGE_{{ e.constants }},
    VIEW_{{ e.constants }},
{% endfor %}
)
from apps.{{ plan.id }}.models import {{ plan.entities|map(attribute="model")|join(", ") }}
{% for e in plan.entities %}


@register({{ e.model }})
class {{ e.model }}Page(CommandAdmin):
    """{{ e.things|sentence }} of the {{ "tenant" if plan.is_of_tenant else "selected organizations" }}."""

    create_command = services.create_{{ e.name }}
    update_command = services.update_{{ e.name }}
    delete_command = services.delete_{{ e.name }}
    view_feature = VIEW_{{ e.constants }}
    manage_feature = MANAGE_{{ e.constants }}
    icon = "description"
    order = {{ loop.index * 10 }}
    empty_hint = _("Add the first {{ e.words }}.")
    list_display = {{ (e.shown + ([] if plan.is_of_tenant else ["organization_id"]))|as_tuple }}
{% if e.narrowed %}
    list_filter = {{ e.narrowed|as_tuple }}
{% endif %}
    search_fields = {{ e.searched|as_tuple }}
    ordering = ("{{ e.label.attribute }}",)
    fields = {{ e.form|as_tuple }}
{% endfor %}
