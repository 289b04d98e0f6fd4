"""The page on which a dashboard is shared, and put on the start pages of roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dashboards.admin.addresses import BOARD, LIST, SHARING, address_of, editable_dashboard
from apps.dashboards.features import SHARE
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import role_names, roles_starting_with
from apps.dashboards.services import set_role_defaults, share_dashboard
from apps.kernel.admin.access import may_run
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError


class SharingForm(forms.Form):
    """Who sees the dashboard, and whose start page it is."""

    is_shared = forms.BooleanField(label=gettext_lazy("Everybody sees it"), required=False)
    role_ids = forms.MultipleChoiceField(
        label=gettext_lazy("These roles see it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    start_ids = forms.MultipleChoiceField(
        label=gettext_lazy("It stands on the start page of these roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whoever has chosen another dashboard keeps that one."),
    )

    def __init__(self, *args: Any, roles: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(role_id), name) for role_id, name in roles.items()]
        for name in ("role_ids", "start_ids"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not may_run(set_role_defaults):
            del self.fields["start_ids"]
        dress(self)


@own_page(OwnPage(SHARING, "dashboards/sharing/", SHARE))
def sharing_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask whom to share with; on POST do it."""
    dashboard = editable_dashboard(request)
    if dashboard is None:
        return HttpResponseRedirect(reverse(LIST))
    starting = roles_starting_with([dashboard.pk]).get(dashboard.pk, [])
    initial = {
        "is_shared": dashboard.is_shared,
        "role_ids": list(map(str, dashboard.shared_roles)),
        "start_ids": list(map(str, starting)),
    }
    form = SharingForm(request.POST or None, initial=initial, roles=role_names())
    if request.method == "POST" and form.is_valid() and _saved(request, dashboard, form, set(starting)):
        return HttpResponseRedirect(address_of(BOARD, dashboard.pk))
    context = {
        **site.each_context(request),
        "title": _("Share %(name)s") % {"name": dashboard},
        "dashboard": dashboard,
        "form": form,
        "back_url": address_of(BOARD, dashboard.pk),
    }
    return TemplateResponse(request, "dashboards/sharing.html", context)


def _saved(request: HttpRequest, dashboard: Dashboard, form: SharingForm, starting: set[UUID]) -> bool:
    """Share, then set the start pages; False where a command refused, with its complaints in the form."""
    given = form.cleaned_data
    starts = {UUID(item) for item in given.get("start_ids", map(str, starting))}
    roles = {UUID(item) for item in given["role_ids"]}
    if not given["is_shared"]:
        roles |= starts  # whose start page it is sees it
    try:
        run(share_dashboard, dashboard.pk, is_shared=given["is_shared"], role_ids=sorted(roles))
        if "start_ids" in form.fields and starts != starting:
            run(set_role_defaults, dashboard.pk, role_ids=sorted(starts))
    except PlatformError as error:
        if not is_form_error(error):
            raise
        for item in error.errors:
            form.add_error(item.field if item.field in form.fields else None, item.message)
        if not error.errors:
            form.add_error(None, error.detail)
        return False
    say(request, _("Shared as you said."))
    return True
