"""Documents by what they mean: exact comparison with every vector in reach, by pgvector where the server has it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Func, Value

from apps.search.selectors.hits import Hits, Question, nearest

FARTHEST = 0.75  # a cosine distance from which on things have nothing to do with each other


class _Distance(Func):
    output_field = models.FloatField()

    def __init__(self, vector: Sequence[float]) -> None:
        super().__init__(F("embedding"), Value(list(vector), output_field=ArrayField(models.FloatField())))


class OwnDistance(_Distance):
    """By the function of this module, which every server has."""

    function = "search_distance"
    template = "%(function)s(%(expressions)s::double precision[])"


class VectorDistance(_Distance):
    """By pgvector."""

    arg_joiner = "::public.vector OPERATOR(public.<=>) "
    template = "(%(expressions)s::double precision[]::public.vector)"


@cache
def has_pgvector() -> bool:
    """Say whether the database has the extension; asked once for each process."""
    with connection.cursor() as cursor:  # scope: asks for an extension, which belongs to no tenant
        cursor.execute("SELECT to_regtype('public.vector') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def meaning_hits(question: Question, vector: Sequence[float], *, kind: type[_Distance] | None = None) -> Hits:
    """Documents whose meaning is near the vector. Vectors of another length are of another model and left out."""
    rows = question.rows.filter(embedding__isnull=False, embedding__len=len(vector))
    chosen: Any = kind or (VectorDistance if has_pgvector() else OwnDistance)
    return nearest(rows, chosen(vector), farthest=FARTHEST)
