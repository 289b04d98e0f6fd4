"""`{% spot … %}`: where widgets of other modules stand in a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.text import slugify

from apps.kernel.extensions.badges import badges_of
from apps.kernel.extensions.menu import items_of
from apps.kernel.extensions.spots import Place, drawn, entity_of, ids_of

register = template.Library()
OF_KINDS = ("crud-form:", "detail:", "data-table:")


@register.simple_tag(takes_context=True)
def spot(
    context: template.Context, page: str, about: Any = "", slot: str = "", *, record: Any = None, rows: Any = ()
) -> SafeString:
    """Draw the widgets of a spot.

    `{% spot "crud-form:currencies.currency:fields" %}`, or in a page for many kinds of record its parts, with the
    admin's `opts` in the middle: `{% spot "crud-form" opts "fields" record=original %}`.
    """
    request = context.get("request") or getattr(context.get("cl"), "request", None)
    if request is None:
        return SafeString()
    entity = entity_of(about) if about else str(getattr(record, "entity_id", "") or _named_in(page))
    spot_id = f"{page}:{entity}:{slot}" if about else page
    return drawn(Place(request, spot_id, entity, record, ids_of(rows)))


def _named_in(spot_id: str) -> str:
    """The kind of record that a whole id names; "" for pages that are about none."""
    return spot_id.partition(":")[2].rpartition(":")[0] if spot_id.startswith(OF_KINDS) else ""


@register.simple_tag(takes_context=True)
def spot_beside(context: template.Context, field: Any, slot: str) -> SafeString:
    """Draw the widgets before or after one field of a record's form."""
    form = context.get("adminform")
    if form is None or _form_of(field) is not form.form:
        return SafeString()  # a field of a row inside the record
    bound = field.field
    name = bound["name"] if isinstance(bound, dict) else bound.name
    return spot(context, "crud-form", context["opts"], f"field:{name}:{slot}", record=context.get("original"))


def _form_of(field: Any) -> Any:
    bound = field.field
    return field.form if isinstance(bound, dict) else bound.form


@register.simple_tag(takes_context=True)
def spot_in_group(context: template.Context, fieldset: Any) -> SafeString:
    """Draw the widgets at the end of a group of fields, which is known by its English name, or as `main`."""
    form = context.get("adminform")
    if form is None or fieldset.form is not form.form:
        return SafeString()
    with translation.override("en"):
        name = slugify(str(fieldset.name or "")) or "main"
    return spot(context, "crud-form", context["opts"], f"group:{name}", record=context.get("original"))


@register.simple_tag(takes_context=True)
def spot_of_page(context: template.Context, slot: str) -> SafeString:
    """Draw the widgets before or after the content of a page, known by its path below the back office."""
    request = context.get("request")
    if request is None:
        return SafeString()
    path = request.path_info.removeprefix(reverse("admin:index")).strip("/") or "start"
    return spot(context, f"admin.page:{path}:{slot}", record=context.get("original"))


@register.simple_tag(takes_context=True)
def menu_links(context: template.Context, menu: str) -> list[dict[str, str]]:
    """Links that modules put into one of the smaller menus, for the reader."""
    request = context.get("request")
    items = items_of(menu, request) if request is not None else []
    return [{"id": item.id, "title": str(item.label), "icon": item.icon, "link": item.address} for item in items]


@register.simple_tag
def badges(record: Any) -> list[Any]:
    """Badges of a record that modules declare."""
    return badges_of(record)
