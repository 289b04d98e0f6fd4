"""Where a new record will belong: in the organization that its form has shown, though another window selects others."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.labels import labels_of
from apps.kernel.errors import Conflict
from apps.kernel.registry.naming import ORGANIZATION
from apps.kernel.tenancy.scope import scope_or_none
from apps.kernel.tenancy.transactions import reading

OPENED_IN = "opened_in"


class PlaceChanged(Conflict):
    """The form for a new record was opened while another organization was selected."""

    code = "kernel.admin.place_changed"
    message: ClassVar[object] = _(
        "Another organization has been selected since this form was opened: the record would belong to {name}. "
        "Save once more if that is right; otherwise select the former one first."
    )


def place_of_new(page: Any, record_id: str | None) -> str:
    """The organization that a form for a new record writes into; "" where that says nothing."""
    is_placed = any(item.name == "organization_id" for item in page.model._meta.concrete_fields)
    return place_now() if record_id is None and is_placed else ""


def place_now() -> str:
    """The organization that is written into; "" without one."""
    scope = scope_or_none()
    return str(scope.organization_id) if scope is not None and scope.organization_id is not None else ""


def demand_place(request: HttpRequest) -> None:
    """Refuse what a form would add elsewhere than it was opened in; for pages beside the forms of records.

    Their templates say `{% opened_in %}` in the form. Raises PlaceChanged.
    """
    if refusal := refusal_of_place(request, place_now()):
        raise refusal


def refusal_of_place(request: HttpRequest, here: str) -> PlaceChanged | None:
    """What stands against writing `here`: that the form was opened elsewhere. A form that names no place may."""
    stated = request.POST.get(OPENED_IN, "") if request.method == "POST" else ""
    scope = scope_or_none()
    if not here or not stated or stated == here or scope is None:
        return None
    with reading():
        labels = labels_of(request)
        labels.fetch([(ORGANIZATION, scope.organization_id)])
        return PlaceChanged(name=labels.text(ORGANIZATION, scope.organization_id))
