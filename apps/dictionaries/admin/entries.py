"""Back office pages of the values of dictionaries: the form, the deletion, and the merge with its preview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dictionaries.admin.merging import merge_view
from apps.dictionaries.admin.pages import merge_page, record_path, values_address
from apps.dictionaries.features import MANAGE, VIEW
from apps.dictionaries.models import DictionaryEntry
from apps.dictionaries.selectors import (
    across_organizations,
    editable_dictionaries,
    is_inherited,
    reached,
    usages_of,
    visible_dictionaries,
)
from apps.dictionaries.services import create_entry, delete_entry, merge_entry, set_default_entry, update_entry
from apps.kernel.admin.access import may_run
from apps.kernel.admin.buttons import RecordCommand, way
from apps.kernel.admin.deletion import pointing_to
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


class DictionaryFilter(SelectFilter):
    """Values of one dictionary."""

    title = gettext_lazy("dictionary")
    parameter_name = "dictionary"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterator[tuple[str, str]]:
        """Dictionaries that the scope reads."""
        for key, name in visible_dictionaries().order_by("name", "pk").values_list("pk", "name"):
            yield str(key), name

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Those of the chosen one; nothing for one that is not offered."""
        chosen = self.value()
        if not chosen:
            return queryset
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(dictionary_id=chosen) if chosen in known else queryset.none()


@register(DictionaryEntry)
class EntryPage(CommandAdmin):
    """Values of all dictionaries that the scope reads."""

    create_command = create_entry
    update_command = update_entry
    delete_command = delete_entry
    view_feature = VIEW
    manage_feature = MANAGE
    icon = "label"
    order = 20
    empty_hint = gettext_lazy("Add a dictionary first; then its values are kept here.")
    list_display = ("chip", "value", "dictionary", "is_default", "used")
    list_display_links = ("chip",)
    list_filter = (DictionaryFilter,)
    list_select_related = ("dictionary",)
    search_fields = ("label", "value")
    ordering = ("dictionary__name", "position", "pk")
    optional_fields = ("label",)
    delete_confirmation_template = "dictionaries/delete_entry.html"
    buttons = (
        RecordCommand(
            "set-default",
            set_default_entry,
            gettext_lazy("Make default"),
            icon="star",
            confirm=gettext_lazy("New records begin with this value then."),
            shown=lambda entry: not entry.is_default and not is_inherited(entry.dictionary),
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("dictionaries/dictionaries.css",)}
        js: ClassVar[tuple[str, ...]] = ("dictionaries/colors.js",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DictionaryEntry]:
        """What the scope reads."""
        return reached(super().get_queryset(request), "dictionary__owner_id").select_related("dictionary")

    def get_urls(self) -> list[URLPattern]:
        """Further the page of the merge."""
        return [record_path(self, "merge", self.merge_view), *super().get_urls()]

    def merge_view(self, request: HttpRequest, entry: DictionaryEntry) -> Any:
        """Choose what takes the value's place, see what that means, and do it."""
        return merge_view(self, request, entry)

    def get_fields(self, request: HttpRequest, obj: DictionaryEntry | None = None) -> Any:
        """A value stays in its dictionary."""
        return ("dictionary", ("value", "label"), ("color", "icon"), "tone", "is_default")

    def get_readonly_fields(self, request: HttpRequest, obj: DictionaryEntry | None = None) -> tuple[str, ...]:
        """The dictionary never changes."""
        return () if obj is None else ("dictionary",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Dictionaries that may be changed here."""
        kwargs["queryset"] = editable_dictionaries().order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """None: there are few dictionaries, and only those that may be changed are offered."""
        return []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Colours and icons say what they want."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "color":
            field.widget = forms.TextInput(attrs={"data-color": "", "placeholder": "#0A7F5A", "maxlength": 7})
            field.help_text = _("Six digits after #, or nothing.")
        if db_field.name == "icon":
            field.help_text = _("Name of a Material symbol, such as star.")
        if db_field.name == "label":
            field.help_text = _("What people read. Left empty, it is the value.")
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What comes from above is read only."""
        return super().has_change_permission(request, obj) and (obj is None or not is_inherited(obj.dictionary))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What comes from above stays."""
        return super().has_delete_permission(request, obj) and (obj is None or not is_inherited(obj.dictionary))

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count who points to the values on the page."""
        found = usages_of([row.pk for row in rows])
        for row in rows:
            row.used = sum(usage.count for usage in found.get(row.pk, ()))

    @admin.display(description=gettext_lazy("Label"), ordering="label")
    def chip(self, row: DictionaryEntry) -> str:
        """The label as records show it."""
        return render_to_string("dictionaries/chip.html", {"entry": row})

    @admin.display(description=gettext_lazy("In use"))
    def used(self, row: Any) -> int:
        """How many records point to it."""
        return int(row.used)

    def offered_buttons(self, record: DictionaryEntry) -> list[dict[str, Any]]:
        """The ways to the other values and to the merge, too."""
        ways = [way(_("All values"), "format_list_bulleted", values_address(record.dictionary_id))]
        if may_run(merge_entry) and not is_inherited(record.dictionary):
            ways.append(way(_("Merge"), "merge", merge_page(record.pk)))
        return [*ways, *super().offered_buttons(record)]

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        """Who points to the value in the whole tenant, and the way out."""
        with across_organizations():
            context["pointing"] = pointing_to(context["object"])
        context["protected"] = any(item.effect != "keep" for item in context["pointing"])
        context["merge_url"] = merge_page(context["object"].pk)
        return super().render_delete_form(request, context)

    def response_post_save_add(self, request: HttpRequest, obj: DictionaryEntry) -> Any:
        """Back to the values."""
        return HttpResponseRedirect(values_address(obj.dictionary_id))

    def response_post_save_change(self, request: HttpRequest, obj: DictionaryEntry) -> Any:
        """Back to the values."""
        return HttpResponseRedirect(values_address(obj.dictionary_id))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> Any:
        """Back to the values, where what was deleted may be brought back."""
        response = super().response_delete(request, obj_display, obj_id)
        parent = DictionaryEntry.objects.filter(pk=obj_id).values_list("dictionary_id", flat=True).first()
        return HttpResponseRedirect(values_address(parent)) if parent and response.status_code == 302 else response
