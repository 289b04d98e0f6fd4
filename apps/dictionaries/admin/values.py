"""The page of a dictionary's values: in their order, moved by dragging or by buttons, with who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.dictionaries.admin.pages import merge_page, values_address
from apps.dictionaries.models import Dictionary, DictionaryEntry, SortMode
from apps.dictionaries.selectors import entries_in, is_inherited, usages_of
from apps.dictionaries.services import move_entry, reorder_dictionary
from apps.kernel.admin.access import may_run
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.references.usages import Usage

EDIT = "admin:dictionaries_dictionaryentry_change"
DELETE = "admin:dictionaries_dictionaryentry_delete"


@dataclass(frozen=True, slots=True)
class Line:
    """One value on the page. `used` is how many records point to it, `kinds` says which."""

    entry: DictionaryEntry
    used: int
    kinds: str
    edit_url: str
    merge_url: str
    delete_url: str


def values_page(page: Any, request: HttpRequest, dictionary: Dictionary) -> HttpResponse:
    """Show the values; on POST arrange them: `move` is `<id>:<places>`, `order` every id as it is to stand."""
    if request.method == "POST":
        return _arranged(page, request, dictionary)
    entries = list(entries_in(dictionary))
    found = usages_of([entry.pk for entry in entries])
    may_change = page.has_change_permission(request, dictionary)
    context = {
        **record_frame(page.admin_site, request, dictionary, _("Values of %(name)s") % {"name": dictionary}),
        "lines": [_line(entry, found.get(entry.pk, ())) for entry in entries],
        "may_change": may_change,
        "is_inherited": is_inherited(dictionary),
        "order_words": "" if dictionary.sort_mode == SortMode.POSITION else dictionary.get_sort_mode_display(),
        "add_url": f"{reverse('admin:dictionaries_dictionaryentry_add')}?dictionary={dictionary.pk}",
        "moved": request.GET.get("moved", ""),
        "direction": request.GET.get("direction", ""),
        "media": page.media,
    }
    return TemplateResponse(request, "dictionaries/values.html", context)


def _line(entry: DictionaryEntry, found: Sequence[Usage]) -> Line:
    return Line(
        entry=entry,
        used=sum(usage.count for usage in found),
        kinds=", ".join(map(str, found)),
        edit_url=reverse(EDIT, args=[entry.pk]),
        merge_url=merge_page(entry.pk),
        delete_url=reverse(DELETE, args=[entry.pk]),
    )


def _arranged(page: Any, request: HttpRequest, dictionary: Dictionary) -> HttpResponse:
    if not page.has_change_permission(request, dictionary) or not may_run(reorder_dictionary):
        raise PermissionDenied
    address, anchor = values_address(dictionary.pk), ""
    try:
        if "order" in request.POST:
            run(reorder_dictionary, dictionary.pk, entry_ids=_ids(request.POST["order"]))
        else:
            entry_id, _colon, places = request.POST.get("move", "").partition(":")
            direction = "up" if places == "-1" else "down"
            run(move_entry, _ids(entry_id)[0], by=-1 if direction == "up" else 1)
            anchor = f"?moved={entry_id}&direction={direction}"
    except (RowNotFound, ValueError, IndexError):
        page.message_user(request, _("This value is not there any more."), messages.ERROR)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        page.message_user(request, error.detail, messages.ERROR)
    else:
        page.message_user(request, _("Arranged."), messages.SUCCESS)
    return HttpResponseRedirect(f"{address}{anchor}")


def _ids(text: str) -> list[UUID]:
    return [UUID(item) for item in text.split(",") if item]
