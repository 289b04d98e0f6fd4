"""What the history adds elsewhere: who changed a record last, the reason that a caller gives, widgets of dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.audit_logs.errors import ReasonInvalid
from apps.audit_logs.features import VIEW_TENANT
from apps.audit_logs.selectors import changes_by_area, changes_by_person, latest_of_others
from apps.kernel.admin.actions import Entry, entries_of
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.commands.history.diffs import ActionDiff
from apps.kernel.commands.history.latest import last_changes
from apps.kernel.commands.history.recent import recent_actions
from apps.kernel.commands.history.visibility import may_see_history
from apps.kernel.errors import FieldError
from apps.kernel.extensions.dashboards import (
    ChartData,
    DashboardWidget,
    Drawing,
    Series,
    Setting,
    SettingKind,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.enrichers import Values, response_enricher
from apps.kernel.extensions.interceptors import Call, Changes, Interceptor, api_interceptor
from apps.kernel.extensions.periods import Period, stretch_words
from apps.kernel.extensions.spots import Place, Widget, widget
from apps.kernel.extensions.timelines import Asking, Moment, TimelineSource, timeline_source
from apps.kernel.registry.entities import ENTITIES, Entity

REASON = "X-Change-Reason"
LONGEST_REASON = 200
LATEST = 8
MOST_ROWS = 3  # of one change, on a timeline


def keeps_versions(entity: Entity) -> bool:
    """Say whether records of the kind have a version, which every change counts up."""
    return any(field.name == "version" for field in entity.model._meta.local_concrete_fields)


@response_enricher(
    "audit_logs.last_change",
    entity="*",
    applies=keeps_versions,
    features=(VIEW_TENANT,),
    shape={
        "properties": {
            "changed_by": {"type": "string"},
            "changed_at": {"type": "string", "format": "date-time"},
        }
    },
)
def add_last_change(ids: Sequence[UUID]) -> Values:
    """Say who changed the records last and when, as far as the reader may know; one query for all of them."""
    return {key: {"changed_by": item.who, "changed_at": item.when} for key, item in last_changes(ids).items()}


def show_last_change(place: Place) -> dict[str, object] | None:
    """Variables of the line above a record's form; None where nobody was seen to change the record."""
    found = last_changes([place.record.pk]) if place.record is not None else {}
    return {"change": found[place.record.pk]} if found else None


def show_colleagues(place: Place) -> dict[str, object] | None:
    """Variables of what others changed lately; None for nothing."""
    entries = entries_of(latest_of_others(LATEST), labels_of(place.request), with_diffs=False)
    return {"entries": entries} if entries else None


def take_reason(call: Call) -> Changes | None:
    """Keep the reason that the caller gives with what the request changes. Raises ReasonInvalid.

    An empty one is refused: it may have been one whose letters the server could not hand on.
    """
    if REASON not in call.headers:
        return None
    given = call.headers[REASON].strip()
    if not given or len(given) > LONGEST_REASON or not (given.isascii() and given.isprintable()):
        raise ReasonInvalid(errors=(FieldError(REASON, ReasonInvalid.code, str(ReasonInvalid.message)),))
    return Changes(reason=_unquoted(given))


def _unquoted(text: str) -> str:
    """The text behind `%C3%BC` and the like; what is no such writing of something printable stays as it is."""
    try:
        read = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return read if read.isprintable() else text


def keeps_history(entity: str) -> bool:
    """Say whether the actor may see what became of records of the kind."""
    kind = ENTITIES.get(entity)
    return kind is not None and bool(getattr(kind.model, "audited", False)) and may_see_history()


def fetch_changes(asking: Asking) -> list[Moment]:
    """Actions about the record, those that touched its row, and those that touched rows which point to it."""
    model = ENTITIES[asking.entity].model
    [record_id] = asking.ids
    actions = recent_actions(record_id, model=model, limit=asking.limit, until=asking.until)
    entries = entries_of(actions, Labels(), record_id=record_id, model=model)
    return [
        Moment(
            item.when,
            item.action.pk.hex,
            title=item.words,
            who=item.action.who,
            text=item.action.resource_label if _is_related(item, record_id) else "",
            url=item.url if _is_related(item, record_id) else "",
            template="audit_logs/timeline_change.html",
            values={
                "entry": item,
                "diff": _shortened(item.diff, record_id),
                "is_related": _is_related(item, record_id),
            },
            facts=_facts(item, record_id),
        )
        for item in entries
    ]


