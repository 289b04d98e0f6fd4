"""Filters of the house: those of django-filter, made from the kind of each column, and stricter where it matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from apps.kernel.crypto.fields import EncryptedEmailField

if TYPE_CHECKING:

    class BaseFilterSet:
        """Filters of one list; `base_filters` holds them by parameter name."""

        base_filters: Mapping[str, Any]
        form: Any
        qs: models.QuerySet[Any]

        def __init__(self, data: Any = None, queryset: Any = None, *, request: Any = None) -> None: ...

        def is_valid(self) -> bool: ...

    class Filter:
        """One parameter of a list."""

        def __init__(self, **options: Any) -> None: ...

    class TypedChoiceFilter(Filter): ...

    class CharFilter(Filter): ...

    class ChoiceFilter(Filter): ...

    class UUIDFilter(Filter): ...

    class NumberFilter(Filter): ...

    class DateFilter(Filter): ...

    class BaseInFilter(Filter): ...

    class IsoDateTimeFilter(Filter): ...

else:
    BaseFilterSet = django_filters.FilterSet
    Filter = django_filters.Filter
    TypedChoiceFilter = django_filters.TypedChoiceFilter
    CharFilter = django_filters.CharFilter
    ChoiceFilter = django_filters.ChoiceFilter
    UUIDFilter = django_filters.UUIDFilter
    NumberFilter = django_filters.NumberFilter
    DateFilter = django_filters.DateFilter
    IsoDateTimeFilter = django_filters.IsoDateTimeFilter
    BaseInFilter = django_filters.BaseInFilter

MOST_VALUES = 200
COMPARED = ("exact", "gt", "gte", "lt", "lte")
TEXT = ("exact", "in", "icontains", "istartswith")


class FilterSet(BaseFilterSet):
    """A filter set that makes only those filters which the request names: copying all costs more than the page."""

    def __init__(self, data: Any = None, queryset: Any = None, *, request: Any = None) -> None:
        every = type(self).base_filters
        self.base_filters = {name: every[name] for name in (data or {}) if name in every}
        super().__init__(data, queryset, request=request)


class ClaimFilter(TypedChoiceFilter):
    """`true` or `false` and nothing else: a mistyped claim must not show everything."""

    def __init__(self, **kwargs: Any) -> None:
        choices = (("true", "true"), ("false", "false"))
        super().__init__(choices=choices, coerce=lambda text: text == "true", **kwargs)


class AmountFilter(NumberFilter):
    """A decimal number of a size that the database can compare with."""

    if not TYPE_CHECKING:
        field_class = forms.DecimalField

        def get_max_validator(self) -> Any:
            """Bound the exponent: `1e999999` is no amount."""
            return _demand_moderate


def _demand_moderate(value: Decimal) -> None:
    if not value.is_finite() or abs(value.adjusted()) > 60:
        raise ValidationError(_("This number is too large or too small."), code="invalid")


class WholeFilter(NumberFilter):
    """A whole number."""

    if not TYPE_CHECKING:
        field_class = forms.IntegerField


class MomentField(forms.DateTimeField):
    """A moment with an offset or `Z`; the end of the calendar cannot overflow."""

    def to_python(self, value: Any) -> Any:
        """The moment. Raises ValidationError for what is none, also beyond the calendar in UTC."""
        try:
            found = parse_datetime(value.replace(" ", "+")) if isinstance(value, str) else value
            return found.astimezone(UTC) if found is not None and found.tzinfo else self._refuse(value)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def _refuse(self, value: Any) -> None:
        if value not in self.empty_values:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class MomentFilter(IsoDateTimeFilter):
    """A moment in RFC 3339."""

    field_class = MomentField


class FewFilter(BaseInFilter):
    """Up to 200 values, parted by commas."""


class FewTexts(FewFilter, CharFilter):
    """Texts."""


class FewIds(FewFilter, UUIDFilter):
    """Ids."""


class FewChoices(FewFilter, ChoiceFilter):
    """Choices."""


class FewAmounts(FewFilter, AmountFilter):
    """Amounts."""


class FewWholes(FewFilter, WholeFilter):
    """Whole numbers."""


class _Unlike:
    """Rows whose value is another one, those without any included."""

    field_name: str

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        """The rows, all of them where nothing is asked for."""
        if value in {None, ""}:
            return qs
        empty = models.Q(**{f"{self.field_name}__isnull": True})
        return qs.filter(empty | ~models.Q(**{self.field_name: value}))


@lru_cache(maxsize=64)
def _unlike_kind(one: type[Filter]) -> type[Filter]:
    return type(f"Unlike{one.__name__}", (_Unlike, one), {})


def unlike(name: str, field: models.Field[Any, Any]) -> Filter:
    """The filter `<name>__ne`, for columns that may be empty."""
    options = {"choices": field.choices} if field.choices else {}
    kind: Any = _kinds(field)[0]
    return _unlike_kind(kind)(field_name=name, lookup_expr="exact", **options)


def filters_of(name: str, field: models.Field[Any, Any]) -> dict[str, Filter]:
    """Every filter that a column of its kind offers, by parameter name: `price`, `price__gte`, …"""
    found = {
        name if lookup == "exact" else f"{name}__{lookup}": _made(field, lookup, field_name=name)
        for lookup in lookups_of(field)
    }
    if field.null:
        found[f"{name}__isnull"] = ClaimFilter(field_name=name, lookup_expr="isnull")
    return found


LOOKUPS: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (EncryptedEmailField, ("exact",)),
    (ArrayField, ("contains",)),
    (models.UUIDField, ("exact", "in")),
    (models.ForeignKey, ("exact", "in")),
    (models.BooleanField, ("exact",)),
    (models.DateField, COMPARED),  # moments too
    (models.IntegerField, (*COMPARED, "in")),
    (models.DecimalField, (*COMPARED, "in")),
    (models.CharField, TEXT),
    (models.TextField, TEXT),
    (models.GenericIPAddressField, ("exact",)),
)


def lookups_of(field: models.Field[Any, Any]) -> tuple[str, ...]:
    """The comparisons that make sense for a column. Raises TypeError where there are none."""
    if field.choices:
        return ("exact", "in")
    own: tuple[str, ...] = getattr(field, "compared_by", ())
    if own:
        return own
    found = next((lookups for kind, lookups in LOOKUPS if isinstance(field, kind)), None)
    if found is None:
        raise TypeError(f"{field} cannot be filtered by")
    return found


def _made(field: models.Field[Any, Any], lookup: str, **options: Any) -> Filter:
    options["lookup_expr"] = lookup
    one, few = _kinds(field)
    if field.choices:
        options["choices"] = field.choices
    if getattr(field, "compared_by", ()):
        options["validators"] = field.validators
    return few(**options) if lookup == "in" else one(**options)


class _ItemFilter(CharFilter):
    """One item of a list column."""

    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        """Rows whose list holds the item."""
        found: models.QuerySet[Any] = super().filter(qs, [value]) if value else qs  # type: ignore[misc]
        return found


# For each kind of column the filter of one value and that of several; the first that fits counts.
KINDS: tuple[tuple[type[Any], type[Filter], type[Filter]], ...] = (
    (models.BooleanField, ClaimFilter, FewTexts),
    (models.UUIDField, UUIDFilter, FewIds),
    (models.ForeignKey, UUIDFilter, FewIds),
    (models.DateTimeField, MomentFilter, FewTexts),
    (models.DateField, DateFilter, FewTexts),
    (models.IntegerField, WholeFilter, FewWholes),
    (models.DecimalField, AmountFilter, FewAmounts),
    (ArrayField, _ItemFilter, FewTexts),
    (models.JSONField, _ItemFilter, FewTexts),
    (models.Field, CharFilter, FewTexts),
)


def _kinds(field: models.Field[Any, Any]) -> tuple[type[Filter], type[Filter]]:
    if field.choices:
        return ChoiceFilter, FewChoices
    return next((one, few) for kind, one, few in KINDS if isinstance(field, kind))


@lru_cache(maxsize=1024)
def filter_set_of(
    model: type[models.Model], names: tuple[str, ...], declared: type[FilterSet] | None
) -> type[FilterSet]:
    """A filter set with every filter of the named columns and those that a resource declares beside them."""
    columns: Mapping[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    made: dict[str, Any] = {}
    for name in names:
        made |= filters_of(name, columns[name])
    base = declared or FilterSet
    own = {name: item for name, item in made.items() if name not in base.base_filters}
    return type(f"{model.__name__}Filters", (base,), {**own, "Meta": type("Meta", (), {"model": model, "fields": ()})})
