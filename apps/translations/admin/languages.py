"""The page on which a tenant chooses the languages that it translates into."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
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
from apps.kernel.errors import FieldError, InvalidInput, PlatformError
from apps.translations.admin.wording import language_words
from apps.translations.features import MANAGE_LOCALES
from apps.translations.selectors import languages
from apps.translations.services import choose_locales


class LanguagesForm(forms.Form):
    """Languages, parted by commas."""

    locales = forms.CharField(
        label=gettext_lazy("Languages"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("Tags parted by commas, such as pl, pt-BR. Empty: the languages that the house speaks."),
    )

    def clean_locales(self) -> list[str]:
        """The tags."""
        return [tag for tag in self.cleaned_data["locales"].replace(",", " ").split() if tag]


@own_page(OwnPage("translations_languages", "translations/languages/", MANAGE_LOCALES))
def languages_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the languages, and on POST choose others."""
    spoken = languages()
    form = LanguagesForm(request.POST or None, initial={"locales": ", ".join(spoken.others)})
    dress(form)
    refusal = _chosen(form) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and refusal is None:
        say(request, _("The languages are chosen."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:translations_report"))
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Languages of translations"),
        "form": form,
        "default_words": language_words(spoken.default),
        "words": [language_words(tag) for tag in spoken.others],
        "back": reverse("admin:translations_report"),
    }
    return TemplateResponse(request, "translations/languages.html", context, status=refusal.status if refusal else 200)


def _chosen(form: LanguagesForm) -> PlatformError | None:
    """Choose the languages; the refusal, where it is one of the form."""
    given = form.cleaned_data["locales"]
    try:
        run(choose_locales, given)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        bad = [given[int(item.field.rpartition(".")[2])] for item in error.errors if item.field.startswith("locales.")]
        text = f"{', '.join(bad)}: {error.detail}" if bad else error.detail
        add_refusal(form, InvalidInput(errors=(FieldError("locales", error.code, text),)))
        return error
    return None
