"""Template tags of the palette."""

from __future__ import annotations

from django import template

from apps.kernel.addresses import address_if_any
from apps.kernel.admin.access import allows
from apps.kernel.registry.features import is_declared

INDEX, FEATURE = "search.palette", "search.view"  # of a module that need not be installed

register = template.Library()


@register.simple_tag
def index_address() -> str:
    """Where the search's index answers, "" where it is not installed or the reader may not ask it."""
    if not is_declared(FEATURE) or not allows(FEATURE):
        return ""
    return address_if_any(INDEX)
