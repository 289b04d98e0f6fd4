"""Back office pages of dictionaries: the list, the form, and the page that shows and arranges their values."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dictionaries.admin.pages import record_path, values_address
from apps.dictionaries.admin.values import values_page
from apps.dictionaries.features import MANAGE, VIEW
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.dictionaries.selectors import across_organizations, entries_in, is_inherited, reached, sizes_of
from apps.dictionaries.services import create_dictionary, delete_dictionary, update_dictionary
from apps.kernel.admin.deletion import Pointing
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.commands.history.labels import RecordLabels
from apps.kernel.references.usages import usages
from apps.kernel.tenancy.scope import current_scope

LEVELS = (("organization", gettext_lazy("The selected organization, and those below")), ("tenant", gettext_lazy("All")))


class NewDictionaryForm(CommandForm):
    """A new dictionary says whose it is."""

    level = forms.ChoiceField(label=gettext_lazy("For"), choices=LEVELS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if current_scope().actor.access.organization_ids is not None:
            del self.fields["level"]
        elif current_scope().organization_id is None:
            self.initial.setdefault("level", "tenant")

    def clean_level(self) -> str:
        """Without a choice it is the organization's."""
        return self.cleaned_data["level"] or "organization"


@register(Dictionary)
class DictionaryPage(CommandAdmin):
    """Dictionaries of the selected organizations, of those above them, and of all."""

    create_command = create_dictionary
    update_command = update_dictionary
    delete_command = delete_dictionary
    view_feature = VIEW
    manage_feature = MANAGE
    icon = "list_alt"
    order = 10
    empty_hint = gettext_lazy("A dictionary is a list of values that records choose from, such as sources or types.")
    list_display = ("name", "key", "size", "whose", "is_active", "is_system")
    list_filter = ("is_active", "is_system")
    search_fields = ("name", "key")
    ordering = ("name",)
    optional_fields = ("key",)
    readonly_fields = ("whose",)

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("dictionaries/dictionaries.css",)}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Dictionary]:
        """What the scope reads."""
        return reached(super().get_queryset(request), "owner_id")

    def get_urls(self) -> list[URLPattern]:
        """Further the page of the values."""
        return [record_path(self, "values", self.values_view), *super().get_urls()]

    def values_view(self, request: HttpRequest, dictionary: Dictionary) -> Any:
        """Show the values, and arrange them."""
        return values_page(self, request, dictionary)

    def get_fields(self, request: HttpRequest, obj: Dictionary | None = None) -> Any:
        """A new one says whose it is; an old one shows it."""
        names = ("name", "key", "description", "sort_mode")
        if obj is not None:
            return (*names, "is_active", "whose")
        everywhere = current_scope().actor.access.organization_ids is None
        return (*names, "level") if everywhere else names

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a new one has a choice more."""
        if obj is None:
            kwargs["form"] = NewDictionaryForm
        form = super().get_form(request, obj, change=change, **kwargs)
        if "description" in form.base_fields:
            form.base_fields["description"].widget.attrs["rows"] = 3
        if "key" in form.base_fields:
            form.base_fields["key"].help_text = _(
                "Programs find the dictionary by it. Left empty, it follows the name."
            )
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Dictionary | None = None) -> Any:
        """What a module needs stays as it is."""
        fixed = ("key", "is_active") if obj is not None and obj.is_system else ()
        return (*self.readonly_fields, *fixed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What comes from above is read only."""
        return super().has_change_permission(request, obj) and (obj is None or not is_inherited(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What comes from above or is needed by a module stays."""
        kept = obj is not None and (is_inherited(obj) or obj.is_system)
        return super().has_delete_permission(request, obj) and not kept

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Count the values of every dictionary on the page."""
        sizes = sizes_of([row.pk for row in rows])
        for row in rows:
            row.size = sizes.get(row.pk, 0)
            row.owner_label = labels_of(request).text("directory.organization", row.owner_id)

    @admin.display(description=gettext_lazy("Values"))
    def size(self, row: Any) -> SafeString:
        """How many there are, as the way to them."""
        text = ngettext("%(n)s value", "%(n)s values", row.size) % {"n": row.size}
        return format_html('<a class="text-link" href="{}">{}</a>', values_address(row.pk), text)

    @admin.display(description=gettext_lazy("For"))
    def whose(self, row: Any) -> str:
        """The organization, or all of them; and whether it is only read here."""
        if row.owner_id is None:
            return _("All organizations")
        label = getattr(row, "owner_label", "") or RecordLabels().text("directory.organization", row.owner_id)
        return _("%(organization)s, from above") % {"organization": label} if is_inherited(row) else label

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        """Who points to its values, in the whole tenant, stands in the way as well."""
        ids = list(entries_in(context["object"]).values_list("pk", flat=True))
        with across_organizations():
            found = [
                Pointing(item.kind, item.count, str(item.on_deletion))
                for item in usages(DictionaryEntry.entity_id, ids)
            ]
        context["pointing"] = [*context["pointing"], *found]
        context["protected"] = any(item.effect == "protect" for item in context["pointing"])
        return super().render_delete_form(request, context)

    def response_post_save_add(self, request: HttpRequest, obj: Dictionary) -> Any:
        """A new dictionary wants values next."""
        return HttpResponseRedirect(values_address(obj.pk))
