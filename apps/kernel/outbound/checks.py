"""System checks of the outbound room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security)
def check_private_switch(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nobody believes that the local network is open when it is not."""
    if settings.DEBUG or not getattr(settings, "OUTBOUND_ALLOW_PRIVATE", False):
        return []
    hint = "Unset it: outside DEBUG only public addresses are called."
    return [Warning("OUTBOUND_ALLOW_PRIVATE has no effect without DEBUG.", hint=hint, id="kernel.W044")]
