"""Filters of the lists of rates and fetches: codes, texts, and days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.currencies.admin.choices import seen_codes
from apps.currencies.admin.input_filters import Input, InputFilter
from apps.currencies.contracts import MANUAL
from apps.currencies.models import RateFetchConfig
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.bases.bitemporal import known_at


class CodeFilter(SelectFilter):
    """One of the two currencies of a rate."""

    column: ClassVar[str] = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Codes that are held; both filters share one query."""
        found: list[str] | None = getattr(request, "agora_codes", None)
        if found is None:
            found = request.agora_codes = seen_codes()  # type: ignore[attr-defined]
        return [(code, code) for code in found]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rates with the chosen currency."""
        if not self.value():
            return queryset
        is_held = any(self.value() == code for code, _label in self.lookup_choices)
        return queryset.filter(**{self.column: self.value()}) if is_held else queryset.none()


class FromFilter(CodeFilter):
    """The first currency."""

    title, parameter_name, column = _("from"), "from", "from_code"


class ToFilter(CodeFilter):
    """The second currency."""

    title, parameter_name, column = _("to"), "to", "to_code"


class SourceFilter(InputFilter):
    """Who says so; sources are many, so they are written, with those that are configured proposed."""

    title = _("source")
    inputs = (Input("source", _("Source")),)

    def suggestions(self) -> Sequence[str]:
        """What is entered by hand, and what is fetched."""
        fetched = RateFetchConfig.objects.order_by("source").values_list("source", flat=True).distinct()
        return [MANUAL, *fetched]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rates of the source."""
        source = self.entered("source")
        if "\0" in source:  # no text of PostgreSQL's
            return queryset.none()
        return queryset.filter(source=source) if source else queryset


class DaysFilter(InputFilter):
    """A range of days; `column` holds a day."""

    title = _("days")
    inputs = (Input("since", _("From day"), "date"), Input("until", _("To day"), "date"))
    column: ClassVar[str] = "effective_on"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rows of the days; nothing for what is no day."""
        for name, lookup in (("since", "gte"), ("until", "lte")):
            if self.entered(name):
                day = self.day(request, name)
                queryset = queryset.filter(**{f"{self.column}__{lookup}": day}) if day else queryset.none()
        return queryset


class FetchedDaysFilter(DaysFilter):
    """Fetches by the last day that they asked for."""

    column = "end_on"


class KnownFilter(InputFilter):
    """What was known at the end of a day; what counts today without one."""

    title = _("as known on")
    inputs = (Input("known", _("As known on"), "date"),)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rates as they were known then."""
        if not self.entered("known"):
            return known_at(queryset, None)
        day = self.day(request, "known")
        return known_at(queryset, _end_of(day)) if day else queryset.none()


def _end_of(day: date) -> datetime:
    """The last moment of a day, on the clock that pages show."""
    following = datetime.combine(min(day, date.max - timedelta(days=1)) + timedelta(days=1), time.min)
    return timezone.make_aware(following) - timedelta(microseconds=1)
