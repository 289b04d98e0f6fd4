"""What is translated of each kind of record, and which records lack something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import MD5

from apps.kernel.registry.entities import ENTITIES
from apps.kernel.translating.declared import TRANSLATABLE
from apps.translations.calculations import Completeness
from apps.translations.models import Translation
from apps.translations.selectors.languages import languages

MISSING, OUTDATED = "missing", "outdated"
MOST = 100


@dataclass(frozen=True, slots=True)
class KindReport:
    """How much of a kind of record is translated into a language, as far as the actor sees its records."""

    entity: str
    locale: str
    done: Completeness


@dataclass(frozen=True, slots=True)
class Lacking:
    """A record that lacks translations or has outdated ones; `fields` are those of its texts."""

    record_id: UUID
    label: str
    fields: tuple[str, ...]


def report_of(entity: str) -> list[KindReport]:
    """Completeness of a kind in each of the tenant's languages; two queries for each of its fields."""
    locales = languages().others
    totals = dict.fromkeys(locales, Completeness(0, 0, 0))
    for name in TRANSLATABLE[entity].fields:
        filled = _filled(entity, name).count()
        found = _counts(entity, name)
        for locale in locales:
            translated, outdated = found.get(locale, (0, 0))
            totals[locale] += Completeness(filled, translated, outdated)
    return [KindReport(entity, locale, done) for locale, done in totals.items()]


def _filled(entity: str, name: str) -> models.QuerySet[Any]:
    return ENTITIES[entity].living().exclude(**{name: ""}).order_by()


def _counts(entity: str, name: str) -> dict[str, tuple[int, int]]:
    """By language: translations of living records' texts, and how many of these are outdated."""
    now = _filled(entity, name).filter(pk=OuterRef("record_id")).values(now=MD5(name))[:1]
    rows = Translation.objects.filter(entity=entity, field=name).annotate(now=Subquery(now)).exclude(now=None)
    counted = rows.values("locale").annotate(done=Count("pk"), stale=Count("pk", filter=~Q(source_digest=F("now"))))
    return {row["locale"]: (row["done"], row["stale"]) for row in counted.order_by("locale")}


def lacking(entity: str, locale: str, state: str) -> tuple[list[Lacking], bool]:
    """Records whose texts are `missing` or `outdated` in a language, at most a hundred, and whether there are more."""
    tests = dict(_tests(entity, locale, state))
    rows = ENTITIES[entity].living().annotate(**tests)
    wanted = Q()
    for name in tests:
        wanted |= Q(**{name: True})
    found = list(rows.filter(wanted).order_by("pk")[: MOST + 1])
    return [_lacking(row, tests) for row in found[:MOST]], len(found) > MOST


def _tests(entity: str, locale: str, state: str) -> Iterator[tuple[str, Any]]:
    """For each field the condition that its text lacks what is asked for, under a name that no column has."""
    for name in TRANSLATABLE[entity].fields:
        held = Translation.objects.filter(entity=entity, record_id=OuterRef("pk"), locale=locale, field=name)
        if state == MISSING:
            yield (
                f"lacks_{name}",
                models.ExpressionWrapper(~Q(**{name: ""}) & ~Exists(held), output_field=models.BooleanField()),
            )
        else:
            yield f"lacks_{name}", Exists(held.exclude(source_digest=MD5(OuterRef(name))))


def _lacking(row: Any, tests: dict[str, Any]) -> Lacking:
    fields = tuple(name.removeprefix("lacks_") for name in tests if getattr(row, name))
    return Lacking(row.pk, str(row), fields)
