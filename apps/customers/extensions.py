"""What the customers module adds elsewhere: links of the navigation, widgets of dashboards, badges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.customers.calculations import Stretch
from apps.customers.features import MERGE, VIEW_COMMENTS, VIEW_INTERACTIONS, WRITE_COMMENTS
from apps.customers.models import Comment, Company, Interaction, InteractionStatus, InteractionType, Person
from apps.customers.models.talking import DEAL, LONGEST_BODY
from apps.customers.selectors import agenda, living_interactions, open_tasks, tenant_zone
from apps.customers.selectors.talking import mentions_of, seen_comments
from apps.customers.services.comments import USER, may_change_comment
from apps.customers.services.importing import CompanyTarget, PersonTarget
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.admin.labels import Labels
from apps.kernel.extensions.badges import Badge, StatusBadge, Tone, status_badge
from apps.kernel.extensions.dashboards import (
    DashboardWidget,
    Entry,
    ListData,
    Setting,
    SettingKind,
    Settings,
    WidgetKind,
    dashboard_widget,
)
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.replacing import Replacement, replacement
from apps.kernel.extensions.spots import spot
from apps.kernel.extensions.tabs import RecordTab, record_tab
from apps.kernel.extensions.timelines import Asking, Moment, TimelineSource, timeline_source
from apps.kernel.imports.resources.targets import tailored_target
from apps.kernel.tenancy.scope import current_scope

CALENDAR, TASKS = "admin:customers_calendar", "admin:customers_tasks"
AHEAD: Final = timedelta(days=60)
TONES: Final = {InteractionStatus.DONE: Tone.GOOD, InteractionStatus.CANCELLED: Tone.CAREFUL}
LIMIT: Final = Setting("limit", _("At most"), SettingKind.INTEGER, 8, minimum=1, maximum=50)


def _own() -> Any:
    """What the reader is in charge of; nothing for programs."""
    person = person_of(current_scope().actor)
    rows = living_interactions()
    return rows.filter(owner_id=person) if person is not None else rows.none()


def _page(row: Interaction) -> str:
    return reverse("admin:customers_interaction_change", args=[row.pk])


def show_next(settings: Settings, period: Period) -> ListData:
    """What the reader has planned from now on; the period is of no account."""
    now = clock.now()
    planned = _own().filter(status=InteractionStatus.PLANNED).exclude(type=InteractionType.TASK)
    found = [item for item in agenda(now, now + AHEAD, planned).entries if item.occurrence.status == "planned"]
    return ListData(
        [
            Entry(
                item.interaction.title,
                date_format(timezone.localtime(item.occurrence.starts_at), "SHORT_DATETIME_FORMAT"),
                _page(item.interaction),
                icon="event",
            )
            for item in found[: settings["limit"]]
        ],
        empty=_("Nothing is planned for the next weeks."),
    )


def show_tasks(settings: Settings, period: Period) -> ListData:
    """The reader's open tasks, the nearest first; the period is of no account."""
    zone = tenant_zone()
    found = open_tasks(_own().filter(type=InteractionType.TASK), now=clock.now(), zone=zone)
    return ListData(
        [
            Entry(
                task.interaction.title,
                date_format(timezone.localtime(task.due), "SHORT_DATE_FORMAT") if task.due is not None else "",
                _page(task.interaction),
                icon="task_alt",
                tone="danger" if task.stretch is Stretch.OVERDUE else "neutral",
            )
            for task in found[: settings["limit"]]
        ],
        empty=_("Nothing is left to do."),
    )


def _leads(name: str) -> Any:
    return lambda settings, period: reverse(name)


for widget_id, title, data, description, icon, page, priority in (
    (
        "customers.next_interactions",
        _("Next interactions"),
        show_next,
        _("What you have planned with customers."),
        "event_upcoming",
        CALENDAR,
        32,
    ),
    (
        "customers.my_tasks",
        _("My tasks"),
        show_tasks,
        _("Open tasks that you are in charge of."),
        "task_alt",
        TASKS,
        31,
    ),
):
    dashboard_widget(
        DashboardWidget(
            widget_id,
            title,
            WidgetKind.LIST,
            data,
            description=description,
            icon=icon,
            settings=(LIMIT,),
            features=(VIEW_INTERACTIONS,),
            priority=priority,
            is_standard=True,
            drill_through=_leads(page),
        )
    )

