"""One of a series: done, cancelled, moved to another time, or as the rule has it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers import services
from apps.customers.calculations import Occurrence, is_there, moment_of
from apps.customers.features import VIEW_INTERACTIONS
from apps.customers.models import Interaction, InteractionStatus
from apps.customers.selectors import living_interactions, occurrence_at
from apps.kernel.admin.access import AnyCommand, may_run
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.moments import MomentInput
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError

NAME: Final = "customers_occurrence"
MOVE: Final = "move"
DOINGS: Final[Mapping[str, AnyCommand]] = {
    "complete": services.complete_occurrence,
    "cancel": services.cancel_occurrence,
    "reopen": services.reopen_occurrence,
    MOVE: services.move_occurrence,
}


class WallField(forms.DateTimeField):
    """A moment on the reader's wall: of one that comes twice the first counts, and one that is skipped is refused."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment. Raises ValidationError."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            wall, zone = parse_datetime(str(value)), timezone.get_current_timezone()
            if error.code != "ambiguous_timezone" or wall is None or not is_there(wall, zone):
                raise
            return timezone.localtime(moment_of(wall, zone))


class MoveForm(forms.Form):
    """Another time."""

    starts_at: Any = WallField(label=gettext_lazy("Planned for"), widget=MomentInput(seconds=False))


def address_of(occurrence: Occurrence) -> str:
    """The page of one of a series."""
    at = occurrence.original_at.isoformat() if occurrence.original_at is not None else ""
    return f"{reverse(f'admin:{NAME}')}?{urlencode({'id': str(occurrence.id), 'at': at})}"


@own_page(OwnPage(NAME, "customers/occurrence/", VIEW_INTERACTIONS, about=Interaction.entity_id))
def occurrence_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show one of a series, and on POST do with it what was pressed."""
    if "id" not in request.GET:
        context = {**site.each_context(request), "title": _("One of a series")}
        return TemplateResponse(request, "customers/occurrence.html", context)
    row, found = _asked(request)
    doing = request.POST.get("do", "")
    form = MoveForm(request.POST if doing == MOVE else None, initial={"starts_at": found.starts_at})
    dress(form)
    refusal = None
    if request.method == "POST" and doing in DOINGS and (doing != MOVE or form.is_valid()):
        refusal = _done(doing, form, row, found)
        if refusal is None:
            say(request, _("It is done."))
            day = timezone.localtime(found.starts_at).date().isoformat()
            return HttpResponseRedirect(f"{reverse('admin:customers_calendar')}?view=week&day={day}")
    context = {
        **site.each_context(request),
        "title": row.title,
        "row": row,
        "occurrence": found,
        "status": InteractionStatus(found.status).label,
        "form": form,
        "is_open": found.status == InteractionStatus.PLANNED,
        "is_changed": found.is_moved or found.status != row.status,
        "may_change": may_run(services.complete_occurrence) and row.status == InteractionStatus.PLANNED,
    }
    return TemplateResponse(request, "customers/occurrence.html", context, status=refusal.status if refusal else 200)


def _asked(request: HttpRequest) -> tuple[Interaction, Occurrence]:
    """The series and the one of it that the address names. Raises Http404 for what is not there."""
    try:
        row_id, at = UUID(request.GET.get("id", "")), parse_datetime(request.GET.get("at", "").replace(" ", "+"))
    except ValueError:
        raise Http404 from None
    row = living_interactions().filter(pk=row_id).exclude(recurrence="").first()
    found = occurrence_at(row, at) if row is not None and at is not None and at.tzinfo is not None else None
    if row is None or found is None:
        raise Http404
    return row, found


def _done(doing: str, form: MoveForm, row: Interaction, found: Occurrence) -> PlatformError | None:
    """Do it; the refusal where it is one of the input or of the state of the data, shown above the form."""
    given: dict[str, Any] = {"original_at": found.original_at}
    if doing == MOVE:
        given["starts_at"] = form.cleaned_data["starts_at"]
    try:
        run(DOINGS[doing], row.pk, **given)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        if not form.is_bound:
            form.is_bound, form.data = True, {"starts_at": found.starts_at}
        form.full_clean()
        add_refusal(form, error)
        return error
    return None
