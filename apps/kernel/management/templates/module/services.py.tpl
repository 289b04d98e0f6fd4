"""{{ e.things|sentence }}: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.kernel import clock
from apps.kernel.commands.amounts import incomplete_amounts
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.examples import example_record
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import InUse
from apps.kernel.references.validation import demand_targets, validate_references
from apps.kernel.tenancy.scope import Scope
from apps.{{ plan.id }}.features import MANAGE_{{ e.constants }}
from apps.{{ plan.id }}.models import {{ e.model }}{% for other, _c in e.pointing %}, {{ other.model }}{% endfor %}


FIELDS = {{ e.columns|rejectattr("is_inner")|map(attribute="argument")|as_tuple }}


def _new_{{ e.name }}(scope: Scope) -> dict[str, Any]:
    return {
{% for c in e.required %}
        "{{ c.argument }}": {{ c.example if c.field.is_unique or c.is_reference else c.value }},
{% endfor %}
    }


def _some_{{ e.name }}(scope: Scope) -> dict[str, Any]:
    return {"{{ e.name }}_id": create_{{ e.name }}(**_new_{{ e.name }}(scope)).pk}


def _changed_{{ e.name }}(scope: Scope) -> dict[str, Any]:
    return {**_some_{{ e.name }}(scope), "{{ e.label.argument }}": {{ e.label.example if e.label.field.is_unique else e.label.other }}}


@command("{{ e.id }}.create", feature=MANAGE_{{ e.constants }}, example=_new_{{ e.name }})
def create_{{ e.name }}(  {{ "# noqa: PLR0913 - one for each column" if e.columns|length + custom_fields > 12 }}
    *,
{% for c in e.columns|sort(attribute="default", case_sensitive=True) if c.is_required %}
    {{ c.argument }}: {{ c.annotation }},
{% endfor %}
{% for c in e.columns if not c.is_required %}
    {{ c.argument }}: {{ c.annotation }} = {{ c.default }},
{% endfor %}
{% if custom_fields %}
    custom_fields: Mapping[str, Any] | None = None,
{% endif %}
) -> {{ e.model }}:
    """Add {{ e.one }}. Raises InvalidInput{% if e.unique %}, Duplicate{% endif %}."""
    {{ e.name }} = {{ e.model }}({{ e.columns|map(attribute="argument")|passed }})
{% if custom_fields %}
    {{ e.name }}.take(custom_fields)
{% endif %}
    _demand_sound({{ e.name }})
    {{ e.name }}.save(force_insert=True)
    return {{ e.name }}


@command("{{ e.id }}.update", feature=MANAGE_{{ e.constants }}, example=_changed_{{ e.name }})
def update_{{ e.name }}(  {{ "# noqa: PLR0913 - one for each column" if e.columns|length + custom_fields > 11 }}
    {{ e.name }}_id: UUID,
    *,
{% for c in e.columns %}
    {{ c.argument }}: {{ c.annotation|optional }} = UNCHANGED,
{% endfor %}
{% if custom_fields %}
    custom_fields: Mapping[str, Any] | None = None,
{% endif %}
) -> {{ e.model }}:
    """Change what is given. Raises RowNotFound, InvalidInput{% if e.unique %}, Duplicate{% endif %}.{% if custom_fields %}


    Custom values are merged; None under a key removes one.
    {% endif %}"""
    {{ e.name }} = load_living({{ e.model }}, {{ e.name }}_id)
    changed = set_given({{ e.name }}, {{ e.columns|map(attribute="argument")|passed }})
{% if custom_fields %}
    {{ e.name }}.take(custom_fields)
{% endif %}
    _demand_sound({{ e.name }})
    {{ e.name }}.save(update_fields=[*changed, "version"])
    return {{ e.name }}


@command("{{ e.id }}.delete", feature=MANAGE_{{ e.constants }}, example=_some_{{ e.name }})
def delete_{{ e.name }}({{ e.name }}_id: UUID) -> {{ e.model }}:
    """Hide {{ e.one }}. Raises RowNotFound, InUse with counts."""
    {{ e.name }} = load_living({{ e.model }}, {{ e.name }}_id)
    keep_pointers_out({{ e.name }})
{% if e.pointing %}
    _demand_unused({{ e.name }})
{% endif %}
    hide({{ e.name }})
    return {{ e.name }}
{% if e.pointing %}


def _demand_unused({{ e.name }}: {{ e.model }}) -> None:
{% for other, c in e.pointing %}
    if count := {{ other.model }}.objects.filter({{ c.argument }}={{ e.name }}.pk, deleted_at__isnull=True).count():
        summary = f"{count} × { {{- other.model }}._meta.verbose_name_plural}"
        raise InUse(summary=summary, usages={"{{ plan.id }}.{{ other.model|lower }}.{{ c.argument }}": count})
{% endfor %}
{% endif %}


def _demand_sound({{ e.name }}: {{ e.model }}) -> None:
{% for c in e.private %}
    {{ e.name }}.{{ c.attribute }} = {{ e.name }}.{{ c.attribute }} or None
{% endfor %}
    demand_valid({{ e.name }}, FIELDS{% if e.amounts %}, more=incomplete_amounts({{ e.name }}, {{ e.amounts|map("quoted")|join(", ") }}){% endif %})
{% if e.outer %}
    validate_references([{{ e.name }}])
{% endif %}
{% for c in e.inner %}
{% if c.is_required %}
    demand_targets([("{{ c.argument }}", "{{ c.field.parameter }}", {{ e.name }}.{{ c.argument }})])
{% else %}
    if {{ e.name }}.{{ c.argument }} is not None:
        demand_targets([("{{ c.argument }}", "{{ c.field.parameter }}", {{ e.name }}.{{ c.argument }})])
{% endif %}
{% endfor %}
