"""Actions on a selection: asked first, then run by a command, with an account of what was refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.kernel.admin.access import AnyCommand
from apps.kernel.admin.buttons import Text
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offering import pressable
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

DELETE_SELECTED = gettext_lazy("Delete selected")
MOST_ROWS = 900  # Django takes a thousand fields in one form
SHOWN = 20


@dataclass(slots=True)
class BulkResult:
    """How a command fared with each record: how many went through, and the refusals by record."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def each_record(command: AnyCommand, records: Any, **kwargs: Any) -> BulkResult:
    """Run the command once for each record; a refusal of one does not stop the others."""
    result = BulkResult()
    for record in records:
        try:
            run(command, record.pk, **kwargs)
        except PlatformError as error:
            if not is_form_error(error) and error.status not in {404, 412}:
                raise
            result.refused.append((str(record), error.detail))
        else:
            result.done += 1
    return result


def delete_selected(page: Any, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
    """Ask, then delete the selected records: all at once where the module has a bulk command."""
    if not page.has_delete_permission(request):
        raise PermissionDenied

    def work(records: list[Any]) -> BulkResult:
        if page.bulk_delete_command is None:
            return each_record(page.delete_command, records)
        try:
            run(page.bulk_delete_command, [record.pk for record in records])
        except PlatformError as error:
            if not is_form_error(error):
                raise
            return BulkResult(0, [(_("The selection"), error.detail)])
        return BulkResult(len(records))

    return _ask_then(page, request, queryset, Ask("delete_selected", _("Delete"), "", dangerous=True), work)


def press_selected(page: Any, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
    """Ask, then run the button's command for each selected record."""
    name = request.POST.get("action", "")
    button = next((item for item in pressable(page) if item.name == name and item.in_bulk), None)
    if button is None or not button.offered():
        raise PermissionDenied

    def work(records: list[Any]) -> BulkResult:
        return each_record(button.command, [record for record in records if button.offered(record)])

    return _ask_then(page, request, queryset, Ask(name, button.label, button.confirm, dangerous=button.dangerous), work)


@dataclass(frozen=True, slots=True)
class Ask:
    """The question before a bulk action."""

    name: str
    label: Text
    question: Text
    dangerous: bool


def _ask_then(
    page: Any, request: HttpRequest, queryset: Any, ask: Ask, work: Callable[[list[Any]], BulkResult]
) -> TemplateResponse | None:
    records = list(queryset[: MOST_ROWS + 1])
    if len(records) > MOST_ROWS:
        page.message_user(request, _("Select at most %(n)s records.") % {"n": MOST_ROWS}, messages.ERROR)
        return None
    if request.POST.get("confirmed") != "yes":
        return _question(page, request, records, ask)
    _report(page, request, work(records))
    return None


def _question(page: Any, request: HttpRequest, records: list[Any], ask: Ask) -> TemplateResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": ask.label,
        "opts": page.opts,
        "ask": ask,
        "records": records[:SHOWN],
        "more": max(0, len(records) - SHOWN),
        "count": len(records),
        "ids": [record.pk for record in records],
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/bulk_confirmation.html", context)


def _report(page: Any, request: HttpRequest, result: BulkResult) -> None:
    if result.done:
        text = ngettext("Done for %(n)s record.", "Done for %(n)s records.", result.done) % {"n": result.done}
        page.message_user(request, text, messages.SUCCESS)
    for name, reason in result.refused[:5]:
        page.message_user(request, f"{name}: {reason}", messages.ERROR)
    if len(result.refused) > 5:
        rest = len(result.refused) - 5
        text = ngettext("%(n)s more was refused.", "%(n)s more were refused.", rest) % {"n": rest}
        page.message_user(request, text, messages.ERROR)
