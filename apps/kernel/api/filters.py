"""Filters of the house: those of django-filter, typed in this one place, and stricter where it matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters  # type: ignore[import-untyped]

if TYPE_CHECKING:

    class FilterSet:
        """Filters of one list; `base_filters` holds them by parameter name."""

        base_filters: ClassVar[Mapping[str, Any]]

    class Filter:
        """One parameter of a list."""

        def __init__(self, **options: Any) -> None: ...

    class TypedChoiceFilter(Filter):
        """One of a few values."""

    CharFilter = ChoiceFilter = UUIDFilter = BaseInFilter = Filter
else:
    FilterSet = django_filters.FilterSet
    TypedChoiceFilter = django_filters.TypedChoiceFilter
    CharFilter = django_filters.CharFilter
    ChoiceFilter = django_filters.ChoiceFilter
    UUIDFilter = django_filters.UUIDFilter
    BaseInFilter = django_filters.BaseInFilter


class ClaimFilter(TypedChoiceFilter):
    """`true` or `false` and nothing else: a mistyped claim must not show everything."""

    def __init__(self, **kwargs: Any) -> None:
        choices = (("true", "true"), ("false", "false"))
        super().__init__(choices=choices, coerce=lambda text: text == "true", **kwargs)
