"""What webhooks add to pages: the tab with everything that a webhook sent."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.extensions.tabs import RecordTab, record_tab
from apps.kernel.registry.subjects import SubjectSource, subject_source
from apps.webhooks.features import VIEW
from apps.webhooks.models import Webhook
from apps.webhooks.services.subjects import erase_bodies


def deliveries_of(webhook: Webhook) -> str:
    """The list of its deliveries."""
    return f"{reverse('admin:webhooks_webhookdelivery_changelist')}?webhook={webhook.pk}"


record_tab(RecordTab("webhooks.deliveries", _("Deliveries"), Webhook.entity_id, deliveries_of, features=(VIEW,)))
subject_source(SubjectSource("webhooks.bodies", _("Bodies of webhooks"), erase=erase_bodies))
