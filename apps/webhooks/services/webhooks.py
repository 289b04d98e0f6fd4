"""Webhooks: adding, changing, switching on and off, deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.commands.running import about
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.ports import Notifier
from apps.kernel.registry.notices import holders_of
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.webhooks.errors import TenantReach
from apps.webhooks.events import WEBHOOK_DISABLED
from apps.webhooks.features import MANAGE
from apps.webhooks.models import DisabledReason, Webhook, WebhookHealth
from apps.webhooks.notifications import SWITCHED_OFF
from apps.webhooks.selectors import living_webhooks
from apps.webhooks.services.checks import TEXTS, complaints_about, sees_everything, webhook_for_update
from apps.webhooks.services.secrets import IssuedWebhook, write_secret


def creation_example(scope: Scope) -> dict[str, Any]:
    """A webhook that the organization has not got, for examples."""
    return {
        "name": f"Example {uuid7().hex[-12:]}",
        "url": "https://hooks.example.org/agora",
        "event_patterns": ["directory.organization.*"],
    }


@command("webhooks.webhook.create", feature=MANAGE, example=creation_example, secret=("custom_headers",))
def create_webhook(
    *,
    name: str,
    url: str,
    event_patterns: Sequence[str],
    whole_tenant: bool = False,
    description: str = "",
    custom_headers: Mapping[str, str] | None = None,
    is_active: bool = True,
    max_retries: int = 10,
    timeout_seconds: int = 15,
    rate_limit_per_minute: int = 0,
    auto_disable_threshold: int = 100,
    custom_fields: Mapping[str, Any] | None = None,
) -> IssuedWebhook:
    """Add a webhook with its first secret: for the organization that the scope writes to, or the whole tenant.

    Raises OrganizationRequired, and InvalidInput with every complaint.
    """
    webhook = Webhook(
        organization_id=None if whole_tenant else current_scope().writing_organization(),
        name=name,
        description=description,
        url=url,
        event_patterns=_once(event_patterns),
        custom_headers=custom_headers or None,
        is_active=is_active,
        max_retries=max_retries,
        timeout_seconds=timeout_seconds,
        rate_limit_per_minute=rate_limit_per_minute,
        auto_disable_threshold=auto_disable_threshold,
    )
    webhook.take(custom_fields)
    reach = [FieldError("whole_tenant", TenantReach.code, str(TenantReach.message))]
    more = [] if not whole_tenant or sees_everything() else reach
    demand_valid(webhook, TEXTS, more=(*more, *complaints_about(webhook)))
    webhook.save(force_insert=True)
    about(webhook)
    return IssuedWebhook(webhook, write_secret(webhook.pk))


def _existing_example(scope: Scope) -> dict[str, Any]:
    return {"webhook_id": create_webhook(**creation_example(scope)).webhook.pk}


def _update_example(scope: Scope) -> dict[str, Any]:
    return {**_existing_example(scope), "name": "Renamed", "custom_headers": {"X-Shop": "1"}, "max_retries": 3}


@command("webhooks.webhook.update", feature=MANAGE, example=_update_example, secret=("custom_headers",))
def update_webhook(
    webhook_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    url: str | None = None,
    event_patterns: Sequence[str] | None = None,
    custom_headers: Mapping[str, str] | None = None,
    is_active: bool | None = None,
    max_retries: int | None = None,
    timeout_seconds: int | None = None,
    rate_limit_per_minute: int | None = None,
    auto_disable_threshold: int | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Webhook:
    """Change what is given; None leaves a field as it is, headers are replaced as a whole.

    Raises RowNotFound, TenantWebhookKept, InvalidInput.
    """
    webhook = webhook_for_update(webhook_id)
    given = {
        "name": name,
        "description": description,
        "url": url,
        "event_patterns": None if event_patterns is None else _once(event_patterns),
        "max_retries": max_retries,
        "timeout_seconds": timeout_seconds,
        "rate_limit_per_minute": rate_limit_per_minute,
        "auto_disable_threshold": auto_disable_threshold,
    }
    for field, value in given.items():
        if value is not None:
            setattr(webhook, field, value)
    if custom_headers is not None:
        webhook.custom_headers = custom_headers or None
    webhook.take(custom_fields)
    demand_valid(webhook, TEXTS, more=tuple(complaints_about(webhook)))
    if is_active is not None:
        _switch(webhook, is_active=is_active)
    webhook.save(update_fields=[*given, "custom_headers", "is_active", "disabled_reason", "version"])
    return webhook


def _off_example(scope: Scope) -> dict[str, Any]:
    return {"webhook_id": create_webhook(**creation_example(scope), is_active=False).webhook.pk}


@command("webhooks.webhook.activate", feature=MANAGE, example=_off_example)
def activate_webhook(webhook_id: UUID) -> Webhook:
    """Send events again, and begin to count failures anew; what was skipped stays so. Raises RowNotFound."""
    return _switched(webhook_for_update(webhook_id), is_active=True)


@command("webhooks.webhook.deactivate", feature=MANAGE, example=_existing_example)
def deactivate_webhook(webhook_id: UUID) -> Webhook:
    """Send nothing more: what waits, and what happens from now on, is skipped. Raises RowNotFound."""
    return _switched(webhook_for_update(webhook_id), is_active=False)


@command("webhooks.webhook.delete", feature=MANAGE, example=_existing_example)
def delete_webhook(webhook_id: UUID) -> Webhook:
    """Hide a webhook; what waits is skipped, what was sent stays in the ledger. Raises RowNotFound."""
    webhook = webhook_for_update(webhook_id)
    keep_pointers_out(webhook)
    hide(webhook)
    return webhook


def _disable_example(scope: Scope) -> dict[str, Any]:
    return {**_existing_example(scope), "reason": DisabledReason.FAILURES.value, "failures": 100}


@command("webhooks.webhook.disable", feature=MANAGE, example=_disable_example)
def disable_webhook(webhook_id: UUID, *, reason: str, failures: int) -> Webhook:
    """Switch off a webhook whose receiver fails or wants nothing more, and tell who manages it. Raises RowNotFound.

    The worker does this; one that is off already stays as it is.
    """
    webhook = webhook_for_update(webhook_id)
    if webhook.is_active:
        webhook.is_active, webhook.disabled_reason = False, reason
        webhook.save(update_fields=["is_active", "disabled_reason", "version"])
        WEBHOOK_DISABLED.emit(
            resource_id=webhook.pk,
            name=webhook.name,
            reason=reason,
            consecutive_failures=failures,
            organization_id=webhook.organization_id,
        )
        _tell(webhook, reason, failures)
    return webhook


def _tell(webhook: Webhook, reason: str, failures: int) -> None:
    """Tell those who may switch it on again."""
    variables = {"webhook_id": webhook.pk, "name": webhook.name, "reason": str(reason), "failures": failures}
    service(Notifier).notify(SWITCHED_OFF, holders_of(MANAGE), variables, about=(Webhook.entity_id, webhook.pk))


def _switched(webhook: Webhook, *, is_active: bool) -> Webhook:
    _switch(webhook, is_active=is_active)
    webhook.save(update_fields=["is_active", "disabled_reason", "version"])
    return webhook


def _switch(webhook: Webhook, *, is_active: bool) -> None:
    if is_active and not webhook.is_active:
        WebhookHealth.objects.filter(webhook_id=webhook.pk).update(consecutive_failures=0)
    webhook.is_active, webhook.disabled_reason = is_active, ""


def count_anew(webhook_id: UUID) -> None:
    """Begin to count the failures of a webhook anew where it is on."""
    is_on = living_webhooks().filter(pk=webhook_id, is_active=True)
    WebhookHealth.objects.filter(webhook_id__in=is_on.values("pk")).update(consecutive_failures=0)


def _once(patterns: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(patterns))
