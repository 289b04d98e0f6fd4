"""Buttons and filters of a page: its own, and those that other modules add."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect

from apps.kernel.admin.buttons import RecordCommand, way
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.extensions.actions import ListFilter, RecordAction, actions_on, filters_on
from apps.kernel.extensions.placing import Placing, arranged
from apps.kernel.extensions.rooms import room
from apps.kernel.extensions.spots import entity_of

logger = logging.getLogger(__name__)
SECONDS = 2.0


def added_actions(page: Any) -> list[RecordAction]:
    """Actions that other modules add to the page's records."""
    return actions_on(entity_of(page.opts))


def pressable(page: Any) -> list[RecordCommand]:
    """Buttons that run commands: the page's own and added ones, in their places."""
    added = added_actions(page)
    if not added:
        return list(page.buttons)
    wishes: dict[str, Placing | None] = {item.name: item.place for item in added}
    buttons = [*page.buttons, *(_as_button(item) for item in added if item.command is not None)]
    names = {item.id: item.name for item in added}
    return arranged(buttons, name=lambda item: item.name, wish=lambda item: _known(wishes.get(item.name), names))[0]


def _known(wish: Placing | None, names: dict[str, str]) -> Placing | None:
    """The wish with its neighbour under the name of the button."""
    return Placing(wish.position, names[wish.relative_to]) if wish and wish.relative_to in names else wish


def _as_button(item: RecordAction) -> RecordCommand:
    assert item.command is not None  # noqa: S101 - the caller has looked
    return RecordCommand(
        item.name,
        item.command,
        item.label,
        icon=item.icon,
        confirm=item.confirm,
        done=item.done,
        form=item.form,
        shown=item.shown,
        in_row=item.in_row,
        in_bulk=item.in_bulk,
        dangerous=item.dangerous,
    )


def ways(page: Any, record: Any, *, in_row: bool) -> list[dict[str, Any]]:
    """Links of added actions that lead somewhere, for one record."""
    return [
        way(item.label, item.icon, item.address([record.pk]))
        for item in added_actions(page)
        if item.address and (item.in_row if in_row else item.on_page) and (item.shown is None or item.shown(record))
    ]


def is_in_rows(page: Any) -> bool:
    """Say whether rows of the list have buttons."""
    leads = any(item.address and item.in_row for item in added_actions(page))
    return leads or any(item.in_row and item.offered() for item in pressable(page))


def bulk_ways(page: Any) -> dict[str, Any]:
    """Bulk actions that lead to a page about the selected records."""
    found = [item for item in added_actions(page) if item.address and item.in_bulk]
    return {item.name: (partial(_go, item), item.name, item.label) for item in found}


def _go(item: RecordAction, page: Any, request: HttpRequest, queryset: Any) -> HttpResponseRedirect:
    address: Callable[..., str] = item.address  # type: ignore[assignment]
    return HttpResponseRedirect(address(list(queryset.values_list("pk", flat=True)[:MOST])))


MOST = 200  # an address holds no more ids


def added_filters(page: Any) -> list[Any]:
    """Filters that other modules add to the page's list."""
    return [_filter(item) for item in filters_on(entity_of(page.opts))]


def _filter(item: ListFilter) -> type[SelectFilter]:
    def lookups(self: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return _choices(item)

    def queryset(self: Any, request: HttpRequest, rows: Any) -> Any:
        value = self.value()
        return _narrowed(item, value, rows) if value in {key for key, _label in self.lookup_choices} else rows

    own = {"title": str(item.title), "parameter_name": item.parameter, "lookups": lookups, "queryset": queryset}
    return type("AddedFilter", (SelectFilter,), own)


def _choices(item: ListFilter) -> list[tuple[str, str]]:
    """The choices; none where they cannot be looked up, which leaves the list as it is."""
    if not callable(item.choices):
        return item.offered()
    try:
        with room() as place:
            return place.run(item.id, item.offered, seconds=SECONDS)
    except Exception:
        logger.exception("list filter failed", extra={"extension": item.id})
        return []


def _narrowed(item: ListFilter, value: str, rows: Any) -> Any:
    """The rows that the filter keeps; none where it fails, because too many would look like an answer."""
    try:
        return rows.filter(pk__in=item.narrow(value))
    except Exception:
        logger.exception("list filter failed", extra={"extension": item.id})
        return rows.none()
