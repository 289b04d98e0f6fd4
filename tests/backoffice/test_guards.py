"""Guards of server-rendered pages, and what becomes of their refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views.generic import TemplateView

from apps.kernel.access.grants import Access
from apps.kernel.errors import FeatureRequired, NotAuthenticated, PlatformError
from apps.kernel.tenancy.errors import ScopeMissing
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.web.guards import GuardedPage, PageGuard, RoleRequired, page_guard, public, unguarded_views
from apps.kernel.web.middleware import RefusalMiddleware
from tests.backoffice.currencies import text_of
from tests.support.scopes import House

ASKED = RequestFactory().get("/somewhere/")
View = Callable[[HttpRequest], HttpResponse]


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


class Page(GuardedPage):
    """Open to who sees currencies."""

    guard = PageGuard(features=("currencies.view",))

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse("open")


urlpatterns = [
    path("open/", public("it is a test")(page)),
    path("class/", Page.as_view()),
    path("forgotten/", page),
    path("forgotten-class/", TemplateView.as_view()),
    path("invented/", page_guard(features=("nobody.declared.this",))(page)),
]


def test_a_public_page_needs_nobody() -> None:
    assert public("it is a test")(page)(ASKED).content == b"open"


@pytest.mark.parametrize("view", [Page.as_view(), page_guard(features=("currencies.view",))(page)])
def test_a_feature_opens_a_page(house: House, view: View) -> None:
    with using_scope(house.scope(access=Access(granted=frozenset({"currencies.*"})))):
        assert view(ASKED).content == b"open"
    with using_scope(house.scope(access=Access())), pytest.raises(FeatureRequired):
        view(ASKED)
    with pytest.raises(NotAuthenticated):
        view(ASKED)


def test_one_of_the_roles_is_enough(house: House) -> None:
    view = page_guard(roles=("admin", "owner"))(page)
    with using_scope(house.scope(access=Access(roles=frozenset({"owner"})))):
        assert view(ASKED).content == b"open"
    with using_scope(house.scope(access=Access(roles=frozenset({"clerk"})))), pytest.raises(RoleRequired):
        view(ASKED)


def test_a_guard_says_exactly_one_thing() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        PageGuard()
    with pytest.raises(ValueError, match="exactly one"):
        PageGuard(features=("a.b",), public="x")


def test_pages_without_guard_are_found() -> None:
    assert unguarded_views("tests.backoffice.test_guards") == [
        "forgotten/ says nowhere who may open it",
        "forgotten-class/ says nowhere who may open it",
        "invented/ names undeclared features: nobody.declared.this",
    ]


def test_a_refusal_becomes_a_page_of_its_status() -> None:
    middleware = RefusalMiddleware(page)
    answer = middleware.process_exception(ASKED, FeatureRequired(feature="currencies.view"))
    assert answer is not None
    assert answer.status_code == 403
    assert "This needs the permission currencies.view." in text_of(answer.content)


def test_faults_of_the_program_are_not_hidden() -> None:
    assert RefusalMiddleware(page).process_exception(ASKED, ScopeMissing(model="x")) is None
    assert RefusalMiddleware(page).process_exception(ASKED, RuntimeError()) is None
    assert issubclass(ScopeMissing, PlatformError)


def test_a_form_that_is_out_of_date_is_not_called_forbidden() -> None:
    answer = Client(enforce_csrf_checks=True).post("/backend/undo/", {})
    told = text_of(answer.content)
    assert (answer.status_code, "Nothing was done" in told, "You may not do this" in told) == (403, True, False)
    assert "This form is out of date. Go back, load the page again and send it once more." in told
