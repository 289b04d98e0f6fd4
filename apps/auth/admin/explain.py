"""Pages beside the list of users: why somebody may do something, who may, and a user's own list of grants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from apps.auth.admin.forms import ExplainForm, UserAclForm
from apps.auth.errors import GrantBeyondOwn, SuperAdminProtected, UserOutOfReach
from apps.auth.features import MANAGE_ACL, VIEW_API_KEYS, VIEW_ROLES
from apps.auth.models import User
from apps.auth.selectors import access_of
from apps.auth.services.holders import holders_of
from apps.auth.services.users import set_user_acl
from apps.auth.services.visibility import only_visible_users
from apps.kernel.access.explain import Explanation, explain_access
from apps.kernel.admin.access import allows
from apps.kernel.admin.addresses import guarded
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.frames import list_frame, record_frame
from apps.kernel.admin.inputs import stated_version
from apps.kernel.admin.offers import say
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor, ActorKind

REFUSALS = (GrantBeyondOwn, SuperAdminProtected, UserOutOfReach)


class AccessPages:
    """Adds `explain/` to the list of users and `<id>/permissions/` to each of them."""

    def get_urls(self) -> list[URLPattern]:
        """Django's addresses and these two."""
        parent: Any = super()
        own = [
            path("explain/", guarded(self, self.explain_view), name="auth_explain"),
            path("<uuid:pk>/permissions/", guarded(self, self.permissions_view), name="auth_permissions"),
        ]
        return [*own, *parent.get_urls()]

    def explain_view(self, request: HttpRequest) -> HttpResponse:
        """Who holds a feature, and what decides about it for one user, also on one record."""
        if not (allows(MANAGE_ACL) and allows(VIEW_ROLES)):
            raise PermissionDenied
        is_asked = "feature" in request.GET
        form = ExplainForm(request.GET) if is_asked else ExplainForm(initial=request.GET.dict())
        form.fields["user"].queryset = only_visible_users(User.objects.filter(deleted_at__isnull=True).order_by("name"))  # type: ignore[attr-defined]
        dress(form)
        said, found = None, None
        if form.is_bound and form.is_valid():
            given = form.cleaned_data
            found = holders_of(given["feature"], with_keys=allows(VIEW_API_KEYS))
            said = _explanation(form, given) if given["user"] else None
        page: Any = self
        frame = list_frame(page, request, _("Who may do what"))
        context = {**frame, "media": page.media, "form": form, "said": said, "found": found}
        return TemplateResponse(request, "auth/explain.html", context)

    def permissions_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The user's own list as a form; saving it runs the command."""
        user = only_visible_users(User.objects.filter(pk=pk, deleted_at__isnull=True)).first()
        if not allows(MANAGE_ACL):
            raise PermissionDenied
        if user is None:
            raise Http404
        form = UserAclForm(request.POST if request.method == "POST" else None, user=user)
        dress(form)
        if request.method == "POST" and form.is_valid() and self._saved(request, user, form):
            say(request, _("The permissions of %(name)s were saved.") % {"name": user.name})
            return HttpResponseRedirect(reverse("admin:staff_auth_user_change", args=[quote(user.pk)]))
        page: Any = self
        frame = record_frame(page.admin_site, request, user, _("Permissions of %(name)s") % {"name": user.name})
        access = access_of(user.pk, even_inactive=True)
        context = {**frame, "media": page.media, "form": form, "access": access}
        return TemplateResponse(request, "auth/permissions.html", context)

    def _saved(self, request: HttpRequest, user: User, form: UserAclForm) -> bool:
        try:
            run(set_user_acl, user.pk, expected_version=stated_version(request), **form.given())
        except RowNotFound:
            raise Http404 from None
        except REFUSALS as error:
            add_refusal(form, error)
            return False
        except PlatformError as error:
            if not is_form_error(error) and error.status != 412:
                raise
            add_refusal(form, error)
            return False
        return True


def _explanation(form: forms.Form, given: dict[str, Any]) -> Explanation | None:
    """What decides for the chosen user; a record that is not there is said in the form."""
    user, record = given["user"], None
    if given["entity"]:
        record = ENTITIES[given["entity"]].living().filter(pk=given["record_id"]).first()
        if record is None:
            form.add_error("record_id", _("There is no such record."))
            return None
    actor = Actor(ActorKind.STAFF, user.pk, user.name, access_of(user.pk))
    return explain_access(actor, given["feature"], record)
