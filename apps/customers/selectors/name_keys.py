"""Customers whose names are nearly the same, found by the words in which names are compared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Func, Q, QuerySet, TextField, Value

from apps.customers.calculations import held_whole, trigram_keys
from apps.customers.models import Customer
from apps.kernel.tenancy.scope import current_scope

NEAREST: Final = 20  # names that are compared


def key_of(name: str, kind: str) -> Func:
    """The words by which a name that was typed is compared, as the database makes them of stored ones."""
    return Func(Value(name), Value(kind), function="customer_name_key", output_field=TextField())


def named_like(rows: QuerySet[Customer], name: str, kind: str, *, near: float) -> Iterable[UUID]:
    """The nearest of the customers whose names share at least this part of their trigrams; two queries.

    Whoever is near enough has a few of the trigrams whole: by those the index finds next to nobody else.
    """
    with connection.cursor() as cursor:  # scope: a function of texts, no rows
        cursor.execute("SELECT customer_name_key(%s, %s)", [name, kind])
        key = (cursor.fetchone() or ("",))[0]
    groups = held_whole(key, near=near)
    if not groups:
        return ()
    holding = reduce(or_, map(_all_of, groups))
    similar = rows.annotate(near=TrigramSimilarity("name_key", key)).filter(holding, kind=kind, near__gte=near)
    found: Any = similar.order_by("-near", "pk").values_list("pk", flat=True)[:NEAREST]
    return found  # type: ignore[no-any-return]


def _all_of(group: Iterable[str]) -> Q:
    return Q(name_trigrams__contains=trigram_keys(group, current_scope().tenant_id))
