"""Items as they are given, checked against the widgets that there are for the actor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.dashboards.calculations.layouts import LONGEST_TITLE, MOST_ITEMS, Item, Items, found, is_item_id
from apps.dashboards.calculations.settings import complaints
from apps.dashboards.errors import DashboardFull
from apps.dashboards.selectors.catalog import is_for_actor, known_widgets
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.extensions.dashboards import DashboardWidget, Width
from apps.kernel.ids import uuid7


def new_item(
    *, widget: str, width: str = "", title: str = "", settings: Mapping[str, Any] | None = None, item_id: str = ""
) -> Item:
    """An item with what the widget begins with where nothing is given; unchecked."""
    declared = known_widgets().get(widget)
    chosen = width or (str(declared.width) if declared is not None else str(Width.MD))
    return Item(
        id=item_id or str(uuid7()), widget=widget, width=chosen, title=title.strip(), settings=dict(settings or {})
    )


def demand_sound(item: Item, *, path: str = "") -> None:
    """Raise InvalidInput with everything that is wrong with an item."""
    if found_faults := tuple(faults_of(item, path)):
        raise InvalidInput(errors=found_faults)


def taken(given: Sequence[Mapping[str, Any]], *, kept: Items = ()) -> list[Item]:
    """A whole list of items as it is given. What stands there already may stay, also where its widget is gone.

    Raises DashboardFull, InvalidInput with all complaints.
    """
    if len(given) > MOST_ITEMS:
        raise DashboardFull(most=MOST_ITEMS)
    items = [_read(item) for item in given]
    faults = [fault for place, item in enumerate(items) for fault in _faults_in_list(items, place, item, kept)]
    if faults:
        raise InvalidInput(errors=tuple(faults))
    return items


def _read(given: Mapping[str, Any]) -> Item:
    values = dict(given)
    return new_item(
        widget=values.get("widget", ""),
        width=values.get("width", ""),
        title=values.get("title", ""),
        settings=values.get("settings"),
        item_id=str(values.get("id") or ""),
    )


def _faults_in_list(items: Items, place: int, item: Item, kept: Items) -> Iterator[FieldError]:
    if not is_item_id(item["id"]) or any(other["id"] == item["id"] for other in items[:place]):
        yield FieldError(f"items.{place}.id", "invalid", _("Give each widget an id of its own, or none."))
    former = found(kept, item["id"])
    if former is not None and (former["widget"], former["settings"]) == (item["widget"], item["settings"]):
        yield from _looks(item, f"items.{place}.")
    else:
        yield from faults_of(item, f"items.{place}.")


def faults_of(item: Item, path: str = "") -> Iterator[FieldError]:
    """What is wrong with an item; a widget that is not for the actor looks like one that is not there."""
    declared = known_widgets().get(item["widget"])
    yield from _looks(item, path)
    if declared is None or not _is_open(declared, item):
        yield FieldError(f"{path}widget", "dashboards.widget.unknown", _("There is no such widget."))
        return
    yield from complaints(declared.settings, item["settings"], path=f"{path}settings")


def _is_open(declared: DashboardWidget, item: Item) -> bool:
    """Ask by the settings only where they can be read; of others there are complaints enough."""
    if complaints(declared.settings, item["settings"]):
        return is_for_actor(declared, {})
    return is_for_actor(declared, item["settings"])


def _looks(item: Item, path: str) -> Iterator[FieldError]:
    if item["width"] not in set(Width):
        yield FieldError(
            f"{path}width", "invalid_choice", _("Choose one of: {widths}.").format(widths=", ".join(Width))
        )
    if len(item["title"]) > LONGEST_TITLE or "\x00" in item["title"]:
        yield FieldError(f"{path}title", "max_length", _("At most {most} letters.").format(most=LONGEST_TITLE))
