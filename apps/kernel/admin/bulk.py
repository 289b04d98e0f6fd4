"""Actions on a selection: asked first, then run by a command, with an account of what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.admin.buttons import Text
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.many import DELETE, Task, done_words, start_or_run, task_named
from apps.kernel.admin.offering import pressable
from apps.kernel.admin.selections import FIELD, MOST_CHOSEN, Chosen, chosen_of, posted
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

DELETE_SELECTED = gettext_lazy("Delete selected")
NONE_LEFT = gettext_lazy("None of the chosen records is there any more.")
SHOWN = 20


def delete_selected(page: Any, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
    """Ask, then delete the selected records: all at once where the module has a bulk command."""
    if not page.has_delete_permission(request):
        raise PermissionDenied
    ask = Ask("delete_selected", _("Delete"), "", dangerous=True)
    return _ask_then(page, request, queryset, ask, task_named(page, DELETE))


def press_selected(page: Any, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
    """Ask, then run the button's command for each selected record."""
    name = request.POST.get("action", "")
    button = next((item for item in pressable(page) if item.name == name), None)
    task = task_named(page, name)
    if button is None or task is None:
        raise PermissionDenied
    ask = Ask(name, button.label, button.confirm, dangerous=button.dangerous)
    return _ask_then(page, request, queryset, ask, task)


@dataclass(frozen=True, slots=True)
class Ask:
    """The question before a bulk action."""

    name: str
    label: Text
    question: Text
    dangerous: bool


def chosen_or_told(page: Any, request: HttpRequest, queryset: Any) -> Chosen | None:
    """What is selected; None where that is too much or not there any more, which the next page says."""
    chosen = chosen_of(queryset)
    if chosen is None:
        page.message_user(request, _("Select at most %(n)s records.") % {"n": MOST_CHOSEN}, messages.ERROR)
    elif not chosen.ids:
        page.message_user(request, NONE_LEFT, messages.ERROR)
        return None
    return chosen


def _ask_then(page: Any, request: HttpRequest, queryset: Any, ask: Ask, task: Task | None) -> TemplateResponse | None:
    chosen = posted(request) if FIELD in request.POST else chosen_or_told(page, request, queryset)
    if chosen is None:
        return None
    if request.POST.get("confirmed") != "yes":
        return _question(page, request, queryset, ask, chosen)
    if task is not None:
        start_or_run(page, request, chosen, task)
    else:
        _delete_at_once(page, request, chosen)
    return None


def _delete_at_once(page: Any, request: HttpRequest, chosen: Chosen) -> None:
    """Delete by the command that the module has for a selection."""
    try:
        run(page.bulk_delete_command, list(chosen.ids))
    except PlatformError as error:
        if not is_form_error(error):
            raise
        page.message_user(request, f"{_('The selection')}: {error.detail}", messages.ERROR)
    else:
        page.message_user(request, done_words(len(chosen.ids)), messages.SUCCESS)


def _question(page: Any, request: HttpRequest, queryset: Any, ask: Ask, chosen: Chosen) -> TemplateResponse:
    context = {
        **list_frame(page, request, ask.label),
        "ask": ask,
        "records": list(queryset[:SHOWN]),
        "more": max(0, len(chosen.ids) - SHOWN),
        "count": len(chosen.ids),
        "chosen": chosen,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/bulk_confirmation.html", context)
