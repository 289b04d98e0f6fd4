"""Template tags of what stands above a list."""

from __future__ import annotations

from typing import Any

from django import template

from apps.backoffice.lists import bar, columns_panel

register = template.Library()


@register.inclusion_tag("backoffice/views/bar.html", takes_context=True)
def list_bar(context: template.Context, cl: Any) -> dict[str, Any]:
    """Views of the list, notes, and the parts of its condition; nothing where a record is chosen for a form."""
    return _shown(context, cl, lambda: bar(context["request"], cl))


@register.inclusion_tag("backoffice/views/tools.html", takes_context=True)
def list_tools(context: template.Context, cl: Any) -> dict[str, Any]:
    """The buttons that arrange the list."""
    return _shown(context, cl, lambda: {**columns_panel(cl), "is_filtered": bool(cl.opened.asked.condition)})


def _shown(context: template.Context, cl: Any, make: Any) -> dict[str, Any]:
    if context.get("is_popup") or not hasattr(cl, "opened"):
        return {"is_shown": False}
    return {"is_shown": True, "csrf_token": context.get("csrf_token"), "cl": cl, **make()}
