"""Opening a list: what the address asks for, the saved view that it names, or the one that the list opens with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ERROR_FLAG
from django.forms import BooleanField
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from apps.kernel.admin.arranging import (
    COLUMNS,
    SIZE,
    STANDARD,
    VIEW,
    Arrangement,
    asked_for,
    kept,
    says_nothing,
)
from apps.kernel.admin.columns import Catalogue, Choice, catalogue_of, chosen_columns, column_name, default_names
from apps.kernel.admin.conditions import filterable, narrowed
from apps.kernel.admin.resources import list_id
from apps.kernel.admin.viewing import ListViews, SavedFacts, ViewsOfList
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ids import as_id
from apps.kernel.services import service


@dataclass
class OpenList:
    """A list as it is opened. `notes` say what was asked for and is not there, `faults` what is wrong with the filter.

    `view` is the saved view that is open, perhaps with changes; `is_fresh` says that its settings are used as saved.
    """

    name: str
    asked: Arrangement
    views: ViewsOfList
    catalogue: Catalogue
    view: SavedFacts | None = None
    is_fresh: bool = False
    default_size: int = 0
    places: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    faults: list[FieldError] = field(default_factory=list)

    @property
    def columns(self) -> list[Choice]:
        """Columns to show, in order."""
        return chosen_columns(self.catalogue, self.asked.columns)

    @property
    def saved(self) -> Arrangement:
        """What the open view holds, as far as it is there still; without one the page's own way."""
        return self.plain(kept(self.view.settings)) if self.view is not None else Arrangement()

    @property
    def is_changed(self) -> bool:
        """Say whether the list is shown in another way than the open view has it."""
        return not self.is_fresh and not self.plain(self.asked).is_like(self.saved)

    def plain(self, way: Arrangement) -> Arrangement:
        """The same way without what is unknown, and without what the page does by itself."""
        columns = tuple(choice.name for choice in chosen_columns(self.catalogue, way.columns)) if way.columns else ()
        return replace(
            way,
            columns=() if columns == default_names(self.catalogue) else columns,
            sort=self.known_order(way.sort),
            page_size=0 if way.page_size == self.default_size else way.page_size,
            parameters={name: values for name, values in way.parameters.items() if name not in self.places},
        )

    def known_order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Keys of the order that the list can be sorted by."""
        bare = {name: self.catalogue.get(name.removeprefix("-")) for name in names}
        return tuple(name for name, choice in bare.items() if choice is not None and choice.is_sortable)

    def narrowed(self, page: Any, request: HttpRequest, rows: Any) -> Any:
        """The rows that pass the condition. What a view has and does not fit any more is left out, and said."""
        if not self.asked.condition:
            return rows
        found, self.faults = narrowed(rows, self.asked.condition, filterable(page, request))
        if self.faults and request.method == "POST" and _wants_all(request):
            # All rows of a list whose filter is not understood are more than anybody has seen.
            raise InvalidInput(errors=tuple(self.faults))
        return found


def _wants_all(request: HttpRequest) -> bool:
    """Say whether all rows are chosen, as Django reads it: any word but the ones for no."""
    return bool(BooleanField(required=False).to_python(request.POST.get("select_across", "")))


def open_list(page: Any, request: HttpRequest) -> OpenList:
    """Read the address once; `request.GET` holds everything that is asked for from then on."""
    known: dict[str, OpenList] = vars(request).setdefault("agora_lists", {})
    key = page.opts.label_lower
    if key not in known:
        known[key] = _opened(page, request)
    return known[key]


def _opened(page: Any, request: HttpRequest) -> OpenList:
    places = page.list_parameters
    wanted, name = request.GET.get(VIEW, ""), list_id(page, request)
    is_apart = IS_POPUP_VAR in request.GET or ERROR_FLAG in request.GET
    views = ViewsOfList() if is_apart else service(ListViews).of_list(request, name, as_id(wanted))
    chosen = views.chosen if views.chosen is not None and views.chosen.list == name else None
    opened = OpenList(
        name=name,
        asked=asked_for(request.GET),
        views=views,
        catalogue={},
        default_size=page.list_per_page,
        places=places,
    )
    says = not says_nothing(request.GET, places)
    opened.view = chosen if wanted else None if says or is_apart else views.default
    if opened.view is not None and not says:
        opened.asked = _at(kept(opened.view.settings), opened.asked, places)
        opened.is_fresh = True
    if wanted not in {"", STANDARD} and views.chosen is None and not is_apart:
        opened.notes.append(_("There is no such view, or nobody shares it with you. This is the list without one."))
    _tell(request, opened, page.list_per_page)
    opened.catalogue = catalogue_of(page, request)
    _note_strangers(opened)
    return opened


def _at(way: Arrangement, asked: Arrangement, places: Iterable[str]) -> Arrangement:
    """The way of a view, for the part of the list that the address names."""
    here = {name: asked.parameters[name] for name in places if name in asked.parameters}
    return replace(way, parameters={**way.parameters, **here})


def _tell(request: HttpRequest, opened: OpenList, size: int) -> None:
    """Let the address, as far as the page's links are made of it, say everything: the view, and each of its settings.

    With the size of a page it always says something, so that taking away the last filter does not bring back the view.
    """
    query = request.GET.copy()
    if opened.is_fresh and opened.view is not None:
        kept_names = set(query) - set(opened.asked.parameters)
        query = QueryDict(mutable=True)
        for name in kept_names:
            query.setlist(name, request.GET.getlist(name))
        for name, value in opened.asked.pairs():
            query.appendlist(name, value)
    if opened.view is not None:
        query[VIEW] = str(opened.view.id)
        query[SIZE] = str(opened.asked.page_size or size)
    elif opened.views.default is not None:
        query[VIEW] = STANDARD
    else:
        query.pop(VIEW, None)
    if opened.asked.columns:
        query[COLUMNS] = ",".join(opened.asked.columns)
    query._mutable = False
    request.GET = query  # type: ignore[assignment]


def forget_parameters(page: Any, request: HttpRequest, opened: OpenList) -> bool:
    """Leave out filters of a view that the list does not take any more, and say so; False where there are none left.

    Those that can be told by their names go first; where that is not enough, all of them.
    """
    parameters = opened.asked.parameters
    if not opened.is_fresh or not parameters:
        return False
    stale = [name for name, values in parameters.items() if not _takes(page, request, name, values)] or list(parameters)
    query = request.GET.copy()
    for name in stale:
        query.pop(name, None)
    query._mutable = False
    request.GET = query  # type: ignore[assignment]
    left = {name: values for name, values in parameters.items() if name not in stale}
    opened.asked = replace(opened.asked, parameters=left)
    text = _("Filters of this view are not there any more and are left out: %(names)s.")
    opened.notes.append(text % {"names": ", ".join(stale[:10])})
    return True


def _takes(page: Any, request: HttpRequest, name: str, values: Iterable[str]) -> bool:
    """Say whether the list has a filter of the name, as far as the name tells."""
    if name in {getattr(item, "parameter_name", None) for item in page.get_list_filter(request)}:
        return True
    fields: Mapping[str, Any] = page.opts._forward_fields_map
    is_known = name.partition("__")[0] in fields
    return is_known and all(page.lookup_allowed(name, value, request) for value in values)


def _note_strangers(opened: OpenList) -> None:
    names = (*opened.asked.columns, *(name.removeprefix("-") for name in opened.asked.sort))
    strangers = list(dict.fromkeys(name for name in names if name not in opened.catalogue))
    if strangers:
        text = _("Not shown, because there is no such column, or not for you: %(names)s.")
        opened.notes.append(text % {"names": ", ".join(strangers[:10])})


def order_names(columns: list[Any], text: str) -> tuple[str, ...]:
    """Django's `o=1.-2` as names of columns; `columns` are those of the list."""
    found = []
    for part in text.split("."):
        sign, place = ("-", part[1:]) if part.startswith("-") else ("", part)
        if place.isascii() and place.isdecimal() and len(place) < 5 and int(place) < len(columns):
            found.append(f"{sign}{column_name(columns[int(place)])}")
    return tuple(dict.fromkeys(found))
