"""What is translated and what is not: each kind of record in each language, and the records that lack something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.kernel.admin.access import allows
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.registry.entities import ENTITIES
from apps.translations.admin.record import texts_page
from apps.translations.admin.wording import language_words
from apps.translations.calculations import Completeness
from apps.translations.features import MANAGE_LOCALES, VIEW
from apps.translations.selectors import (
    MISSING,
    OUTDATED,
    field_label,
    installed_kinds,
    lacking,
    languages,
    report_of,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of record in one language, with the ways to what it lacks."""

    locale_words: str
    done: Completeness
    missing_url: str
    outdated_url: str


@dataclass(frozen=True, slots=True)
class Lack:
    """A record that lacks something."""

    label: str
    url: str
    fields: str


@own_page(OwnPage("translations_report", "translations/report/", VIEW))
def report_view(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Completeness of everything; with `entity`, `locale` and `state` the records that lack something."""
    spoken = languages()
    kinds = [entity for entity in installed_kinds() if _may_open(site, request, entity)]
    chosen = _chosen(request, kinds, spoken.others)
    context = {
        **site.each_context(request),
        "title": _("Translations"),
        "kinds": [(str(ENTITIES[entity].label_plural), _cells(entity)) for entity in kinds],
        "default_words": language_words(spoken.default),
        "others": spoken.others,
        "may_choose": allows(MANAGE_LOCALES),
        "languages_url": reverse("admin:translations_languages"),
        **chosen,
    }
    return TemplateResponse(request, "translations/report.html", context)


def _may_open(site: AdminSite, request: HttpRequest, entity: str) -> bool:
    """Whether the reader sees the page of the kind, which is where its records are read."""
    try:
        return bool(site.get_model_admin(ENTITIES[entity].model).has_view_permission(request))
    except NotRegistered:
        return False


def _cells(entity: str) -> list[Cell]:
    return [
        Cell(
            locale_words=language_words(item.locale),
            done=item.done,
            missing_url=_address(entity, item.locale, MISSING),
            outdated_url=_address(entity, item.locale, OUTDATED),
        )
        for item in report_of(entity)
    ]


def _address(entity: str, locale: str, state: str) -> str:
    asked = {"entity": entity, "locale": locale, "state": state}
    return f"{reverse('admin:translations_report')}?{urlencode(asked)}#lacking"


def _chosen(request: HttpRequest, kinds: list[str], locales: tuple[str, ...]) -> dict[str, Any]:
    """The records that are asked for; nothing for what is not offered."""
    entity, locale, state = (request.GET.get(name, "") for name in ("entity", "locale", "state"))
    if entity not in kinds or locale not in locales or state not in {MISSING, OUTDATED}:
        return {"lacking": None}
    found, has_more = lacking(entity, locale, state)
    lacks = [
        Lack(
            label=item.label,
            url=texts_page(entity, item.record_id, locale),
            fields=", ".join(field_label(entity, name) for name in item.fields),
        )
        for item in found
    ]
    return {
        "lacking": lacks,
        "has_more": has_more,
        "state": state,
        "kind_words": str(ENTITIES[entity].label_plural),
        "chosen_words": language_words(locale),
    }
