"""What the customers module tells people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import notification_type

MENTIONED = notification_type(
    "customers.mentioned",
    label=_("Somebody mentions you in a comment"),
    title=_("{{ who }} mentions you: {{ name }}"),
    body="{{ text }}",
    icon="alternate_email",
).id

FOLLOWED = notification_type(
    "customers.followed",
    label=_("News of customers that you follow"),
    title=_("News of {{ name }}"),
    body=_("{% if text %}{{ who }}: {{ text }}{% else %}Changed by {{ who }}.{% endif %}"),
    icon="notifications_active",
    group_key="{{ subject_id }}",
).id
