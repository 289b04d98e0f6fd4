"""Template tags of the frame."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.urls import reverse

from apps.backoffice.navigation import list_url, module_of
from apps.kernel.admin.history import may_see_history
from apps.kernel.admin.offers import Offer, offer_of
from apps.kernel.admin.wording import module_label
from apps.kernel.extensions.tabs import ShownTab, tabs_of

register = template.Library()


@register.simple_tag
def undo_offer(message: Message) -> Offer | None:
    """The offer to take back what the message tells of; None where there is none."""
    return offer_of(message)


@register.simple_tag
def history_is_open() -> bool:
    """Say whether the reader may see histories."""
    return may_see_history()


@register.simple_tag
def offered_buttons(page: Any, record: Any) -> list[dict[str, Any]]:
    """Buttons of the record's page that the reader may press."""
    found: list[dict[str, Any]] = page.offered_buttons(record) if hasattr(page, "offered_buttons") else []
    return found


@register.simple_tag
def further_tabs(record: Any) -> list[ShownTab]:
    """What else there is about the record."""
    return tabs_of(record)


@register.simple_tag
def leading_tabs(record: Any) -> list[ShownTab]:
    """The same of what stands before the record's details."""
    return tabs_of(record, leading=True)


@register.simple_tag(takes_context=True)
def page_path(context: template.Context) -> list[tuple[str, str]]:
    """Where the page stands: words and address of each step, the last one without address."""
    title = str(context.get("title") or "")
    page: Any = _page_of(context.get("request"))
    if page is None:
        return [(title, "")]
    module = module_of(page)
    named, listed = module_label(module), str(page.opts.verbose_name_plural)
    is_same = named.lower() == listed.lower()
    steps = [] if is_same else [(named, reverse("admin:app_list", args=[module]))]
    if context.get("cl") is not None:
        return [*steps, (listed, "")]
    record: Any = context.get("original") or context.get("object")
    last = context.get("step") or (title if record is None or isinstance(record, str) else str(record))
    return [*steps, (listed, list_url(page)), (last, "")]


def _page_of(request: Any) -> Any:
    match = getattr(request, "resolver_match", None)
    return getattr(match.func, "model_admin", None) if match else None
