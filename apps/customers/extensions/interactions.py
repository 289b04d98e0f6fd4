"""What the customers module adds elsewhere: links, widgets of dashboards, badges, actions, moments of timelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.customers.calculations import Occurrence, Stretch
from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models import (
    Company,
    Deal,
    Interaction,
    InteractionStatus,
    InteractionType,
    OccurrenceChange,
    OccurrenceState,
    Person,
)
from apps.customers.selectors import Entry as AgendaEntry
from apps.customers.selectors import agenda, living_interactions, open_tasks, takes_more, tenant_zone
from apps.kernel import clock
from apps.kernel.access.visible import person_of
from apps.kernel.admin.labels import Labels
from apps.kernel.extensions.actions import RecordAction, record_action
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
from apps.kernel.extensions.timelines import Asking, Moment, TimelineSource, timeline_source
from apps.kernel.tenancy.scope import current_scope

CALENDAR, TASKS, OCCURRENCE = "admin:customers_calendar", "admin:customers_tasks", "admin:customers_occurrence"
USER: Final = "auth.user"
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


def _note(row: Interaction, item: Occurrence | None, form: str) -> str:
    """When, and with whom: whoever sees the interaction sees its customer."""
    when = date_format(item.begins_in(timezone.get_current_timezone()), form) if item is not None else ""
    return " · ".join(part for part in (when, row.customer.name if row.customer else "") if part)


def show_next(settings: Settings, period: Period) -> ListData:
    """What the reader has planned from now on; the period is of no account."""
    now = clock.now()
    planned = _own().filter(status=InteractionStatus.PLANNED).exclude(type=InteractionType.TASK)
    entries = agenda(now, now + AHEAD, planned.select_related("customer")).entries
    nearest: dict[UUID, AgendaEntry] = {}
    for item in entries:  # of a series the nearest one
        if item.occurrence.status == "planned":
            nearest.setdefault(item.interaction.pk, item)
    return ListData(
        [
            Entry(
                item.interaction.title,
                _note(item.interaction, item.occurrence, "SHORT_DATETIME_FORMAT"),
                _page(item.interaction),
                icon="event",
            )
            for item in list(nearest.values())[: settings["limit"]]
        ],
        empty=_("Nothing is planned for the next weeks."),
    )


def show_tasks(settings: Settings, period: Period) -> ListData:
    """The reader's open tasks, the nearest first; the period is of no account."""
    rows = _own().filter(type=InteractionType.TASK).select_related("customer")
    found = open_tasks(rows, now=clock.now(), zone=tenant_zone()).tasks
    return ListData(
        [
            Entry(
                task.interaction.title,
                _note(task.interaction, task.occurrence, "SHORT_DATE_FORMAT"),
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


def fetch_done(asking: Asking) -> list[Moment]:
    """What was done with the customers, or for the deals, and who was in charge of it; ones of series stand where they
    took place. Three queries."""
    field = "deal_id" if asking.entity == Deal.entity_id else "customer_id"
    rows = living_interactions().filter(**{f"{field}__in": asking.ids})
    done = rows.filter(status=InteractionStatus.DONE, occurred_at__isnull=False)
    ones = OccurrenceChange.objects.filter(state=OccurrenceState.DONE, interaction__in=rows.exclude(recurrence=""))
    if asking.until is not None:
        done, ones = done.filter(occurred_at__lte=asking.until), ones.filter(starts_at__lte=asking.until)
    found = list(done.order_by("-occurred_at", "-pk")[: asking.limit])
    single = list(ones.select_related("interaction").order_by("-starts_at", "-pk")[: asking.limit])
    labels = Labels()
    every = [*found, *(one.interaction for one in single)]
    labels.fetch((USER, row.owner_id or row.author_id) for row in every if row.owner_id or row.author_id)
    moments = [_moment(row, labels) for row in found]
    moments += [replace(_moment(one.interaction, labels), **_place_of(one)) for one in single]
    return sorted(moments, key=lambda item: (item.when, item.key), reverse=True)[: asking.limit]


def _place_of(one: OccurrenceChange) -> dict[str, Any]:
    """When one of a series took place, and where it leads."""
    asked = urlencode({"id": one.interaction_id, "at": one.original_at.isoformat()})
    return {"when": one.starts_at, "key": one.pk.hex, "url": f"{reverse(OCCURRENCE)}?{asked}"}


def _moment(row: Interaction, labels: Labels) -> Moment:
    person = row.owner_id or row.author_id
    return Moment(
        row.occurred_at or row.updated_at,
        row.pk.hex,
        title=row.title,
        who=labels.text(USER, person) if person is not None else "",
        text=str(row.get_type_display()),
        url=_page(row),
    )


def plan_with(ids: Sequence[UUID]) -> str:
    """The form of a new interaction with the customer."""
    return f"{reverse('admin:customers_interaction_add')}?customer_id={ids[0]}"


def plan_for(ids: Sequence[UUID]) -> str:
    """The form of a new interaction for the deal."""
    return f"{reverse('admin:customers_interaction_add')}?deal_id={ids[0]}"


for kind in (Person, Company, Deal):
    timeline_source(
        TimelineSource(
            f"customers.interactions_of_{kind._meta.model_name}",
            _("Interactions"),
            kind.entity_id,
            fetch_done,
            icon="event",
            priority=60,
            features=(VIEW_INTERACTIONS,),
        )
    )
    record_action(
        RecordAction(
            f"customers.plan_with_{kind._meta.model_name}",
            kind.entity_id,
            _("Plan something"),
            address=plan_for if kind is Deal else plan_with,
            icon="event",
            shown=takes_more,
            in_row=True,
            features=(MANAGE_INTERACTIONS,),
        )
    )