# Beside the list of interactions, which stands at -30.
menu_item(
    MenuItem(
        "customers.calendar",
        _("Calendar"),
        CALENDAR,
        icon="calendar_month",
        group="customers",
        priority=-31,
        features=(VIEW_INTERACTIONS,),
    )
)
menu_item(
    MenuItem(
        "customers.tasks",
        _("Tasks"),
        TASKS,
        icon="task_alt",
        group="customers",
        priority=-32,
        features=(VIEW_INTERACTIONS,),
    )
)


def badge_of(row: Interaction) -> Badge | None:
    """How far it is, and that nobody else sees it."""
    if row.is_restricted:
        return Badge(_("Only you see this"), Tone.CAREFUL, icon="lock")
    status = InteractionStatus(row.status)
    return Badge(status.label, TONES[status]) if status in TONES else None


status_badge(StatusBadge("customers.interaction_status", Interaction.entity_id, badge_of))

menu_item(
    MenuItem(
        "customers.duplicates",
        _("Duplicates"),
        "admin:customers_duplicates",
        icon="merge",
        group="customers",
        priority=-70,
        features=(MERGE,),
    )
)


def fetch_comments(asking: Asking) -> list[Moment]:
    """Comments on the records; three queries."""
    field = "deal_id" if asking.entity == DEAL else "customer_id"
    rows = seen_comments().filter(**{f"{field}__in": asking.ids})
    if asking.until is not None:
        rows = rows.filter(created_at__lte=asking.until)
    found = list(rows.order_by("-created_at", "-pk")[: asking.limit])
    mentioned = mentions_of(row.pk for row in found) if found else {}
    labels = Labels()
    people = {row.author_id for row in found} | {item for ids in mentioned.values() for item in ids}
    labels.fetch((USER, item) for item in people if item)
    return [_moment(row, labels, [labels.text(USER, item) for item in mentioned.get(row.pk, ())]) for row in found]


def _moment(row: Comment, labels: Labels, mentioned: list[str]) -> Moment:
    may_change = may_change_comment(row.author_id, current_scope().actor)
    return Moment(
        row.created_at,
        row.pk.hex,
        title=_("Comment"),
        who=labels.text(USER, row.author_id) if row.author_id else "",
        text=row.body,
        template="customers/timeline_comment.html",
        values={"comment": row, "mentioned": mentioned, "may_change": may_change, "is_edited": row.version > 1},
        facts={"comment_id": str(row.pk), "author_id": str(row.author_id) if row.author_id else None},
    )


timeline_source(
    TimelineSource(
        "customers.comments",
        _("Comments"),
        "customers.*",
        fetch_comments,
        icon="chat",
        offered=lambda entity: entity in {"customers.person", "customers.company", DEAL},
        priority=80,
        features=(VIEW_COMMENTS,),
    )
)


def overview_of(record: Any) -> str:
    """Where the overview of a person or company stands; "" for other records of the module."""
    if not isinstance(record, Person | Company):
        return ""
    return reverse(f"admin:customers_{record._meta.model_name}_overview", args=[record.pk])


def composing(record: Any) -> dict[str, Any]:
    """Variables of the form for a comment on the record."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}"
    return {
        "comment_url": reverse(f"{name}_comment", args=[record.pk]),
        "mentionable_url": reverse(f"{name}_mentionable"),
        "longest": LONGEST_BODY,
    }


def with_composer(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Variables of the form for a comment, above the timeline of a person or company."""
    return composing(given["original"])


spot("detail:*:overview", "the overview of a person or company, among its cards")
spot("detail:*:overview-side", "the overview of a person or company, beside its cards")
record_tab(RecordTab("customers.overview", _("Overview"), "customers.*", overview_of, leads=True))
for _kind in (Person, Company):
    replacement(
        Replacement(
            f"customers.{_kind._meta.model_name}_timeline",
            f"page:customers/{_kind._meta.model_name}/*/timeline",
            wrapper="customers/timeline.html",
            context=with_composer,
            features=(WRITE_COMMENTS,),
        )
    )

tailored_target(Person.entity_id, PersonTarget)
tailored_target(Company.entity_id, CompanyTarget)
