"""Kinds of senders whose messages the house takes in by itself."""

from __future__ import annotations

from apps.webhooks.contracts import inbound_adapter
from apps.webhooks.providers.standard.provider import StandardAdapter

inbound_adapter(StandardAdapter())