def _facts(entry: Entry, record_id: UUID) -> dict[str, object]:
    """The same for programs: the command, and row by row the fields with both values in words."""
    shown = _shortened(entry.diff, record_id)
    rows = [
        {
            "entity": row.entity,
            "id": str(row.row_id),
            "label": row.label,
            "happened": row.happened,
            "fields": [
                {"field": item.name, "label": item.label, "before": item.old, "after": item.new} for item in row.fields
            ],
        }
        for row in shown.rows
    ]
    facts = {"action_id": str(entry.action.pk), "command": entry.action.command, "is_undone": entry.is_undone}
    return {**facts, "changes": rows, "more": shown.more}


def _is_related(entry: Entry, record_id: UUID) -> bool:
    """Say whether the change was about another record than the one whose timeline it is."""
    return entry.action.resource_id not in {None, record_id}


def _shortened(diff: ActionDiff, record_id: UUID) -> ActionDiff:
    """The record's own row first, and few of the others."""
    rows = sorted(diff.rows, key=lambda row: row.row_id != record_id)
    return ActionDiff(rows[:MOST_ROWS], diff.more + max(0, len(rows) - MOST_ROWS))


# A timeline without the changes is none, so they are waited for longer than what modules add.
timeline_source(
    TimelineSource(
        "audit_logs.changes",
        _("Changes"),
        "*",
        fetch_changes,
        icon="edit_note",
        offered=keeps_history,
        priority=100,
        seconds=10.0,
    )
)
widget(
    Widget(
        "audit_logs.last_change_line",
        "crud-form:*:header",
        "audit_logs/last_change.html",
        context=show_last_change,
        features=(VIEW_TENANT,),
    )
)
widget(
    Widget(
        "audit_logs.colleagues",
        "backend:dashboard:footer",
        "audit_logs/colleagues.html",
        context=show_colleagues,
        features=(VIEW_TENANT,),
    )
)


def show_changes(settings: Settings, period: Period) -> ChartData:
    """Changes by time, a layer for each module, the liveliest ones first."""
    days, cut = period.stretches(), period.granularity
    areas = changes_by_area(period)
    series = [Series(name, [counts.get(day, 0) for day in days]) for name, counts in areas.items()]
    labels = [stretch_words(day, cut) for day in days]
    return ChartData(labels, series, drawing=Drawing.STACKED, axis=_("Day") if cut == "day" else _("Time"))


def show_people(settings: Settings, period: Period) -> ChartData:
    """Who changed how much."""
    found = changes_by_person(period, limit=settings["limit"])
    return ChartData(
        [name for name, _count in found], [Series(_("Changes"), [count for _name, count in found])], axis=_("Who")
    )


def all_changes(settings: Settings, period: Period) -> str:
    """The list of the period's changes."""
    address = reverse("admin:kernel_action_changelist")
    return (
        f"{address}?created_at__gte={period.since:%Y-%m-%dT%H:%M:%SZ}&created_at__lt={period.until:%Y-%m-%dT%H:%M:%SZ}"
    )


dashboard_widget(
    DashboardWidget(
        "audit_logs.changes_by_day",
        _("Changes by module"),
        WidgetKind.CHART,
        show_changes,
        description=_("How many changes there were day by day, and in which modules."),
        icon="history",
        width=Width.LG,
        features=(VIEW_TENANT,),
        priority=50,
        is_standard=True,
        drill_through=all_changes,
    )
)
dashboard_widget(
    DashboardWidget(
        "audit_logs.people",
        _("Changes by person"),
        WidgetKind.CHART,
        show_people,
        description=_("Who changed the most in the period."),
        icon="group",
        width=Width.LG,
        settings=(Setting("limit", _("At most"), SettingKind.INTEGER, 10, minimum=1, maximum=50),),
        features=(VIEW_TENANT,),
        priority=40,
        is_standard=True,
        drill_through=all_changes,
    )
)
api_interceptor(
    Interceptor(
        "audit_logs.change_reason",
        "*",
        methods=("POST", "PUT", "PATCH", "DELETE"),
        before=take_reason,
        headers={REASON: "Why you change it, kept in the history; letters beyond ASCII as percent-encoded UTF-8."},
    )
)
