"""Small pages of the frame: choosing an organization, the module's first list, refusals in the theme."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.backoffice import navigation
from apps.kernel.admin.undoing import back_address, still_there
from apps.kernel.errors import PlatformError
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.modules import modules
from apps.kernel.services import service
from apps.kernel.tenancy.errors import OrganizationInvalid
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.selection import Choice, selected
from apps.kernel.tenancy.transactions import scoped_transaction


def choose_organization(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Remember the selected organization in its cookie and go back; anything that is no choice is refused."""
    value = navigation.uuid_text(request.POST.get("organization", ""))
    if request.method != "POST":
        raise Http404
    if not navigation.may_select(request, value):
        raise OrganizationInvalid
    response = HttpResponseRedirect(_kept_address(site, request, value))
    response.set_cookie(secure=settings.SESSION_COOKIE_SECURE, **navigation.selection_cookie(value))
    return response


def _kept_address(site: AdminSite, request: HttpRequest, value: str) -> str:
    """The page that the user came from; its list, with a word, where its record is not of that organization."""
    wanted = back_address(site, request)
    scope, tree = current_scope(), service(OrganizationTree)
    choice = Choice(value, by_header=False, reads=True)
    with scoped_transaction():
        selected_scope, _stale = selected(choice, scope, None, tree.state(scope.tenant_id))
    with using_scope(selected_scope), scoped_transaction():
        address = still_there(site, request, wanted)
    if address != wanted:
        messages.info(request, _("That record belongs to another organization. This is the list of the selected one."))
    return address


def module_start(site: AdminSite, request: HttpRequest, app_label: str) -> HttpResponse:
    """Open the module's first list; one that the actor may see nothing of does not exist for them."""
    config = next((item for item in modules() if app_label in {item.manifest.id, item.label}), None)
    pages = navigation.module_pages(site, request, config) if config else []
    if not pages:
        raise Http404
    return HttpResponseRedirect(navigation.list_url(pages[0]))


def refusal_page(site: AdminSite, request: HttpRequest, error: PlatformError) -> TemplateResponse:
    """A refusal inside the frame, with its status."""
    titles = {
        403: _("You may not do this"),
        404: _("There is nothing here"),
        412: _("Somebody else was faster"),
        422: _("Something has to be chosen first"),
    }
    context = {
        **site.each_context(request),
        "title": titles.get(error.status, _("This did not work")),
        "status": error.status,
        "detail": error.detail,
        "feature": error.context.get("feature", ""),
    }
    request.current_app = site.name
    return TemplateResponse(request, "backoffice/refusal.html", context, status=error.status)
