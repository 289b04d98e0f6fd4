"""The class of the back office's site: pages by features, refusals in the frame, modules by their own ids."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper, wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language
from unfold.sites import UnfoldAdminSite

from apps.backoffice.dashboard import dashboard
from apps.backoffice.forms import LoginForm
from apps.backoffice.list_views import list_views
from apps.backoffice.navigation import module_of, organization_choices, sidebar, tenant_name
from apps.backoffice.palette import palette_view, records_view
from apps.backoffice.views import choose_organization, module_start, refusal_page
from apps.kernel.admin.references import references_view
from apps.kernel.admin.registration import OWN_PAGES
from apps.kernel.admin.undoing import plan_view, undo_view
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.extensions.replacing import replaced
from apps.kernel.extensions.spots import entity_of
from apps.kernel.limits.declarations import limited
from apps.kernel.limits.ready import LOG_IN
from apps.kernel.registry.modules import modules
from apps.kernel.tenancy.scope import ActorKind, scope_or_none
from apps.kernel.web.guards import public

if TYPE_CHECKING:
    ThemedSite = admin.AdminSite
else:
    ThemedSite = UnfoldAdminSite

View = Callable[..., Any]


class Forbidden(PlatformError):
    """A page or button that the actor's features do not open."""

    status = 403
    code = "kernel.feature_required"
    message = _("Your permissions do not open this page. Ask whoever manages your account.")


def handles_of(request: HttpRequest, response: TemplateResponse) -> list[str]:
    """Under which names the page can be replaced: a list or a form of its kind of record, and its own address."""
    path = request.path_info.removeprefix(reverse("admin:index")).strip("/") or "start"
    context: dict[str, Any] = dict(response.context_data or {})
    kinds = {"cl": "data-table", "adminform": "crud-form"}
    found = [f"{kind}:{entity_of(context['opts'])}" for name, kind in kinds.items() if name in context]
    return [*found, f"page:{path}"]


class BackOffice(ThemedSite):
    """What stands at /backend/."""

    index_title = _("Start")
    index_template = "backoffice/index.html"
    login_template = "backoffice/login.html"
    empty_value_display = "—"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.login_form: Any = LoginForm
        self._actions: dict[str, Any] = {}  # Django's bulk deletion walks past the commands

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff of an open scope; what they see is decided page by page."""
        scope = scope_or_none()
        return scope is not None and scope.actor.kind is ActorKind.STAFF

    def each_context(self, request: HttpRequest) -> Any:
        """What every page of the frame shows."""
        context = super().each_context(request)
        scope = scope_or_none()
        choices = organization_choices(request) if self.has_permission(request) else []
        chosen = next((item.label for item in choices if item.is_chosen), "")
        return {
            **context,
            "actor": scope.actor if scope else None,
            "organization_id": scope.organization_id if scope else None,
            "live_stream": settings.LIVE_STREAM,
            "site_subheader": tenant_name(request),
            "organizations": choices,
            "organization": chosen,
            "languages_action": reverse("admin:language"),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Nothing: the sidebar says what there is, and Django asks every page anew for each answer."""
        return []

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The groups of links beside every page."""
        return sidebar(self, request)

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The start page."""
        return super().index(request, {**dashboard(self, request), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The log-in form; who is signed in goes on to the start page."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {**self.each_context(request), "title": _("Log in"), "app_path": request.get_full_path()}
        view = LoginView.as_view(
            extra_context={**context, **(extra_context or {})},
            authentication_form=self.login_form,
            template_name=self.login_template,
            next_page="admin:index",
        )
        return view(request)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """Guard a view, and show its refusals inside the frame."""

        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response: HttpResponse = view(request, *args, **kwargs)
            except Http404:
                return refusal_page(self, request, RowNotFound())
            except PermissionDenied:
                return refusal_page(self, request, Forbidden())
            except PlatformError as error:
                if error.status >= 500:
                    raise
                return refusal_page(self, request, error)
            if isinstance(response, TemplateResponse) and not response.is_rendered:
                replaced(response, handles_of(request, response))
            return response

        return self._in_whole_pages(super().admin_view(shown, cacheable))

    def _in_whole_pages(self, view: View) -> View:
        """Have a page that asks for a part of itself load anew where its reader is signed out: nobody logs in there."""

        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "HX-Request" in request.headers and not self.has_permission(request):
                return HttpResponse(headers={"HX-Refresh": "true", "Cache-Control": "no-store"})
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return asked

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Addresses by module id: `/backend/auth/user/`; `/backend/auth/` opens the module's first list."""
        found = [*self._frame_urls(), *self._page_urls()]
        found.append(re_path(r"(?P<url>.*)$", self._wrap(self.catch_all_view)))
        return found

    def _wrap(self, view: View, *, cacheable: bool = False) -> View:
        def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = self.admin_view(view, cacheable)(*args, **kwargs)
            return response

        wrapper.admin_site = self  # type: ignore[attr-defined]
        return update_wrapper(wrapper, getattr(view, "func", view))

    def _frame_urls(self) -> list[URLPattern]:
        return [
            path("", self._wrap(self.index), name="index"),
            path("login/", limited(LOG_IN)(public("it is the log-in form")(self.login)), name="login"),
            path("logout/", self._wrap(self.logout), name="logout"),
            path("language/", public("the log-in form has a language, too")(set_language), name="language"),
            path("autocomplete/", self._wrap(self.autocomplete_view), name="autocomplete"),
            path("jsi18n/", self._wrap(self.i18n_javascript, cacheable=True), name="jsi18n"),
            path("views/<slug:step>/", self._wrap(partial(list_views, self)), name="list_views"),
            path("references/", self._wrap(partial(references_view, self)), name="references"),
            path("search/", self._wrap(partial(records_view, self)), name="search"),
            path("palette/", self._wrap(partial(palette_view, self)), name="palette"),
            path("organization/", self._wrap(partial(choose_organization, self)), name="choose_organization"),
            path("undo/", self._wrap(partial(undo_view, self)), name="undo"),
            path("undo/<uuid:action_id>/", self._wrap(partial(plan_view, self)), name="undo_plan"),
        ]

    def _page_urls(self) -> list[URLPattern | URLResolver]:
        names = {name for config in modules() for name in (config.label, config.manifest.id)}
        names |= {model._meta.app_label for model in self._registry}
        start = self._wrap(partial(module_start, self))
        own = [
            path(declared.address, self._wrap(partial(view, self)), name=declared.name)
            for declared, view in OWN_PAGES.values()
        ]
        found: list[URLPattern | URLResolver] = [
            path(f"{module_of(page)}/{model._meta.model_name}/", include(page.urls))
            for model, page in self._registry.items()
        ]
        # Named as Django's templates reverse it; both the module's id and its label lead there.
        return [*own, *found, re_path(rf"^(?P<app_label>{'|'.join(sorted(names))})/$", start, name="app_list")]
