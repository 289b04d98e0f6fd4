"""`{% spot … %}`: where widgets of other modules stand in a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from apps.kernel.extensions.spots import Place, drawn, entity_of, ids_of

register = template.Library()


@register.simple_tag(takes_context=True)
def spot(
    context: template.Context, page: str, about: Any = "", slot: str = "", *, record: Any = None, rows: Any = ()
) -> SafeString:
    """Draw the widgets of a spot.

    `{% spot "crud-form:currencies.currency:fields" %}`, or in a page for many kinds of record its parts, with the
    admin's `opts` in the middle: `{% spot "crud-form" opts "fields" record=original %}`.
    """
    request = context.get("request")
    if request is None:
        return SafeString()
    entity = entity_of(about) if about else page.partition(":")[2].rpartition(":")[0]
    spot_id = f"{page}:{entity}:{slot}" if about else page
    return drawn(Place(request, spot_id, entity, record, ids_of(rows)))
