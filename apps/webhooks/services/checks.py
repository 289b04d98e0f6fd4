"""What must hold for a webhook: asked by its commands before they write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel.commands.loading import load_living
from apps.kernel.errors import FieldError
from apps.kernel.outbound.errors import OutboundRefused
from apps.kernel.outbound.resolving import resolver_from_settings
from apps.kernel.outbound.targets import parse_target
from apps.kernel.tenancy.scope import current_scope
from apps.webhooks.calculations.headers import MOST as MOST_HEADERS
from apps.webhooks.calculations.headers import may_be_set
from apps.webhooks.errors import (
    HeaderRefused,
    NumberInvalid,
    PatternIdle,
    PatternInvalid,
    PatternsMissing,
    TenantWebhookKept,
    UrlRefused,
)
from apps.webhooks.models import Webhook
from apps.webhooks.selectors import hears, is_pattern, offered_events

TEXTS: Final = ("name", "description", "url")
LONGEST_PATTERN: Final = 200
MOST_PATTERNS: Final = 200
BOUNDS: Final = {
    "max_retries": (0, 30),
    "timeout_seconds": (1, 60),
    "rate_limit_per_minute": (0, 10_000),
    "auto_disable_threshold": (0, 1_000),
}


def sees_everything() -> bool:
    """Say whether the actor may work in every organization of the tenant."""
    return current_scope().actor.access.organization_ids is None


def webhook_for_update(webhook_id: UUID) -> Webhook:
    """The living webhook, locked. Raises RowNotFound, TenantWebhookKept, StaleVersion."""
    webhook = load_living(Webhook, webhook_id)
    if webhook.organization_id is None and not sees_everything():
        raise TenantWebhookKept
    return webhook


def complaints_about(webhook: Webhook) -> Iterator[FieldError]:
    """Everything that is wrong beside the lengths of its texts."""
    yield from _about_url(webhook.url)
    yield from _about_patterns(webhook.event_patterns)
    yield from _about_headers(webhook.custom_headers)
    for field, (least, most) in BOUNDS.items():
        yield from number_complaints(field, getattr(webhook, field), least, most)


def number_complaints(field: str, value: Any, least: int, most: int) -> Iterator[FieldError]:
    """A complaint about what is no whole number within the bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        yield FieldError(field, NumberInvalid.code, str(NumberInvalid.message).format(least=least, most=most))


def _about_url(url: str) -> Iterator[FieldError]:
    """Judge the address without looking its name up; what the name stands for is judged at each request."""
    if not url:
        return
    try:
        target, resolver = parse_target(url), resolver_from_settings()
        if target.address is not None or (target.has_blocked_name and not resolver.local_names):
            resolver.addresses(target)
    except OutboundRefused as error:
        yield FieldError("url", UrlRefused.code, str(UrlRefused.message).format(reason=error.reason.words))


def _about_patterns(patterns: Any) -> Iterator[FieldError]:
    if not patterns:
        yield FieldError("event_patterns", PatternsMissing.code, str(PatternsMissing.message))
        return
    if len(patterns) > MOST_PATTERNS:
        text = _("Give at most {most} patterns.").format(most=MOST_PATTERNS)
        yield FieldError("event_patterns", PatternInvalid.code, text)
        return
    names = [event.name for event in offered_events()]
    for index, pattern in enumerate(patterns):
        if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN or not is_pattern(pattern):
            yield FieldError(f"event_patterns.{index}", PatternInvalid.code, str(PatternInvalid.message))
        elif not any(hears([pattern], name) for name in names):
            yield FieldError(f"event_patterns.{index}", PatternIdle.code, str(PatternIdle.message))


def _about_headers(headers: Any) -> Iterator[FieldError]:
    if not headers:
        return
    if not isinstance(headers, Mapping) or len(headers) > MOST_HEADERS:
        text = _("Give at most {most} headers, names with texts.").format(most=MOST_HEADERS)
        yield FieldError("custom_headers", HeaderRefused.code, text)
        return
    for name, value in headers.items():
        if not may_be_set(str(name), value):
            text = str(HeaderRefused.message).format(name=str(name)[:100])
            yield FieldError("custom_headers", HeaderRefused.code, text)
