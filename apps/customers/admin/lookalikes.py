"""What forms of people and companies do about duplicates: a warning before saving, and ways to merging."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.customers.admin.wording import reason_words
from apps.customers.errors import LooksLike
from apps.customers.features import MERGE
from apps.customers.models import Channel
from apps.customers.selectors import Lookalike, described, lookalikes, successor, takes_more
from apps.kernel.admin.access import allows
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.buttons import way
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.writing import REFUSAL

SEEN = "lookalikes_seen"  # the box of whoever saves anyway
NAMES = ("display_name", "first_name", "last_name", "brand_name", "legal_name", "domain")


def listed(found: list[Lookalike], address: str) -> SafeString:
    """Links to the records, with what they have in common with the new one; `address` names their page."""
    links = ((reverse(address, args=[item.id]), item.label, reason_words(item.likeness.reasons)) for item in found)
    return format_html_join(" ", '<a href="{}" class="text-link" target="_blank">{}</a> ({})', links)


class CustomerPage(CommandAdmin):
    """Base of the pages of people and companies. Whoever adds somebody who seems to be there already is asked first;
    the page of somebody who was merged leads to the one in their place."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form; a merged record's page is that of its successor."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Http404:
            found = _led_to(self, request, object_id)
            if found is None:
                raise
        return HttpResponseRedirect(reverse(self._address(), args=[found]))

    def _tool_url(self, name: str, address: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
        """The address of a page; that of a merged record leads to the same page of its successor."""

        def leading(page: Any, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(page, request, **kwargs)
            except Http404:
                found = _led_to(page, request, kwargs.get("object_id"))
                if found is None:
                    raise
            return HttpResponseRedirect(model_address(page, name, found))

        return super()._tool_url(name, address, update_wrapper(leading, view))

    def offered_buttons(self, record: Any) -> list[dict[str, Any]]:
        """The record's buttons, and the way to merging."""
        buttons = super().offered_buttons(record)
        if not allows(MERGE) or record.is_deleted or not takes_more(record):
            return buttons
        kind, address = self.model.kind, reverse("admin:customers_merge")  # type: ignore[attr-defined]
        return [*buttons, way(_("Merge"), "merge", f"{address}?kind={kind}&this={record.pk}")]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page's own sets, and before them the box of whoever was asked."""
        sets = super().get_fieldsets(request, obj)
        is_asked = isinstance(getattr(request, REFUSAL, None), LooksLike) or SEEN in request.POST
        return [(None, {"fields": (SEEN,)}), *sets] if obj is None and is_asked else sets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form class of one request; the box names who is there already."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, REFUSAL, None)
        if isinstance(refusal, LooksLike):
            said = format_html("{} {}", _("There is already:"), listed(refusal.found, self._address()))
            form.base_fields[SEEN].help_text = said
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Run the command; before a new record, look whether it is there. Raises LooksLike."""
        if not change and not form.cleaned_data.get(SEEN):
            found = lookalikes(self.model, described(self.model.kind, **_typed(form, formsets)))  # type: ignore[arg-type, attr-defined]
            if found:
                raise LooksLike(found)
        super().save_related(request, form, formsets, change)

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """What was entered, without the box."""
        return {name: value for name, value in super().command_input(request, form, formsets).items() if name != SEEN}

    def _address(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_change"


def _led_to(page: Any, request: HttpRequest, object_id: str | None) -> UUID | None:
    """Who took the place of the record, where somebody who may see its kind looks for it."""
    if request.method != "GET" or not object_id or not page.has_view_permission(request):
        return None
    return successor(page.model, unquote(object_id))


def _typed(form: Any, formsets: Any) -> dict[str, Any]:
    """What was entered, as far as customers are compared by it."""
    rows = {
        formset.argument: [item for item in formset.cleaned_data if item and not item.get("DELETE")]
        for formset in formsets
    }
    points = rows.get("contact_points", [])
    values = {name: [item["value"] for item in points if item["channel"] == name] for name in Channel.values}
    return {
        **{name: value for name, value in form.cleaned_data.items() if name in NAMES and value},
        "emails": values[Channel.EMAIL],
        "phones": values[Channel.PHONE],
        "addresses": rows.get("addresses", []),
    }
