"""What long jobs add to dashboards: what runs, and what failed."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.extensions.dashboards import (
    DashboardWidget,
    Entry,
    ListData,
    NumberData,
    Setting,
    SettingKind,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.periods import Period
from apps.kernel.registry.subjects import SubjectSource, subject_source
from apps.progress.contracts import ACTIVE, JobStatus
from apps.progress.selectors import visible_jobs
from apps.progress.services.subjects import erase_exports

JOBS = "admin:progress_job_changelist"
JOB = "admin:progress_job_change"


def show_jobs(settings: Settings, period: Period) -> NumberData:
    """How many jobs are going on; how many of the period's failed."""
    jobs = visible_jobs().filter(parent=None).order_by()
    failed = jobs.filter(period.during("created_at"), status=JobStatus.FAILED).count()
    running = jobs.filter(status__in=ACTIVE).count()
    return NumberData(
        running,
        detail=_("going on now"),
        tone="danger" if failed else "neutral",
        more=((_("failed in the period"), failed, ""),),
    )


def show_failed(settings: Settings, period: Period) -> ListData:
    """The latest jobs of the period that failed."""
    failed = visible_jobs().filter(period.during("created_at"), status=JobStatus.FAILED, parent=None)
    rows = failed.order_by("-created_at", "-pk")[: settings["limit"]]
    entries = [Entry(row.title, row.explanation, reverse(JOB, args=[row.pk]), "error", "danger") for row in rows]
    return ListData(entries, empty=_("No job of the period failed."))


def failed_jobs(settings: Settings, period: Period) -> str:
    """The list of jobs that failed."""
    return f"{reverse(JOBS)}?status__exact={JobStatus.FAILED}"


def all_jobs(settings: Settings, period: Period) -> str:
    """The list of jobs."""
    return reverse(JOBS)


dashboard_widget(
    DashboardWidget(
        "progress.jobs",
        _("Long jobs"),
        WidgetKind.NUMBER,
        show_jobs,
        description=_("How many long jobs are going on, and how many failed."),
        icon="hourglass_top",
        width=Width.SM,
        priority=25,
        refresh=30,
        is_standard=True,
        drill_through=all_jobs,
    )
)
dashboard_widget(
    DashboardWidget(
        "progress.failed",
        _("Failed jobs"),
        WidgetKind.LIST,
        show_failed,
        description=_("The latest long jobs that failed, and why."),
        icon="error",
        settings=(Setting("limit", _("At most"), SettingKind.INTEGER, 5, minimum=1, maximum=50),),
        priority=15,
        drill_through=failed_jobs,
    )
)
subject_source(SubjectSource("progress.exports", _("Stored exports"), erase=erase_exports))
