"""The languages that a tenant translates into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.translating.locales import canonical
from apps.translations.errors import LocaleInvalid
from apps.translations.features import MANAGE_LOCALES
from apps.translations.models import TenantLocale
from apps.translations.selectors import Languages, forget_languages, languages


def _example(scope: Scope) -> dict[str, Any]:
    return {"locales": ["fr", "pt-BR", "pt"]}


@command("translations.locale.choose", feature=MANAGE_LOCALES, bulk=True, example=_example)
def choose_locales(locales: Sequence[str]) -> Languages:
    """Translate into these languages, in this order; none: into those that the house itself speaks.

    What is translated into a language that is left out stays, out of sight, until the language is chosen again.
    Raises LocaleInvalid with every bad one.
    """
    tenant_id, default = current_scope().tenant_id, languages().default
    if complaints := tuple(_complaints(locales, default)):
        raise LocaleInvalid(errors=complaints)
    hold_lock(f"languages of {tenant_id}")
    wanted = {tag: place for place, tag in enumerate(dict.fromkeys(map(canonical, locales))) if tag}
    present = {row.locale: row for row in TenantLocale.objects.all()}
    TenantLocale.objects.filter(locale__in=present.keys() - wanted.keys()).delete()
    moved = [row for tag, row in present.items() if tag in wanted and row.position != wanted[tag]]
    for row in moved:
        row.position = wanted[row.locale]
    TenantLocale.objects.bulk_update(moved, ["position"])
    TenantLocale.objects.bulk_create(
        [TenantLocale(locale=tag, position=place) for tag, place in wanted.items() if tag not in present]
    )
    forget_languages(tenant_id)
    return languages()


def _complaints(locales: Sequence[str], default: str) -> Iterator[FieldError]:
    for index, text in enumerate(locales):
        tag = canonical(text)
        if tag is None or tag == default:
            yield FieldError(f"locales.{index}", LocaleInvalid.code, str(LocaleInvalid.message))
