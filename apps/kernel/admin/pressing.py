"""Pages of a record's buttons: the question or the form, then the command."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.kernel.admin.addresses import model_address, model_path
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.inputs import stated_version
from apps.kernel.admin.offering import added_actions, pressable, ways
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound


class ButtonPages:
    """One address for each button: `<id>/do/<name>/`; reading it asks, posting it runs the command."""

    buttons: ClassVar[tuple[RecordCommand, ...]] = ()

    def get_urls(self) -> list[URLPattern]:
        """Django's addresses and those of the buttons."""
        parent: Any = super()
        return [model_path(self, "<path:object_id>/do/<slug:button>/", self.press_view, "press"), *parent.get_urls()]

    def offered_buttons(self, record: Any) -> list[dict[str, Any]]:
        """Buttons of the record's page that the actor may press now, with their addresses."""
        added = {item.name for item in added_actions(self) if not item.on_page}
        own = [self._shown(item, record) for item in pressable(self) if item.name not in added and item.offered(record)]
        return [*own, *ways(self, record, in_row=False)]

    def row_buttons(self, record: Any) -> list[dict[str, Any]]:
        """Buttons of the record's row in the list."""
        own = [self._shown(item, record) for item in pressable(self) if item.in_row and item.offered(record)]
        return [*own, *ways(self, record, in_row=True)]

    def _shown(self, button: RecordCommand, record: Any) -> dict[str, Any]:
        return {"button": button, "url": model_address(self, "press", quote(record.pk), button.name)}

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Ask before the command, and run it on POST; refusals stand in the form or above the question."""
        page: Any = self
        pressed = next((item for item in pressable(self) if item.name == button), None)
        record = page.get_object(request, unquote(object_id))
        if not page.has_view_permission(request, record) or (pressed and not pressed.offered()):
            raise PermissionDenied
        if pressed is None or record is None or not pressed.offered(record):
            raise Http404
        form = pressed.form(request.POST or None) if pressed.form else None
        if form is not None:
            dress(form)
        if request.method != "POST" or (form is not None and not form.is_valid()):
            return self._press_question(request, record, pressed, form=form)
        try:
            given = form.cleaned_data if form else {}
            run(pressed.command, record.pk, expected_version=stated_version(request), **given)
        except RowNotFound:
            raise Http404 from None
        except PlatformError as error:
            if not is_form_error(error) and error.status != 412:
                raise
            return self._press_question(request, record, pressed, form=form, refusal=error)
        said = str(pressed.done) or _("%(label)s: done.") % {"label": pressed.label}
        page.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(self._next(request, record))

    def _press_question(
        self, request: HttpRequest, record: Any, button: RecordCommand, *, form: Any, refusal: Any = None
    ) -> TemplateResponse:
        page: Any = self
        if form is not None and refusal is not None:
            add_refusal(form, refusal)
        context = {
            **record_frame(page.admin_site, request, record, button.label),
            "button": button,
            "form": form,
            "refusal": refusal if form is None else None,
            "next": self._next(request, record),
            "media": page.media,
        }
        status = refusal.status if refusal is not None and form is None else 200
        return TemplateResponse(request, "admin/press.html", context, status=status)

    def _next(self, request: HttpRequest, record: Any) -> str:
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            return wanted
        return model_address(self, "change", quote(record.pk))
