"""Back office pages of product tags."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.choosing import one_field
from apps.catalog.features import MANAGE_PRODUCTS, VIEW_PRODUCTS
from apps.catalog.models import ProductTag
from apps.catalog.models.categories import ProductTagging
from apps.catalog.selectors import products_with
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

MERGE = "merge"


class MergeForm(forms.Form):
    """Which tag stays."""

    into_id: Any = one_field(ProductTagging, "tag", label=_("The tag that stays"))


@register(ProductTag)
class ProductTagPage(CommandAdmin):
    """Product tags of the selected organizations."""

    create_command = services.create_tag
    update_command = services.rename_tag
    delete_command = services.delete_tag
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_PRODUCTS
    icon = "sell"
    order = 60
    empty_hint = _("Tags mark products with a word, such as “new”. Add the first one.")
    list_display = ("label", "product_count", "organization_id")
    search_fields = ("label",)
    ordering = ("label",)
    fields = ("label",)
    buttons = (
        RecordCommand(
            MERGE,
            services.merge_tag,
            _("Merge into another"),
            icon="merge",
            confirm=_("All its products get the tag that stays, and this one goes."),
            form=MergeForm,
            in_row=True,
        ),
    )

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Ask and run; after a merge the list is shown, because the tag is there no more."""
        response = super().press_view(request, object_id, button)
        if button == MERGE and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(reverse("admin:catalog_producttag_changelist"))
        return response

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count the products of the tags on the page, in one query."""
        found = products_with([row.pk for row in rows])
        for row in rows:
            row.products_there = found.get(row.pk, 0)

    @admin.display(description=_("Products"))
    def product_count(self, tag: Any) -> int:
        """How many products it is on."""
        return int(tag.products_there)
