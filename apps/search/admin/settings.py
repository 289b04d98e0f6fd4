"""How the tenant searches: language, ways of searching, and who is asked what texts mean."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, StaleVersion
from apps.search.contracts import EMBEDDING_PROVIDERS
from apps.search.features import MANAGE
from apps.search.models import Language, SearchSettings, Strategy
from apps.search.selectors.settings import current_settings
from apps.search.services.settings import update_settings


class SettingsForm(forms.Form):
    """The settings; the key is never shown, and stays where nothing is typed."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=Language.choices,
        required=False,
        help_text=gettext_lazy("Whose words are found in other forms, too: run and running. There is no Polish one."),
    )
    strategies = forms.MultipleChoiceField(
        label=gettext_lazy("Ways of searching"), choices=Strategy.choices, widget=forms.CheckboxSelectMultiple
    )
    provider = forms.ChoiceField(
        label=gettext_lazy("Provider of meanings"),
        required=False,
        help_text=gettext_lazy("It is given titles and texts of records, never what is kept encrypted."),
    )
    endpoint = forms.CharField(
        label=gettext_lazy("Address"), required=False, max_length=500, help_text="https://api.example.org/v1"
    )
    model = forms.CharField(label=gettext_lazy("Model"), required=False, max_length=100)
    api_key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Leave it empty to keep the one that is there."),
    )
    expected_version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, row: SearchSettings) -> None:
        names = ("language", "strategies", "provider", "endpoint", "model")
        version = None if row._state.adding else row.version
        super().__init__(data, initial={**{name: getattr(row, name) for name in names}, "expected_version": version})
        providers = [(name, provider.label) for name, provider in EMBEDDING_PROVIDERS.items()]
        self.fields["provider"].choices = [("", _("nobody")), *providers]  # type: ignore[attr-defined]
        dress(self)

    def values(self) -> dict[str, Any]:
        """Arguments of the command."""
        given = dict(self.cleaned_data)
        given.pop("expected_version")
        given["api_key"] = given["api_key"] or None
        return given


@own_page(OwnPage("search_settings", "search/settings/", MANAGE))
def settings_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the form, or change the settings."""
    row = current_settings()
    form = SettingsForm(request.POST if request.method == "POST" else None, row=row)
    if form.is_bound and form.is_valid() and _changed(form):
        say(request, _("The search settings were changed."))
        return HttpResponseRedirect(reverse("admin:search_settings"))
    context = {
        **site.each_context(request),
        "title": _("Search settings"),
        "form": form,
        "has_key": bool(row.api_key),
    }
    return TemplateResponse(request, "search/settings.html", context)


def _changed(form: SettingsForm) -> bool:
    try:
        run(update_settings, expected_version=form.cleaned_data["expected_version"], **form.values())
    except StaleVersion:
        form.add_error(None, _("Somebody else has changed the settings meanwhile. Look at them again before you save."))
    except PlatformError as refusal:
        if not is_form_error(refusal):
            raise
        add_refusal(form, refusal)
    else:
        return True
    return False
