"""What happened, in the back office: the list of events, and one event with all that hangs together with it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from apps.events.admin.filters import ByKind, ByName
from apps.events.features import VIEW, VIEW_DELIVERIES
from apps.events.selectors import chain_of, matching, named_then, visible_deliveries, visible_events
from apps.kernel.admin.access import allows
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.commands.history.labels import record_url
from apps.kernel.commands.history.wording import plain_text
from apps.kernel.commands.models import Action
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.eventbus.wording import event_words
from apps.kernel.registry.naming import ORGANIZATION

MOST_DELIVERIES = 100
MOST_KINDS = 2  # of whose records a list says what they are called today


@register(OutboxEvent)
class EventPage(CommandAdmin):
    """Events of the tenant and of the selected organizations, newest first."""

    view_feature = VIEW
    module = "events"
    icon = "bolt"
    order = 10
    empty_hint = _("Whatever is created, changed, deleted or announced by a module is told here, for a month.")
    list_display = ("happened_at", "what", "record", "organization_id", "cause")
    list_display_links = ("happened_at", "what")
    list_filter = (ByName, ByKind, "created_at")
    search_fields = ("pk",)
    search_help_text = _("Search by an id: event, record, request.")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """Events that the reader may see."""
        return visible_events()

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first, by the index of times."""
        return ["-created_at", "-pk"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Events that the id belongs to."""
        return (queryset.filter(matching(search_term)) if search_term else queryset), False

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the labels of a whole page at once, in as many queries whatever kinds of record stand on it."""
        kinds = Counter(row.entity for row in rows if row.record_id)
        often = {kind for kind, _times in kinds.most_common(MOST_KINDS)}
        labels = labels_of(request)
        labels.fetch((row.entity, row.record_id) for row in rows if row.entity in often)
        labels.take(named_then([row for row in rows if row.record_id and row.entity not in often]))
        for row in rows:
            row.shown_record = labels.link(row.entity, row.record_id)

    @admin.display(description=_("when"))
    def happened_at(self, event: OutboxEvent) -> Any:
        """Time of the event."""
        return event.created_at

    @admin.display(description=_("what"))
    def what(self, event: OutboxEvent) -> str:
        """The event in words."""
        return event_words(event.name)

    @admin.display(description=_("record"))
    def record(self, event: Any) -> str:
        """The record, as a link where it has a page."""
        return event.shown_record  # type: ignore[no-any-return]

    @admin.display(description=_("cause"))
    def cause(self, event: OutboxEvent) -> str:
        """Whether it followed from another event, and why it goes nowhere."""
        if event.parked_reason:
            return event.parked_reason
        return str(_("another event")) if event.causation_id else ""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One event: what it says, where it comes from, what followed, and who was told."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = self.get_object(request, unquote(object_id or ""))
        if event is None or request.method not in {"GET", "HEAD"}:
            raise Http404
        context = {
            **record_frame(self.admin_site, request, event, event_words(event.name)),
            **_shown(event, labels_of(request)),
        }
        return TemplateResponse(request, "events/event.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """An event never changes."""
        raise Http404


def _shown(event: OutboxEvent, labels: Labels) -> dict[str, Any]:
    """What the page of one event shows beside its own columns."""
    chain = chain_of(event)
    around = [*chain.causes, *chain.followers, event]
    labels.fetch((item.entity, item.record_id) for item in around)
    labels.fetch([(ORGANIZATION, event.organization_id)])
    seen = allows(VIEW_DELIVERIES)
    told = visible_deliveries().filter(event_id=event.pk).order_by("subscriber")
    return {
        "facts": [(name, "" if value in (None, "", []) else plain_text(value)) for name, value in _facts(event)],
        "record": labels.link(event.entity, event.record_id),
        "place": labels.link(ORGANIZATION, event.organization_id),
        "change_url": record_url(Action.entity_id, event.action_id),
        "causes": [_linked(item, labels) for item in chain.causes],
        "followers": [_linked(item, labels) for item in chain.followers],
        "sees_deliveries": seen,
        "deliveries": list(told[:MOST_DELIVERIES]) if seen else [],
    }


def _facts(event: OutboxEvent) -> list[tuple[str, Any]]:
    payload: dict[str, Any] = event.payload
    return list(payload.items())


def _linked(event: OutboxEvent, labels: Labels) -> dict[str, Any]:
    return {"event": event, "words": event_words(event.name), "record": labels.text(event.entity, event.record_id)}
