"""Tasks: what is late, due today, this week and later, done with one click."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers import services
from apps.customers.admin.calendar_form import ME, owner_of
from apps.customers.admin.calendar_lines import ICONS
from apps.customers.calculations import Stretch
from apps.customers.features import VIEW_INTERACTIONS
from apps.customers.models import InteractionType
from apps.customers.selectors import Task, living_interactions, open_tasks
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.admin.access import may_run
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import current_scope

NAME: Final = "customers_tasks"
USER: Final = "auth.user"
HEADINGS: Final = {
    Stretch.OVERDUE: gettext_lazy("Overdue"),
    Stretch.TODAY: gettext_lazy("Today"),
    Stretch.WEEK: gettext_lazy("This week"),
    Stretch.LATER: gettext_lazy("Later"),
    Stretch.UNDATED: gettext_lazy("Without a day"),
}


@own_page(OwnPage(NAME, "customers/tasks/", VIEW_INTERACTIONS))
def tasks_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show what is to be done; on POST say that one of them is."""
    if request.method == "POST":
        return _done(request)
    whose = "" if request.GET.get("owner") == "all" else ME
    kinds = "all" if request.GET.get("kinds") == "all" else ""
    rows = living_interactions().filter(**owner_of(whose, me=person_of(current_scope().actor)))
    rows = (
        rows.select_related("customer") if kinds else rows.filter(type=InteractionType.TASK).select_related("customer")
    )
    found = open_tasks(rows, now=clock.now(), zone=_zone())
    labels = labels_of(request)
    labels.fetch((USER, task.interaction.owner_id) for task in found.tasks if task.interaction.owner_id)
    groups = [
        (stretch.value, heading, [_shown(task, labels) for task in found.tasks if task.stretch is stretch])
        for stretch, heading in HEADINGS.items()
    ]
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Tasks"),
        "groups": [group for group in groups if group[2]],
        "is_cut": found.is_cut,
        "may_finish": may_run(services.complete_interaction),
        "whose": [(_("Mine"), "", whose == ME), (_("Everybody's"), "all", whose != ME)],
        "kinds": kinds,
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "customers/tasks.html", context)


def _zone() -> Any:
    return timezone.get_current_timezone()


def _shown(task: Task, labels: Any) -> dict[str, Any]:
    row = task.interaction
    original = task.occurrence.original_at if task.occurrence is not None else None
    begins = task.occurrence.begins_in(_zone()) if task.occurrence is not None else None
    return {
        "row": row,
        "due": begins.date() if begins is not None and row.is_all_day else begins,
        "icon": ICONS[InteractionType(row.type)],
        "owner": labels.text(USER, row.owner_id) if row.owner_id else "",
        "original_at": original.isoformat() if original is not None else "",
    }


def _done(request: HttpRequest) -> HttpResponse:
    """Finish one, or one of a series, and offer to take that back."""
    try:
        _finish(request.POST.get("id", ""), request.POST.get("original_at", ""))
    except PlatformError as error:
        if error.status not in {400, 404, 409}:
            raise
        messages.error(request, error.detail)
    except ValueError:
        messages.error(request, _("There is no such record."))
    else:
        say(request, _("It is done."))
    return HttpResponseRedirect(request.get_full_path())


def _finish(text: str, original_at: str) -> None:
    if original_at:
        run(services.complete_occurrence, UUID(text), original_at=datetime.fromisoformat(original_at))
    else:
        run(services.complete_interaction, UUID(text))
