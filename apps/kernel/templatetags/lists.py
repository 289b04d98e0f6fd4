"""`{% list_menus cl %}`: what stands above every list beside its search and filters; the way to a record's timeline."""

from __future__ import annotations

from typing import Any

from django import template

from apps.kernel.admin.timeline import timeline_address

register = template.Library()


@register.inclusion_tag("backoffice/list_tools.html", takes_context=True)
def list_menus(context: template.Context, state: Any) -> dict[str, Any]:
    """The menu of exports and the way to what was deleted, as far as the page has them for the actor."""
    page, request = state.model_admin, context.get("request")
    addresses = page.tool_addresses(request) if request is not None and hasattr(page, "tool_addresses") else {}
    return {**addresses, "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def timeline_of(context: template.Context, record: Any) -> str:
    """Where the record's timeline stands, "" where it has none for the reader."""
    request = context.get("request")
    return timeline_address(getattr(request, "current_app", "") or "admin", record)
