"""{{ plan.things|sentence }} of {{ plan.owner }}."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import {{ plan.base }}
from apps.kernel.commands.amounts import whole_amount
from apps.kernel.crypto.fields import EncryptedEmailField
from apps.kernel.references.fields import ReferenceField

{% if has_amounts %}
CURRENCY = RegexValidator(r"^[A-Z]{3}$")
{% endif %}
{% for name, meaning, field in plan.choices %}


class {{ name }}(models.TextChoices):
    """{{ meaning|sentence }}."""

{% for choice in field.choices %}
    {{ choice|upper }} = "{{ choice }}", _({{ choice|in_words|quoted }})
{% endfor %}
{% endfor %}
{% for e in plan.entities %}


class {{ e.model }}({% if custom_fields %}CustomFields, {% endif %}Versioned, SoftDelete, {{ plan.base }}):
    """{{ e.one|sentence }}."""

    entity_id = "{{ e.id }}"

{% for c in e.columns %}
    {{ c.attribute }} = {{ c.declaration }}
{% endfor %}

    class Meta:
        db_table = "{{ e.table }}"
        verbose_name = _({{ e.words|quoted }})
        verbose_name_plural = _({{ e.things|quoted }})
        base_manager_name = "objects"
{% if e.unique or e.loose_amounts %}
        constraints: ClassVar = [
{% for c in e.unique %}
            models.UniqueConstraint(
                fields={{ e.unique_fields(c)|tojson }},
                condition=SoftDelete.ALIVE{% if c.default == '""' %} & ~models.Q({{ c.attribute }}=""){% endif %},
                name="{{ e.table }}_{{ c.attribute }}_once",
            ),
{% endfor %}
{% for name in e.loose_amounts %}
            whole_amount("{{ name }}", constraint="{{ e.table }}_{{ name }}_whole"),
{% endfor %}
        ]
{% endif %}
        indexes: ClassVar = [
{% for c in e.indexed %}
            models.Index(fields=["tenant_id", "{{ c.attribute }}", "id"], name="{{ e.index(c.attribute) }}"),
{% endfor %}
            models.Index(fields=["tenant_id", "created_at", "id"], name="{{ e.index("created") }}"),
{% for c in e.columns if c.is_reference and not c.field.is_indexed %}
            models.Index(fields=["tenant_id", "{{ c.attribute }}"], name="{{ e.index(c.attribute) }}"),
{% endfor %}
{% if not plan.is_of_tenant %}
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            models.Index(fields=["tenant_id", "organization_id"], name="{{ e.index("organization") }}"),
{% endif %}
        ]

    def __str__(self) -> str:
        """Its {{ e.label.argument|in_words }}."""
        return self.{{ e.label.attribute }}
{% endfor %}
