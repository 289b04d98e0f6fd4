"""The autocompletion of references: records of another module, found by their entity."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import HttpRequest, JsonResponse

from apps.kernel.admin.customs import asking
from apps.kernel.admin.labels import target_of
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.naming import records_told_apart

LIMIT = 20


def references_view(site: AdminSite, request: HttpRequest) -> JsonResponse:
    """Completions for the asking field: `app_label`, `model_name`, `field_name`, `term`."""
    field = _asking_field(request)
    if field is None:
        raise PermissionDenied
    return JsonResponse(completions(site, request, field))


def completions(site: AdminSite, request: HttpRequest, field: ReferenceField) -> dict[str, Any]:
    """Records that the field may point to, in the form that the script reads.

    The actor must see the target's own page, or be allowed to write the asking record where there is none.
    """
    if not field.is_available or not _may_ask(site, request, field):
        raise PermissionDenied
    term = request.GET.get("term", "").strip()[:100]
    kind = ENTITIES[field.target]
    found = records_told_apart(kind, dict(kind.find(term, limit=LIMIT, within=field.within)))
    results = [{"id": str(record_id), "text": text} for record_id, text in found.items()]
    return {"results": results, "pagination": {"more": False}}


def _asking_field(request: HttpRequest) -> ReferenceField | None:
    try:
        model = apps.get_model(request.GET.get("app_label", ""), request.GET.get("model_name", ""))
        name = request.GET.get("field_name", "")
        field: Any = asking(model, name) or model._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return field if isinstance(field, ReferenceField) else _as_reference(model, field)


def _as_reference(model: type[models.Model], field: Any) -> ReferenceField | None:
    """A key within the module as a reference to the same kind of record; conditions on lists ask for those too."""
    target = target_of(field)
    if not target:
        return None
    found = ReferenceField(target)
    found.set_attributes_from_name(field.name)
    found.model = model
    return found


def _may_ask(site: AdminSite, request: HttpRequest, field: ReferenceField) -> bool:
    try:
        return site.get_model_admin(ENTITIES[field.target].model).has_view_permission(request)
    except NotRegistered:
        return _may_write(site, request, field)


def _may_write(site: AdminSite, request: HttpRequest, field: ReferenceField) -> bool:
    try:
        asking = site.get_model_admin(field.model)
    except NotRegistered:
        return False
    return asking.has_add_permission(request) or asking.has_change_permission(request)
