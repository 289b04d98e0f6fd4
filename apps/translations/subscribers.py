"""Reactions of the translations module: what is remembered of a tenant's languages is forgotten with their change."""

from __future__ import annotations

from typing import Any

from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.subscribing import subscribe
from apps.translations.selectors import forget_languages


@subscribe("translations.locale.*", id="translations.languages_changed")
def languages_changed(payload: Any, ctx: EventContext) -> None:
    """Another choice of languages."""
    forget_languages(ctx.scope.tenant_id)


@subscribe("directory.tenant.updated", id="translations.tenant_changed")
def tenant_changed(payload: Any, ctx: EventContext) -> None:
    """Perhaps another language that texts are written in."""
    forget_languages(ctx.scope.tenant_id)
