"""Pages of one record beside its form: an address below the record's own, guarded like it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse

from apps.kernel.admin.addresses import model_path

RecordView = Callable[[HttpRequest, Any], HttpResponse]


def record_path(page: Any, tail: str, view: RecordView) -> URLPattern:
    """The address `<id>/<tail>/` of a page, named `<app>_<model>_<tail>`. The view gets the record, which is in sight.

    Whether the record may be changed is the view's question, and the command's.
    """

    def opened(request: HttpRequest, object_id: str) -> HttpResponse:
        record = page.get_object(request, object_id)
        if record is None or not page.has_view_permission(request, record):
            raise Http404
        return view(request, record)

    return model_path(page, f"<path:object_id>/{tail}/", opened, tail)


def values_address(dictionary_id: Any) -> str:
    """Where the values of a dictionary are arranged."""
    return reverse("admin:dictionaries_dictionary_values", args=[dictionary_id])


def merge_page(entry_id: Any) -> str:
    """Where a value is merged into another one."""
    return reverse("admin:dictionaries_dictionaryentry_merge", args=[entry_id])
