"""What a list of the back office exports: its own rows and order, in the fields of the entity's REST resource."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, QuerySet
from django.db.models.expressions import BaseExpression, Combinable, OrderBy
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.kernel.admin.selections import Chosen
from apps.kernel.api.customs import CUSTOM
from apps.kernel.api.exporting.rows import part_names, view_for
from apps.kernel.api.permissions import features_of
from apps.kernel.api.reading.expansions import Wish
from apps.kernel.api.reading.ordering import Term
from apps.kernel.api.reading.reader import ListShape, Selection
from apps.kernel.bases.custom_columns import PREFIX
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.extensions.enrichers import open_names
from apps.kernel.tenancy.scope import scope_or_none

SHOWN, ALL = "shown", "all"


def resource_for(page: Any, request: HttpRequest) -> Any:
    """The REST resource that the list exports through; None where it has none, or not for the actor."""
    found, scope = page.export_resource(request), scope_or_none()
    if found is None or scope is None or not page.has_view_permission(request):
        return None
    wanted = (*features_of(found, "list"), *found.export_features)
    return found if all(scope.actor.access.allows(feature) for feature in wanted) else None


def exported_selection(
    page: Any, request: HttpRequest, resource: Any, *, fields: str = SHOWN, chosen: Chosen | None = None
) -> tuple[Selection, ListShape, Any]:
    """The rows of the list, or those chosen of them, with the wanted fields; also the shape and the view.

    Raises InvalidInput for filters that the list does not know.
    """
    view = view_for(resource, None)
    shape = resource.shape()
    rows, ordering, columns = _listed(page, request)
    if chosen is not None:
        rows = rows.filter(pk__in=chosen.ids)
    rows = page.export_rows(view).filter(pk__in=rows.order_by().values("pk"))
    rows, order = _ordered(rows, ordering)
    all_fields = fields == ALL
    names = shape.readable if all_fields else shown_fields(page, columns, shape.readable)
    extras = (*open_names(shape.entity, in_exports=True), *part_names(shape)) if all_fields else ()
    return Selection(rows, order, names, Wish(), extras, shape.what.customs), shape, view


def _listed(page: Any, request: HttpRequest) -> tuple[QuerySet[Any], Sequence[Any], Sequence[Any]]:
    """Rows that pass the list's filters and search, in which order, and the list's columns."""
    try:
        state = page.get_changelist_instance(request)
    except IncorrectLookupParameters:
        message = _("The list has no such filter.")
        raise InvalidInput(errors=(FieldError("", "kernel.filter.unknown", message),)) from None
    return state.queryset, state.get_ordering(request, state.queryset), state.list_display


def shown_fields(page: Any, columns: Iterable[Any], readable: Sequence[str]) -> tuple[str, ...]:
    """Fields behind the columns of a list, in its order; all of them where no column is one.

    A column that the page works out stands for the field by which it sorts.
    """
    found: dict[str, None] = {}
    for column in columns:
        name = column if isinstance(column, str) else getattr(column, "__name__", "")
        sorted_by = getattr(getattr(page, name, None), "admin_order_field", "")
        names = (name, f"{name}_id", str(sorted_by).removeprefix("-"), CUSTOM if name.startswith(PREFIX) else "")
        field = next((item for item in names if item in readable), None)
        if field is not None:
            found.setdefault(field)
    return tuple(found) or tuple(readable)


def _ordered(rows: QuerySet[Any], ordering: Iterable[Any]) -> tuple[QuerySet[Any], tuple[Term, ...]]:
    """The rows with what they are sorted by, and the terms; what only the list itself knows is left out."""
    terms = []
    for number, item in enumerate(ordering):
        by = item.expression if isinstance(item, OrderBy) else item
        descending = item.descending if isinstance(item, OrderBy) else isinstance(by, str) and by.startswith("-")
        if isinstance(by, F):
            by = str(getattr(by, "name", ""))
        if isinstance(by, str):
            name = by.removeprefix("-")
            if not _is_field(rows, name):
                continue
        elif isinstance(by, BaseExpression | Combinable):
            name = f"agora_order_{number}"
            rows = rows.alias(**{name: by})
        else:
            continue
        terms.append(Term(name, rows.model._meta.pk, descending))
    return rows, tuple(terms) or (Term("pk", rows.model._meta.pk, descending=False),)


def _is_field(rows: QuerySet[Any], name: str) -> bool:
    model: Any = rows.model
    for part in name.split("__"):
        if part == "pk":
            return True
        if model is None:
            return False
        try:
            model = model._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return False
    return True
