"""Lists of records: fast counts, labels of references, bulk actions that run commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from apps.kernel.access.visible import visible
from apps.kernel.admin.access import AnyCommand
from apps.kernel.admin.bulk import DELETE_SELECTED, delete_selected, press_selected
from apps.kernel.admin.buttons import RecordCommand, Text
from apps.kernel.admin.customs import list_columns, list_filters, takes_customs, words_of
from apps.kernel.admin.fields import living, reference_texts
from apps.kernel.admin.labels import labels_of, pointing_columns
from apps.kernel.admin.offering import added_filters, bulk_ways, is_in_rows, pressable
from apps.kernel.admin.offers import say
from apps.kernel.admin.wording import field_label
from apps.kernel.extensions.spots import Column, Place, columns, entity_of, ids_of, row_actions

MOST_COUNTED = 10_000

if TYPE_CHECKING:
    DjangoPaginator = Paginator[Any]
else:
    DjangoPaginator = Paginator


class BoundedPaginator(DjangoPaginator):
    """A paginator that stops counting, so that a list of millions opens as fast as one of a thousand."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most `MOST_COUNTED`."""
        rows: Any = self.object_list
        return len(rows) if isinstance(rows, list) else int(rows.order_by()[:MOST_COUNTED].count())

    @property
    def is_cut(self) -> bool:
        """Say whether there are more rows than counted."""
        return self.count >= MOST_COUNTED


class RecordList(ChangeList):  # type: ignore[misc]
    """The list page's state; labels of references are fetched once for the page."""

    result_list: Any
    list_display: Any

    def get_results(self, request: HttpRequest) -> None:
        """Fetch one page of rows and the labels that it shows."""
        self.request = request  # the theme draws the table without the page's context
        super().get_results(request)
        self.result_list = list(self.result_list)
        labels_of(request).fetch_rows(self.result_list)
        self.model_admin.prepare_rows(request, self.result_list)
        if self.result_list and takes_customs(self.model_admin):
            words_of(request, self.result_list)
        self._add_columns(request)
        self.is_cut = getattr(self.paginator, "is_cut", False)

    def _add_columns(self, request: HttpRequest) -> None:
        """Append the columns of widgets, which are asked once for the rows of the page."""
        place = Place(request, "", entity_of(self.opts), ids=ids_of(self.result_list))
        added = [_widget_column(column) for column in columns(place)]
        if actions := row_actions(place):
            added.append(_widget_column(Column("row_actions", _("Further actions"), actions)))
        self.list_display = [*self.list_display, *added]


class CommandLists:
    """What every list of the back office has in common."""

    paginator: Any = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_sheet = True
    view_on_site: Any = False
    actions_list: ClassVar[tuple[str, ...]] = ()
    buttons: ClassVar[tuple[RecordCommand, ...]] = ()
    delete_command: ClassVar[AnyCommand | None] = None
    empty_hint: ClassVar[Text] = ""

    def __init__(self, model: type[models.Model], site: Any) -> None:
        super().__init__(model, site)  # type: ignore[call-arg]
        self.readonly_preprocess_fields = {**reference_texts(model), **getattr(self, "readonly_preprocess_fields", {})}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Living rows of the scope."""
        parent: Any = super()
        return visible(living(parent.get_queryset(request)))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record of an address; anything that is no id of the scope is no record."""
        try:
            UUID(str(object_id))
        except ValueError:
            return None
        parent: Any = super()
        return parent.get_object(request, object_id, from_field)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        """The class of the list's state."""
        return RecordList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Columns; a reference shows the label of its target."""
        parent: Any = super()
        page: Any = self
        targets = pointing_columns(page.model)
        columns = [
            _label_column(page.model._meta.get_field(name), targets[name], request) if name in targets else name
            for name in parent.get_list_display(request)
        ]
        columns += list_columns(page, request)
        return [*columns, _button_column(page, request)] if is_in_rows(page) else columns

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """The page's filters, those of listed custom fields that have few values, and those of other modules."""
        parent: Any = super()
        return [*parent.get_list_filter(request), *list_filters(self, request), *added_filters(self)]

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Override to look something up for all rows of a page at once."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Bulk actions that the actor may run."""
        page: Any = self
        found: dict[str, Any] = {
            item.name: (press_selected, item.name, item.label)
            for item in pressable(page)
            if item.in_bulk and item.offered()
        } | bulk_ways(page)
        if page.has_delete_permission(request):
            found["delete_selected"] = (delete_selected, "delete_selected", DELETE_SELECTED)
        parent: Any = super()
        return {**parent.get_actions(request), **found}

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """Say something on the next page; what has just been written may be taken back from there."""
        say(request, message, level if isinstance(level, int) else messages.INFO)


def _button_column(page: Any, request: HttpRequest) -> Any:
    @admin.display(description=_("Actions"))
    def row_buttons(row: Any) -> str:
        context = {"buttons": page.row_buttons(row), "next": request.get_full_path(), "record": row}
        return render_to_string("backoffice/row_buttons.html", context)

    return row_buttons


def _widget_column(column: Column) -> Any:
    @admin.display(description=str(column.title), empty_value="")
    def cell(row: Any) -> str:
        return column.cells.get(row.pk, "")

    cell.__name__ = column.id
    return cell


def _label_column(field: Any, target: str, request: HttpRequest) -> Any:
    @admin.display(description=field_label(field, field.name), ordering=field.name)
    def column(row: Any) -> str:
        return labels_of(request).link(target, getattr(row, field.attname))

    column.__name__ = field.name
    return column
