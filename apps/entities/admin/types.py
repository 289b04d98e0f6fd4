"""Back office pages of record types."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.entities.admin.filters import Deleted
from apps.entities.features import TYPES_MANAGE, TYPES_VIEW
from apps.entities.models import RecordType
from apps.entities.services import create_type, delete_type, restore_type, update_type
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


@register(RecordType)
class RecordTypePage(CommandAdmin):
    """Kinds of record that the tenant has made, each with the way to its records and its fields."""

    create_command = create_type
    update_command = update_type
    delete_command = delete_type
    restore_command = restore_type
    view_feature = TYPES_VIEW
    manage_feature = TYPES_MANAGE
    icon = "category"
    order = 20
    empty_hint = _("Make a kind of record of your own, give it fields, and it has lists, forms and a REST interface.")
    list_display = ("label_plural", "key", "records", "fields_of")
    list_filter = (Deleted,)
    search_fields = ("label", "label_plural", "key")
    ordering = ("label",)
    fields = ("label", "label_plural", "key", "icon", "description", "label_field")
    optional_fields = ("label_plural",)
    buttons = (
        RecordCommand(
            "restore",
            restore_type,
            _("Restore"),
            icon="restore_from_trash",
            shown=lambda kind: kind.is_deleted,
            in_row=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """All types; the filter of the list hides deleted ones."""
        return RecordType.objects.all()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted type is restored before it is changed."""
        return not (obj is not None and obj.is_deleted) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted type is not deleted again."""
        return not (obj is not None and obj.is_deleted) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The key never changes."""
        return () if obj is None else ("key",)

    @admin.display(description=_("Records"))
    def records(self, kind: RecordType) -> str:
        """The way to the records of the type."""
        address = reverse(f"{self.admin_site.name}:entities_record_changelist")
        return _link(address, kind.label_plural, type=kind.key)

    @admin.display(description=_("Fields"))
    def fields_of(self, kind: RecordType) -> str:
        """The way to the fields of the type."""
        address = reverse(f"{self.admin_site.name}:entities_fielddefinition_changelist")
        return _link(address, _("Custom fields"), entity=kind.definitions)


def _link(address: str, text: Any, **parameters: str) -> str:
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(parameters), text)
