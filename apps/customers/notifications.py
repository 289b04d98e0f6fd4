"""What owners of deals are told."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import EMAIL, IN_APP, notification_type

OWNER_TOLD: Final = (IN_APP, EMAIL)

DEAL_WON_NOTICE: Final = notification_type(
    "customers.deal_won",
    label=_("A deal of mine was won"),
    title=_("Won: {{ title }}"),
    body=_("{% if value %}It is worth {{ value }}.{% else %}It has no value yet.{% endif %}"),
    severity="success",
    icon="trophy",
    channels=OWNER_TOLD,
).id

DEAL_LOST_NOTICE: Final = notification_type(
    "customers.deal_lost",
    label=_("A deal of mine was lost"),
    title=_("Lost: {{ title }}"),
    body=_("{% if reason %}Reason: {{ reason }}. {% endif %}{% if value %}It was worth {{ value }}.{% endif %}"),
    severity="warning",
    icon="sentiment_dissatisfied",
    channels=OWNER_TOLD,
).id

REMINDER: Final = notification_type(
    "customers.reminder",
    label=_("An interaction begins soon"),
    title="{{ title }}",
    body="{{ begins }}{% if place %} · {{ place }}{% endif %}",
    severity="warning",
    icon="alarm",
    channels=(IN_APP,),
    expires_after=48,
).id

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
