"""Filters of actions and reads beside those of their columns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.kernel.api.filters import CharFilter, ClaimFilter, FilterSet, UUIDFilter
from apps.kernel.commands.history.records import ChangedInTree, Column, column_of, touching_record
from apps.kernel.commands.history.undone import only_counting, only_undone
from apps.kernel.commands.history.visibility import readable_action
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.registry.entities import ENTITIES

KIND_NEEDED = "kernel.filter.needs_resource_entity"


class ActionFilter(FilterSet):
    """What actions can be asked for.

    `resource_id`: actions about the record or that touched its row; with `related` also those that touched what
    points to it. `field`: those that changed it. Both need `resource_entity`, which alone means actions about
    records of the kind. `parent`: the parts of an action, which the list leaves out otherwise.
    """

    resource_entity = CharFilter(method="of_kind")
    resource_id = UUIDFilter(method="of_record")
    related = ClaimFilter(method="with_kind")
    field = CharFilter(method="changing")
    command__startswith = CharFilter(field_name="command", lookup_expr="startswith")
    is_undone = ClaimFilter(method="undone")
    parent = UUIDFilter(method="parts")

    def of_kind(self, rows: QuerySet[Any], name: str, kind: str) -> QuerySet[Any]:
        """Actions about records of the kind; with an id it only says where to look."""
        return rows if self._given("resource_id") else rows.filter(resource_entity=kind)

    def of_record(self, rows: QuerySet[Any], name: str, record_id: UUID) -> QuerySet[Any]:
        """Actions of one record."""
        kind = self._kind("related") if self._given("related") else ENTITIES.get(self._given("resource_entity") or "")
        related = bool(self._given("related"))
        return touching_record(rows, record_id, model=kind.model if kind else None, related=related)

    def with_kind(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        """Nothing of its own: it widens `resource_id`, and makes no sense without."""
        if wanted and not self._given("resource_id"):
            raise _refusal("related", "kernel.filter.needs_resource_id", _("Name a record in resource_id as well."))
        return rows

    def changing(self, rows: QuerySet[Any], name: str, field: str) -> QuerySet[Any]:
        """Actions that changed the field of the record, or of any record of the kind."""
        column = demand_column(self._kind("field").model, field)
        record_id = self._given("resource_id")
        return touching_record(rows, record_id, column=column) if record_id else rows.filter(ChangedInTree(column))

    def undone(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        """Actions that count no longer, or those that do."""
        return only_undone(rows) if wanted else only_counting(rows)

    def parts(self, rows: QuerySet[Any], name: str, parent_id: UUID) -> QuerySet[Any]:
        """Parts of an action that the caller may read."""
        return rows.filter(parent_id__in=readable_action(parent_id).values("pk"))

    def _given(self, name: str) -> Any:
        return self.form.cleaned_data.get(name)

    def _kind(self, needed_by: str) -> Any:
        kind = ENTITIES.get(self._given("resource_entity") or "")
        if kind is None or not getattr(kind.model, "audited", False):
            raise _refusal(needed_by, KIND_NEEDED, _("Name a kind of record in resource_entity as well."))
        return kind


class HistoryFilter(FilterSet):
    """What the history of one record can be narrowed by; the view, which knows the record, does it."""

    field = CharFilter(method="kept")
    related = ClaimFilter(method="kept")
    is_undone = ClaimFilter(method="undone")

    def kept(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """The rows as they are."""
        return rows

    def undone(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        """Actions that count no longer, or those that do."""
        return only_undone(rows) if wanted else only_counting(rows)


class ReadFilter(FilterSet):
    """`record_id`: reads that showed the record."""

    record_id = UUIDFilter(method="of_record")

    def of_record(self, rows: QuerySet[Any], name: str, record_id: UUID) -> QuerySet[Any]:
        """Reads whose list of records holds the id."""
        return rows.filter(record_ids__contains=[str(record_id)])


def demand_column(model: Any, field: str) -> Column:
    """The column behind a field's name. Raises InvalidInput for one that the history does not show."""
    column = column_of(model, field)
    if column is None:
        raise _refusal("field", "kernel.filter.unknown_field", _("This kind of record has no such field."))
    return column


def _refusal(field: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(errors=(FieldError(field, code, message),))
