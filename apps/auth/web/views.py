"""Pages for a new password: asking for the mail, and setting it by the mail's link. They need no script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from apps.auth.errors import ResetRefused, WeakPassword
from apps.auth.services.resets import ask_for_reset, confirm_reset
from apps.auth.web.forms import AddressForm, NewPasswordForm
from apps.kernel.limits.ready import MAIL, TOKEN
from apps.kernel.web.guards import GuardedPage, PageGuard


# No CSRF secret: the pages act for nobody who is signed in, and under `no-referrer` a browser names no origin
# with which Django could compare.
@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class ResetPage(GuardedPage):
    """Base: the address holds a secret, so nobody keeps the page or is told where the reader came from."""

    http_method_names = ["get", "post", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and close the answer."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class AskPage(ResetPage):
    """Ask for the mail; the answer is the same for every address."""

    guard = PageGuard(public="who has forgotten the password cannot sign in")
    limits = MAIL

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return render(request, "auth/reset_ask.html", {"form": AddressForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have the mail sent where there is somebody to send it to."""
        form = AddressForm(request.POST)
        if form.is_valid():
            ask_for_reset(form.cleaned_data["email"], tenant=form.cleaned_data["tenant"].strip() or None)
            return render(request, "auth/reset_asked.html")
        return render(request, "auth/reset_ask.html", {"form": form})


class SetPage(ResetPage):
    """Set a new password by the token in the address. Reading the page asks nothing about the token."""

    guard = PageGuard(public="the token of the mail is the proof")
    limits = TOKEN

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The form, whatever the token is."""
        return render(request, "auth/reset_set.html", {"form": NewPasswordForm()})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Use the token up, and lead to the log-in; a weak password leaves it good."""
        form = NewPasswordForm(request.POST)
        if form.is_valid():
            try:
                confirm_reset(token, form.cleaned_data["password"])
            except WeakPassword as error:
                for item in error.errors:
                    form.add_error("password", item.message)
            except ResetRefused as error:
                return render(request, "auth/reset_refused.html", {"refusal": error.detail})
            else:
                messages.success(request, _("Your new password is set. Log in with it."))
                return HttpResponseRedirect(reverse("admin:login"))
        return render(request, "auth/reset_set.html", {"form": form})
