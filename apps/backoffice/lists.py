"""What stands above a list: its views, the parts of its condition, and the panels that arrange it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.backoffice.features import SHARE
from apps.backoffice.models import Owner
from apps.backoffice.selectors import may_default
from apps.kernel.admin.access import allows
from apps.kernel.admin.arranging import COLUMNS, CONDITION, SIZE, SIZES, SORT, STANDARD, VIEW, Arrangement
from apps.kernel.admin.building import builder_data
from apps.kernel.admin.chips import Chip, Wording
from apps.kernel.admin.columns import Choice
from apps.kernel.admin.conditions import Named, fields_of
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.opening import OpenList
from apps.kernel.admin.viewing import SavedFacts
from apps.kernel.tenancy.scope import current_scope

MOST_TABS = 8


@dataclass(frozen=True, slots=True)
class Tab:
    """One view above the list; the first one is the list as its page declares it, without a view."""

    name: str
    url: str
    is_current: bool
    view: SavedFacts | None = None


@dataclass(frozen=True, slots=True)
class ShownChip:
    """A part of the condition in words, and the address of the list without it."""

    text: str
    url: str


def bar(request: HttpRequest, cl: Any) -> dict[str, Any]:
    """Everything that the template of the bar shows."""
    opened: OpenList = cl.opened
    fields = fields_of(cl.model_admin, request)
    faults = [{"path": item.field, "text": item.message} for item in opened.faults]
    chips = [] if faults else _chips(request, cl, fields)
    tabs, more_tabs = _parted(_tabs(request, opened))
    return {
        "cl": cl,
        "opened": opened,
        "tabs": tabs,
        "more_tabs": more_tabs,
        "notes": opened.notes,
        "faults": faults,
        "chips": chips,
        "without_condition": cl.get_query_string({CONDITION: None}),
        "reset_url": _tab_url(request, opened, opened.view),
        "state": json.dumps(_state(opened).settings()),
        "place": request.get_full_path(),
        "may_save": opened.views.may_save,
        "may_default": opened.view is not None and may_default_view(opened.view),
        "may_share": allows(SHARE),
        "builder": _builder(request, cl, fields, faults) if fields else None,
    }


def may_default_view(view: SavedFacts) -> bool:
    """Say whether the reader decides if lists open with the view."""
    kind = Owner.USER if view.role_id is None else Owner.ROLE
    return view.may_change and may_default(current_scope().actor, kind)


def columns_panel(cl: Any) -> dict[str, Any]:
    """The panel of columns: those that are shown in their order, then the others, and what the form passes on."""
    opened: OpenList = cl.opened
    shown = opened.columns
    others = [choice for choice in opened.catalogue.values() if choice not in shown]
    return {
        "columns": [*(_item(choice, is_shown=True) for choice in shown), *(_item(choice) for choice in others)],
        "hidden": _passed_on(cl, COLUMNS, SORT, SIZE, sort=",".join(opened.asked.sort)),
        "sizes": [{"value": size, "chosen": size == cl.list_per_page} for size in _sizes(cl.list_per_page)],
        "standard_url": cl.get_query_string({COLUMNS: None, SIZE: None}),
    }


def _item(choice: Choice, *, is_shown: bool = False) -> dict[str, Any]:
    return {"name": choice.name, "title": choice.title, "is_shown": is_shown, "is_fixed": choice.is_fixed}


def _sizes(current: int) -> list[int]:
    return sorted({*SIZES, current})


def _passed_on(cl: Any, *without: str, **more: str) -> list[tuple[str, str]]:
    """Parameters of the list as hidden inputs of a form that sets others."""
    skipped = {*without, ORDER_VAR, PAGE_VAR}
    found = [(name, value) for name, values in cl.filter_params.items() if name not in skipped for value in values]
    return [*found, *((name, value) for name, value in more.items() if value)]


def _tabs(request: HttpRequest, opened: OpenList) -> list[Tab]:
    listed = list(opened.views.listed)
    if opened.view is not None and all(item.id != opened.view.id for item in listed):
        listed.append(opened.view)
    if not listed:
        return []
    first = Tab(_("All"), _tab_url(request, opened, None), opened.view is None)
    current = opened.view.id if opened.view is not None else None
    return [first, *(Tab(item.name, _tab_url(request, opened, item), item.id == current, item) for item in listed)]


def _parted(tabs: list[Tab]) -> tuple[list[Tab], list[Tab]]:
    """Tabs that stand side by side, the current one among them, and those of the menu behind them."""
    first = tabs[:MOST_TABS]
    late = [tab for tab in tabs[MOST_TABS:] if tab.is_current]
    return [*first, *late], [tab for tab in tabs[MOST_TABS:] if not tab.is_current]


def _tab_url(request: HttpRequest, opened: OpenList, view: SavedFacts | None) -> str:
    here = [(name, value) for name in opened.places for value in opened.asked.parameters.get(name, ())]
    return "?" + urlencode([*here, (VIEW, str(view.id) if view is not None else STANDARD)])


def _state(opened: OpenList) -> Arrangement:
    """How the list is shown now, as it would be saved: without a condition that nobody understands."""
    way = opened.plain(opened.asked)
    here = {name: values for name, values in opened.asked.parameters.items() if name in opened.places}
    condition = "" if opened.faults else way.condition
    return replace(way, condition=condition, parameters={**way.parameters, **here})


def _chips(request: HttpRequest, cl: Any, fields: Mapping[str, Named]) -> list[ShownChip]:
    text = cl.opened.asked.condition
    if not text:
        return []
    found = Wording(fields, labels_of(request)).chips(json.loads(text))
    return [ShownChip(chip.text, _without(cl, chip)) for chip in found]


def _without(cl: Any, chip: Chip) -> str:
    rest = None if chip.rest is None else json.dumps(chip.rest, separators=(",", ":"), ensure_ascii=False)
    address: str = cl.get_query_string({CONDITION: rest})
    return address


def _builder(
    request: HttpRequest, cl: Any, fields: Mapping[str, Named], faults: list[dict[str, str]]
) -> dict[str, Any]:
    """What the script of the dialog reads, and what its form passes on."""
    judged = {"faults": faults, "list": cl.opened.name, "check": reverse("admin:list_views", args=["check"])}
    data = builder_data(cl.model, fields, _tree(cl.opened.asked.condition), labels_of(request), **judged)
    return {"data": data, "hidden": _passed_on(cl, CONDITION, SORT, sort=",".join(cl.opened.asked.sort))}


def _tree(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=str) if text else None
    except (ValueError, RecursionError):
        return None
