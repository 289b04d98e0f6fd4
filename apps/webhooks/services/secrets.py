"""Secrets of webhooks: made, handed out once, and let end."""

from __future__ import annotations

import secrets as random_bytes
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import InvalidInput
from apps.webhooks.calculations.signing import as_secret
from apps.webhooks.events import SECRET_ROTATED
from apps.webhooks.features import SECRETS
from apps.webhooks.models import Webhook, WebhookSecret
from apps.webhooks.services.checks import number_complaints, webhook_for_update

KEY_BYTES: Final = 32
GRACE_HOURS: Final = 24
LONGEST_GRACE: Final = 168
SHOWN = gettext_lazy("a secret that was shown cannot be taken back; give the webhook a new one.")


@dataclass(frozen=True, slots=True)
class IssuedWebhook:
    """A webhook and its new secret, which is shown to whoever asked for it and never again."""

    webhook: Webhook
    secret: str

    def __repr__(self) -> str:
        """Name the webhook, not the secret."""
        return f"<issued {self.webhook.pk}>"

    @property
    def record(self) -> Webhook:
        """The webhook, as pages and answers of every issued secret call it."""
        return self.webhook


def new_secret() -> str:
    """A secret of 256 random bits."""
    return as_secret(random_bytes.token_bytes(KEY_BYTES))


def write_secret(webhook_id: UUID) -> str:
    """Store a new secret of the webhook and hand it out; inside a command."""
    secret = new_secret()
    WebhookSecret(webhook_id=webhook_id, secret=secret).save(force_insert=True)
    return secret


@command("webhooks.webhook.rotate_secret", feature=SECRETS, undoable=False, undo_reason=SHOWN)
def rotate_secret(webhook_id: UUID, *, grace_hours: int = GRACE_HOURS) -> IssuedWebhook:
    """Give the webhook a new secret; requests are signed with the former one as well for the grace (0 to 168 hours).

    Raises RowNotFound, TenantWebhookKept, InvalidInput.
    """
    if complaints := tuple(number_complaints("grace_hours", grace_hours, 0, LONGEST_GRACE)):
        raise InvalidInput(errors=complaints)
    webhook = webhook_for_update(webhook_id)
    until = clock.now() + timedelta(hours=grace_hours)
    _let_end(webhook.pk, until)
    issued = IssuedWebhook(webhook, write_secret(webhook.pk))
    SECRET_ROTATED.emit(resource_id=webhook.pk, former_until=until, organization_id=webhook.organization_id)
    return issued


def _let_end(webhook_id: UUID, until: datetime) -> None:
    """Let present secrets end then; one that ends earlier keeps its end, ended ones go."""
    rows = WebhookSecret.objects.filter(webhook_id=webhook_id)
    rows.filter(expires_at__lte=clock.now()).delete()
    rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=until)).update(expires_at=until)
