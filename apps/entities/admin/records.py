"""Back office pages of the records of tenants' own types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from apps.entities.api.views.records import resource_of
from apps.entities.features import MANAGE_RECORDS, TYPES_VIEW, VIEW_RECORDS, record_feature
from apps.entities.models import Record, RecordType
from apps.entities.models.records import PREFIX
from apps.entities.selectors.types import known_types
from apps.entities.services import create_record, delete_record, update_record
from apps.kernel.admin.access import allows
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.tenancy.scope import scope_or_none

TYPE = "type"


def shown_types(request: HttpRequest) -> list[RecordType]:
    """Types whose records the actor may see; none before signing in."""
    if scope_or_none() is None:
        return []
    return [kind for kind in known_types() if allows(record_feature(kind.key, VIEW_RECORDS))]


def chosen(request: HttpRequest) -> str:
    """Key of the type that the address names."""
    return request.GET.get(TYPE, "")


class ByType(SelectFilter):
    """Records of one type."""

    title, parameter_name = _("type"), TYPE

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The types."""
        return [(kind.key, kind.label_plural) for kind in shown_types(request)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Records of the chosen one."""
        return queryset.filter(type__key=self.value()) if self.value() else queryset


@register(Record)
class RecordPage(CommandAdmin):
    """Records of one type at a time, with its fields; without a type those of all, with their titles only."""

    create_command = create_record
    update_command = update_record
    delete_command = delete_record
    view_feature = TYPES_VIEW
    icon = "deployed_code"
    order = 30
    empty_hint = _("Choose a type and add its first record.")
    list_display = ("title", "type", "updated_at", "organization_id")
    list_select_related = ("type",)
    list_filter = (ByType,)
    list_parameters = (TYPE,)
    search_fields = ("title",)
    ordering = ("title",)
    fields = ("title",)
    optional_fields = ("title",)

    def fields_entity(self, request: HttpRequest, record: Any = None) -> str:
        """The fields of a record are those of its type."""
        return str(record.fields_entity) if record is not None else f"{PREFIX}{chosen(request)}"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Living records of types whose records the actor may see."""
        return super().get_queryset(request).filter(type__in=[kind.pk for kind in shown_types(request)])

    def export_resource(self, request: HttpRequest) -> Any:
        """The resource of the chosen type; records of several types share no fields."""
        keys = {kind.key for kind in shown_types(request)}
        return resource_of(chosen(request)) if chosen(request) in keys else None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see the records of the type; the list is for whoever may see those of any type."""
        return _may(obj, VIEW_RECORDS) if obj is not None else bool(shown_types(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change records of the type that the address names, without one of any type."""
        keys = [chosen(request)] if chosen(request) else [kind.key for kind in shown_types(request)]
        return any(allows(record_feature(key, MANAGE_RECORDS)) for key in keys)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change records of the type."""
        return _may(obj, MANAGE_RECORDS) if obj is not None else self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change records of the type."""
        return self.has_change_permission(request, obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form of the chosen type; without one it has to be chosen first."""
        types = [kind.key for kind in shown_types(request)]
        if chosen(request) in types:
            title = {"title": _("Add a record")}
            return super().add_view(request, form_url, {**title, **(extra_context or {})})
        if chosen(request):
            raise Http404
        if len(types) == 1:
            return redirect(f"{request.path}?{TYPE}={types[0]}")
        self.message_user(request, _("Choose the type of the new record first."), messages.WARNING)
        return redirect(f"{self.admin_site.name}:entities_record_changelist")

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """The fields, and of a new record its type."""
        given = super().command_input(request, form, formsets)
        return {"type_key": chosen(request), **given} if form.instance._state.adding else given


def _may(record: Record, action: str) -> bool:
    return allows(record_feature(record.type.key, action))
