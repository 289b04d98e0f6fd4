"""Back office pages of the log of fetches."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from apps.currencies.admin.config_form import label_of
from apps.currencies.admin.filters import FetchedDaysFilter, SourceFilter
from apps.currencies.features import MANAGE_FETCH
from apps.currencies.models import FetchRun
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

WHAT = ("provider_name", "source", "days", "trigger", "result")
COURSE = ("created_at", "started_at", "ended_at", "seconds")
COUNTS = ("new", "corrected", "unchanged", "left_out")


@register(FetchRun)
class FetchRunPage(CommandAdmin):
    """The log, newest first; nothing is changed here."""

    view_feature = MANAGE_FETCH
    icon = "history"
    order = 60
    empty_hint = _("Each fetch leaves a line here: which days, what came of it, and why if it failed.")
    list_display = ("source", "days", "trigger", "result", "started_at", "seconds", "organization_id")
    list_display_links = ("source",)
    list_filter = ("status", "trigger", SourceFilter, FetchedDaysFilter)
    ordering = ("-created_at", "pk")
    sortable_by: ClassVar[tuple[str, ...]] = ()

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("currencies/currencies.css",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Everything."""
        return (*WHAT, "error", *COUNTS, *COURSE)

    def get_fieldsets(self, request: HttpRequest, obj: FetchRun | None = None) -> Any:
        """What was fetched and what came of it; the whole error where there is one."""
        error = ("error",) if obj is not None and obj.error else ()
        return [
            (None, {"fields": (*WHAT, *error)}),
            (_("Rates"), {"fields": COUNTS}),
            (_("Course"), {"fields": COURSE}),
        ]

    @admin.display(description=_("provider"))
    def provider_name(self, run: FetchRun) -> str:
        """Its name for people."""
        return label_of(run.provider)

    @admin.display(description=_("days"))
    def days(self, run: FetchRun) -> str:
        """The first and the last one."""
        return str(run.start_on) if run.start_on == run.end_on else f"{run.start_on} – {run.end_on}"

    @admin.display(description=_("result"))
    def result(self, run: FetchRun) -> str:
        """How it ended, what it brought, and why it failed."""
        return render_to_string("currencies/last_run.html", {"run": run})

    @admin.display(description=_("seconds"))
    def seconds(self, run: FetchRun) -> float | None:
        """How long it took."""
        return None if run.duration_ms is None else round(run.duration_ms / 1000, 1)
