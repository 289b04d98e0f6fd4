"""Back office pages of long jobs: watched and stopped, never written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.kernel.addresses import address_if_any
from apps.kernel.admin.access import allows
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.tenancy.scope import ActorKind, scope_or_none
from apps.progress.features import VIEW_ALL
from apps.progress.models import Job
from apps.progress.selectors import is_own, may_cancel, owned, visible_jobs
from apps.progress.services import cancel_job

MINE = "mine"
MOST_PARTS = 50


def can_be_stopped(job: Job) -> bool:
    """Say whether the reader may press the button now."""
    return job.is_active and job.is_cancellable and not job.is_cancel_requested and may_cancel(job)


class ByOwner(SelectFilter):
    """Whose jobs; only for those who see more than their own."""

    title, parameter_name = _("who"), "who"

    def has_output(self) -> bool:
        """A choice of one is none."""
        return allows(VIEW_ALL)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The reader's own."""
        return [(MINE, _("only me"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Jobs of the chosen one."""
        return queryset.filter(owned()) if self.value() == MINE else queryset


@register(Job)
class JobAdmin(CommandAdmin):
    """Own jobs, or everybody's, newest first."""

    view_feature = VIEW_ALL
    holds_own_things = True
    icon = "hourglass_top"
    empty_hint = _("Exports, imports and other long jobs appear here while they run, and for some days afterwards.")
    list_display = ("name_and_part", "how_far", "state", "owner_label", "created_at")
    list_display_links = ("name_and_part",)
    list_filter = ("status", ByOwner)
    search_fields = ("name",)
    ordering = ("-created_at", "-pk")
    sortable_by: ClassVar[tuple[str, ...]] = ("created_at",)
    readonly_fields = ("name_and_part", "state", "how_far", "time_left", "outcome", "what_went_wrong", "parts")
    buttons = (
        RecordCommand(
            "stop",
            cancel_job,
            _("Stop"),
            icon="cancel",
            confirm=_("A job that waits is cancelled at once. One that runs stops after the step that it is at."),
            shown=can_be_stopped,
            in_row=True,
            dangerous=True,
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever works here may see their own jobs."""
        scope = scope_or_none()
        return scope is not None and scope.actor.kind is ActorKind.STAFF

    def get_queryset(self, request: HttpRequest) -> Any:
        """Jobs that the reader may see."""
        return visible_jobs()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """How it stands, and how it came about; what does not apply is left out."""
        stands = ["name_and_part", "state", "how_far"]
        if obj is not None and obj.eta_seconds is not None:
            stands.append("time_left")
        if obj is not None and (obj.counts or obj.file):
            stands.append("outcome")
        if obj is not None and obj.error:
            stands.append("what_went_wrong")
        if obj is not None and obj.parent_id is None and obj.children.exists():
            stands.append("parts")
        of = ["parent", "partition"] if obj is not None and obj.parent_id is not None else []
        times = ["created_at", "started_at", "heartbeat_at", "ended_at"]
        if obj is not None and obj.is_cancel_requested:
            times.append("cancel_requested_at")
        return [(None, {"fields": stands}), (_("How it came about"), {"fields": ["owner_label", "kind", *of, *times]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything; times are no form fields."""
        shown = [name for _title, options in self.get_fieldsets(request, obj) for name in options["fields"]]
        return tuple(dict.fromkeys([*self.readonly_fields, *shown]))

    @admin.display(description=_("name"), ordering="name")
    def name_and_part(self, job: Job) -> str:
        """The name, with the part where it is one."""
        return str(job)

    @admin.display(description=_("state"), ordering="status")
    def state(self, job: Job) -> SafeString:
        """The state as a badge."""
        return render_to_string("progress/state.html", {"job": job})

    @admin.display(description=_("progress"))
    def how_far(self, job: Job) -> SafeString:
        """A bar and numbers."""
        context = {"job": job, "counted": _counted(job)}
        return render_to_string("progress/bar.html", context)

    @admin.display(description=_("time left"))
    def time_left(self, job: Job) -> str:
        """In two units at most, at the rate so far."""
        return _duration(job.eta_seconds or 0)

    @admin.display(description=_("result"))
    def outcome(self, job: Job) -> SafeString:
        """Counts, and the file for its owner."""
        counts = [(name, _grouped(count)) for name, count in job.counts.items()]
        context = {"job": job, "counts": counts, "download": _download_address(job)}
        return render_to_string("progress/outcome.html", context)

    @admin.display(description=_("what went wrong"))
    def what_went_wrong(self, job: Job) -> str:
        """For people."""
        return job.explanation

    @admin.display(description=_("parts"))
    def parts(self, job: Job) -> SafeString:
        """The first parts with their bars."""
        rows = job.children.order_by("pk")
        shown = [(part, self.state(part), self.how_far(part)) for part in rows[:MOST_PARTS]]
        return render_to_string("progress/parts.html", {"parts": shown, "count": rows.count()})


def _grouped(number: float) -> str:
    """The number as the reader writes it."""
    return number_format(number, use_l10n=True, force_grouping=True)


def _counted(job: Job) -> str:
    if job.total is not None:
        return gettext("%(done)s of %(total)s") % {"done": _grouped(job.processed), "total": _grouped(job.total)}
    return _grouped(job.processed) if job.processed or job.percent is not None else "—"


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    if hours:
        return gettext("about %(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest // 60}
    if rest >= 60:
        return gettext("about %(minutes)d min %(seconds)d s") % {"minutes": rest // 60, "seconds": rest % 60}
    return gettext("about %(seconds)d s") % {"seconds": rest}


def _download_address(job: Job) -> str:
    """Where the reader gets the file; "" for one that is not theirs, and where the REST interface is not mounted."""
    if not job.file or not is_own(job):
        return ""
    return address_if_any("progress.job-download", job.pk)
