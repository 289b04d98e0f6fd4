"""Lists of records: fast counts, labels of references, bulk actions that run commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from apps.kernel.access.visible import visible
from apps.kernel.admin.access import AnyCommand
from apps.kernel.admin.arranging import OWN, SORT
from apps.kernel.admin.bulk import DELETE_SELECTED, delete_selected, press_selected
from apps.kernel.admin.buttons import RecordCommand, Text
from apps.kernel.admin.columns import WidgetColumn, catalogue_of, column_name, label_column
from apps.kernel.admin.customs import list_columns, list_filters, takes_customs, words_of
from apps.kernel.admin.deleted_rows import looks_at_deleted
from apps.kernel.admin.fields import living, reference_texts
from apps.kernel.admin.labels import labels_of, pointing_columns
from apps.kernel.admin.numbers import number_texts
from apps.kernel.admin.offering import added_filters, bulk_ways, is_in_rows, pressable
from apps.kernel.admin.offers import say
from apps.kernel.admin.opening import forget_parameters, open_list, order_names
from apps.kernel.extensions.spots import Column, Place, columns, entity_of, ids_of, row_actions
from apps.kernel.ids import as_id

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
    params: dict[str, str]
    list_per_page: int

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.opened = open_list(kwargs.get("model_admin") or args[-3], request)
        super().__init__(request, *args, **kwargs)
        if self.params.get(ORDER_VAR):
            self.opened.asked = replace(self.opened.asked, sort=self.sorted_by)

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Parameters of the filters beside the list, without those that say how it is shown."""
        return {name: value for name, value in super().get_filters_params(params).items() if name not in OWN}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """Rows that pass the filters, the search and the condition, in order; a text with a NUL is in no row."""
        rows = super().get_queryset(request, exclude_parameters)
        if any("\0" in text for texts in self.filter_params.values() for text in texts):
            rows = rows.none()
        return self.opened.narrowed(self.model_admin, request, rows)

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """Names of the columns that somebody wanted the list sorted by; none: as the page sorts it."""
        if self.params.get(ORDER_VAR):
            return order_names(self.list_display, self.params[ORDER_VAR])
        return self.opened.known_order(self.opened.asked.sort)

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """The order by the names of columns, also of those that are not shown; else Django's own."""
        if self.params.get(ORDER_VAR) or not self.sorted_by:
            found: list[Any] = super().get_ordering(request, queryset)
            return found
        keys = [
            _key(self.get_ordering_field(self.opened.catalogue[name.removeprefix("-")].column), name)
            for name in self.sorted_by
        ]
        complete: list[Any] = self._get_deterministic_ordering([key for key in keys if key is not None])
        return complete

    def _get_deterministic_ordering(self, ordering: Any) -> list[Any]:
        """The order with the id behind it, in the direction of the key before: an index gives both, read either way."""
        complete: list[Any] = super()._get_deterministic_ordering(ordering)
        is_added = len(complete) > len(ordering)
        return [*ordering, "pk"] if is_added and ordering and not _is_descending(complete[-2]) else complete

    def get_ordering_field_columns(self) -> dict[int, str]:
        """Places of shown columns that the list is sorted by, for the arrows in their heads."""
        if self.params.get(ORDER_VAR) or not self.sorted_by:
            found: dict[int, str] = super().get_ordering_field_columns()
            return found
        places = {column_name(column): place for place, column in enumerate(self.list_display)}
        directions = {name.removeprefix("-"): "desc" if name.startswith("-") else "asc" for name in self.sorted_by}
        return {places[name]: direction for name, direction in directions.items() if name in places}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """An address of the same list; a new order takes the place of a named one."""
        if new_params and ORDER_VAR in new_params:
            new_params = {**new_params, SORT: None}
        text: str = super().get_query_string(new_params, remove)
        return text

    def get_results(self, request: HttpRequest) -> None:
        """Fetch one page of rows and the labels that it shows."""
        self.request = request  # the theme draws the table without the page's context
        self.list_per_page = self.opened.asked.page_size or self.list_per_page
        super().get_results(request)
        self.result_list = list(self.result_list)
        labels_of(request).fetch_rows(self.result_list)
        keys = [choice for choice in self.opened.columns if choice.target]
        labels_of(request).fetch((key.target, getattr(row, key.attname)) for key in keys for row in self.result_list)
        self.model_admin.prepare_rows(request, self.result_list)
        if self.result_list and takes_customs(self.model_admin):
            words_of(request, self.result_list)
        self._fill_columns(request)
        self.is_cut = getattr(self.paginator, "is_cut", False)

    def _fill_columns(self, request: HttpRequest) -> None:
        """Ask the widgets whose columns are shown, and those with actions of rows, once for the rows of the page."""
        place = Place(request, "", entity_of(self.opts), ids=ids_of(self.result_list))
        shown = {item.__name__: item for item in self.list_display if isinstance(item, WidgetColumn)}
        for column in columns(place, only=shown) if shown else ():
            shown[column.id].fill(column)
        if actions := row_actions(place):
            further = WidgetColumn("row_actions", _("Further actions"))
            further.fill(Column("row_actions", "", actions))
            self.list_display = [*self.list_display, further]


