"""How webhooks are found."""

from __future__ import annotations

from apps.search.contracts import searchable
from apps.webhooks.features import VIEW
from apps.webhooks.models import Webhook

searchable(
    Webhook,
    feature=VIEW,
    title="name",
    subtitle="url",
    fields={"name": "A", "description": "B", "url": "C"},
    excluded=("custom_headers",),
)
