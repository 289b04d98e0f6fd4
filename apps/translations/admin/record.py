"""The tab of a record's translations: its own texts on one side, those of a language on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.sites import AdminSite
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.admin.access import may_run
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.offers import say
from apps.kernel.admin.registration import OwnPage, asked_entity, own_page
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.translations.admin.wording import language_words
from apps.translations.calculations import Completeness
from apps.translations.errors import TextsChanged
from apps.translations.features import VIEW
from apps.translations.selectors import RecordTexts, Text, field_label, texts_of, translatable_record
from apps.translations.services import set_translations

LONG = 200  # letters from which on a text is shown as a passage


class TextsForm(forms.Form):
    """Texts of one record in one language."""

    def __init__(self, data: Any, *, found: RecordTexts, locale: str) -> None:
        super().__init__(data)
        held = found.texts.get(locale, {})
        self.now = found.state(locale)
        for name, own in found.base.items():
            self.fields[name] = _field(found.entity, name, own=own, held=held.get(name), locale=locale)
        dress(self)


def _field(entity: str, name: str, *, own: str, held: Text | None, locale: str) -> forms.CharField:
    model_field = ENTITIES[entity].model._meta.get_field(name)
    is_long = isinstance(model_field, models.TextField) and (len(own) > LONG or "\n" in own)
    attrs = {"lang": locale}
    return forms.CharField(
        label=field_label(entity, name),
        required=False,
        strip=True,
        max_length=getattr(model_field, "max_length", None),
        initial=held.value if held else "",
        widget=forms.Textarea(attrs={**attrs, "rows": 6}) if is_long else forms.TextInput(attrs=attrs),
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One text: as it stands in the record, and the field for the translation; `stored` is what is there already."""

    label: str
    own: str
    field: Any
    is_outdated: bool
    stored: str


@dataclass(frozen=True, slots=True)
class LocaleTab:
    """A language, with how much of the record is translated into it."""

    tag: str
    words: str
    address: str
    done: Completeness


@own_page(OwnPage("translations_record", "translations/record/", VIEW, about=asked_entity))
def record_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the texts of `entity` and `id` in `locale`, and on POST set them. Without a record the report follows."""
    if "entity" not in request.GET:
        return HttpResponseRedirect(reverse("admin:translations_report"))
    entity, row = _record(site, request)
    found = texts_of(entity, row)
    locale = _locale(request, found)
    form = TextsForm(request.POST if request.method == "POST" else None, found=found, locale=locale)
    refusal = None
    if request.method == "POST" and form.is_valid() and locale:
        refusal = _saved(form, found, locale, state=request.POST.get("state", ""))
        if refusal is None:
            say(request, _("The texts are saved."), messages.SUCCESS)
            return HttpResponseRedirect(_address(found, locale))
    context = {
        **record_frame(site, request, row, _("Translations of %(name)s") % {"name": row}),
        "sides": [_side(form, found, locale, name) for name in found.base],
        "form": form,
        "refusal": refusal,
        "was_changed": isinstance(refusal, TextsChanged),
        "locale": locale,
        "locale_words": language_words(locale) if locale else "",
        "default_words": language_words(found.languages.default),
        "default_locale": found.languages.default,
        "tabs": [_tab(found, tag) for tag in found.languages.others],
        "may_change": _may_change(entity, row),
    }
    status = refusal.status if refusal else 200
    return TemplateResponse(request, "translations/record.html", context, status=status)


def _record(site: AdminSite, request: HttpRequest) -> tuple[str, Any]:
    """The record, which the reader may open on its own page too. Raises Http404."""
    entity = request.GET["entity"]
    try:
        row = translatable_record(entity, UUID(request.GET.get("id", "")))
        page = site.get_model_admin(type(row))
    except (ValueError, RowNotFound, NotRegistered):
        raise Http404 from None
    if not page.has_view_permission(request, row):
        raise Http404
    return entity, row


def _locale(request: HttpRequest, found: RecordTexts) -> str:
    """The language that is asked for, else the first one that lacks something; "" where there is none."""
    others = found.languages.others
    asked = request.GET.get("locale", "")
    if asked in others:
        return asked
    return next((tag for tag in others if found.done(tag).percent < 100), next(iter(others), ""))


def _saved(form: TextsForm, found: RecordTexts, locale: str, *, state: str) -> PlatformError | None:
    """Set the texts; the refusal, where it is one of the form."""
    try:
        run(
            set_translations,
            entity=found.entity,
            record_id=found.record_id,
            translations={locale: dict(form.cleaned_data)},
            states={locale: state} if state else None,
        )
    except RowNotFound:
        raise Http404 from None
    except TextsChanged as error:
        return error
    except PlatformError as error:
        if not is_form_error(error):
            raise
        for item in error.errors:
            name = item.field.rpartition(".")[2]
            form.add_error(name if name in form.fields else None, item.message)
        return error
    return None


def _may_change(entity: str, row: Any) -> bool:
    if not may_run(set_translations):
        return False
    try:
        ENTITIES[entity].demand_changeable(row)
    except PlatformError:
        return False
    return True


def _side(form: TextsForm, found: RecordTexts, locale: str, name: str) -> Side:
    held = found.texts.get(locale, {}).get(name)
    is_outdated = held is not None and held.is_outdated
    stored = held.value if held else ""
    return Side(field_label(found.entity, name), found.base[name], form[name], is_outdated, stored)


def _tab(found: RecordTexts, tag: str) -> LocaleTab:
    return LocaleTab(tag, language_words(tag), _address(found, tag), found.done(tag))


def _address(found: RecordTexts, locale: str) -> str:
    return texts_page(found.entity, found.record_id, locale)


def texts_page(entity: str, record_id: UUID, locale: str) -> str:
    """Where the texts of a record are translated into a language."""
    asked = {"entity": entity, "id": record_id, "locale": locale}
    return f"{reverse('admin:translations_record')}?{urlencode(asked)}"
