"""System checks of the limiter: rates that can be read, for limits that exist."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from apps.kernel.limits.rates import ANY, LIMITS, configured_rates, parse_rate


@register()
def check_rates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every entry of RATE_LIMITS has a rate and names a limit that some module declares."""
    import_module(settings.ROOT_URLCONF)  # views declare limits, and the routes import the views
    rates = configured_rates()
    found: list[CheckMessage] = [
        Error(f"RATE_LIMITS[{name!r}]: {complaint}", id="kernel.E050")
        for name, rate in rates.items()
        if (complaint := _complaint(rate))
    ]
    hint = f"There are: {', '.join(sorted(LIMITS))}."
    unknown = sorted(set(rates) - set(LIMITS) - {ANY})
    return found + [
        Warning(f"RATE_LIMITS names {name!r}, which no module declares.", hint=hint, id="kernel.W051")
        for name in unknown
    ]


def _complaint(rate: str) -> str:
    try:
        parse_rate(rate)
    except ImproperlyConfigured as error:
        return str(error)
    return ""