def _key(order: Any, name: str) -> Any:
    """A key of an order, turned round for a name with a minus."""
    is_descending = name.startswith("-")
    if order is None or not is_descending:
        return order
    if hasattr(order, "resolve_expression"):
        return order.desc()
    return order.removeprefix("-") if order.startswith("-") else f"-{order}"


def _is_descending(key: Any) -> bool:
    return key.startswith("-") if isinstance(key, str) else bool(getattr(key, "descending", False))


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
    list_parameters: ClassVar[tuple[str, ...]] = ()

    def __init__(self, model: type[models.Model], site: Any) -> None:
        super().__init__(model, site)  # type: ignore[call-arg]
        own = getattr(self, "readonly_preprocess_fields", {})
        self.readonly_preprocess_fields = {**reference_texts(model), **number_texts(model), **own}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Living rows of the scope; on the page of what was deleted the hidden ones."""
        parent: Any = super()
        rows = parent.get_queryset(request)
        return visible(rows if looks_at_deleted(request) else living(rows))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record of an address; anything that is no id of the scope is no record."""
        if as_id(object_id) is None:
            return None
        parent: Any = super()
        return parent.get_object(request, object_id, from_field)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        """The class of the list's state."""
        return RecordList

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list as the address, or the saved view that it names, wants it."""
        opened = open_list(self, request)
        parent: Any = super()
        while True:
            try:
                return parent.get_changelist_instance(request)
            except (IncorrectLookupParameters, DisallowedModelAdminLookup):
                if not forget_parameters(self, request, opened):
                    raise

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Columns that the address or the view wants, else the page's own."""
        return [choice.column for choice in open_list(self, request).columns]

    def own_columns(self, request: HttpRequest) -> list[Any]:
        """Columns that the page declares, and listed custom fields; a reference shows the label of its target."""
        parent: Any = super()
        page: Any = self
        targets = pointing_columns(page.model)
        columns = [
            label_column(page.model._meta.get_field(name), targets[name], request) if name in targets else name
            for name in parent.get_list_display(request)
        ]
        columns += list_columns(page, request)
        return [*columns, _button_column(page, request)] if is_in_rows(page) else columns

    def own_links(self, columns: list[Any]) -> list[Any]:
        """Columns that lead into the record: those that the page names, else the first one."""
        page: Any = self
        if page.list_display_links is None:
            return []
        return list(page.list_display_links) or columns[:1]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The same among the columns that are shown."""
        page: Any = self
        if page.list_display_links is None:
            return None
        first = {choice.name for choice in catalogue_of(self, request).values() if choice.is_fixed}
        names = set(map(column_name, page.list_display_links)) or first
        return [column for column in list_display if column_name(column) in names]

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Columns that the list can be sorted by."""
        return [choice.column for choice in catalogue_of(self, request).values() if choice.is_sortable]

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
