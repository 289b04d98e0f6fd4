"""Customers whose names are nearly the same, found by the words in which names are compared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Func, Q, QuerySet, TextField, Value

from apps.customers.calculations import held_whole
from apps.customers.models import Customer

NEAREST: Final = 20  # names that are compared
# Fewer trigrams at once find too many names, and each further group walks the index once more.
FEWEST_TRIGRAMS: Final = 2
MOST_GROUPS: Final = 6
# How near names have to be for `trigram_similar` is told to the transaction, in the same statement.
KEY: Final = "SELECT customer_name_key(%s, %s), set_config('pg_trgm.similarity_threshold', %s, true)"


def key_of(name: str, kind: str) -> Func:
    """The words by which a name that was typed is compared, as the database makes them of stored ones."""
    return Func(Value(name), Value(kind), function="customer_name_key", output_field=TextField())


def named_like(rows: QuerySet[Customer], name: str, kind: str, *, near: float) -> Iterable[UUID]:
    """The nearest of the customers whose names share at least this part of their trigrams; two queries.

    Within a transaction. The lookup `trigram_similar` weighs whoever shares some trigrams, one by one. Whoever is
    near enough also has a few of them whole: by those the index finds next to nobody else.
    """
    with connection.cursor() as cursor:  # scope: a function of texts, no rows
        cursor.execute(KEY, [name, kind, str(near)])
        key = (cursor.fetchone() or ("",))[0]
    groups = held_whole(key, near=near)
    is_telling = len(groups) <= MOST_GROUPS and min(map(len, groups)) >= FEWEST_TRIGRAMS
    holding = reduce(or_, map(_all_of, groups)) if is_telling else Q(name_key__trigram_similar=key)
    similar = rows.annotate(near=TrigramSimilarity("name_key", key)).filter(holding, kind=kind, near__gte=near)
    found: Any = similar.order_by("-near", "pk").values_list("pk", flat=True)[:NEAREST]
    return found  # type: ignore[no-any-return]


def _all_of(trigrams: Iterable[str]) -> Q:
    return reduce(and_, (Q(name_key__contains=item) for item in trigrams), Q())
