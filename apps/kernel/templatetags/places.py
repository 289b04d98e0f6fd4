"""`{% opened_in %}`: in a form that adds a record, the organization that it was opened in."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.kernel.admin.places import OPENED_IN, place_now

register = template.Library()


@register.simple_tag
def opened_in() -> SafeString:
    """A hidden input, which `demand_place` compares; an empty one where no organization is selected."""
    return format_html('<input type="hidden" name="{}" value="{}">', OPENED_IN, place_now())
