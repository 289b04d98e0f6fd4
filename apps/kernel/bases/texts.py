"""A comparison of several columns with one text."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q


def containing(columns: Iterable[str], text: str) -> Q:
    """Rows of which one of the columns contains the text, in any capitals."""
    test = Q()
    for name in columns:
        test |= Q(**{f"{name}__icontains": text})
    return test
