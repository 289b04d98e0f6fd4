"""The history in the back office: every change of the tenant, its diff, and the way to take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.audit_logs.admin.filters import ByActor, ByCommand, ByEntity, ByField, BySource, ByState
from apps.audit_logs.features import VIEW_SELF, VIEW_TENANT
from apps.kernel.admin.access import allows
from apps.kernel.admin.actions import entries_of
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.commands.history.labels import record_url
from apps.kernel.commands.history.visibility import readable_action, visible_actions
from apps.kernel.commands.history.wording import area_words, command_words, door_words, kind_words, plain_text
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import seeing_all_of
from apps.kernel.commands.undo.plan import undone_actions


@register(Action)
class ActionAdmin(CommandAdmin):
    """Everything that happened, newest first; own changes only without the right to see all."""

    view_feature = VIEW_SELF
    module = "audit_logs"
    icon = "history"
    empty_hint = _("Every change of every record appears here.")
    list_display = ("happened_at", "who", "what", "record", "came_from", "state")
    list_filter = (ByActor, ByEntity, ByField, ByCommand, BySource, ByState, "created_at")
    list_display_links = ("happened_at",)
    sortable_by = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Own changes or everybody's."""
        return allows(VIEW_SELF) or allows(VIEW_TENANT)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Outermost actions that the reader may see."""
        return visible_actions()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The outermost action of an address, if the reader may see it."""
        try:
            return readable_action(UUID(object_id)).filter(parent_id=None).first()
        except ValueError:
            return None

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first, by the index of times."""
        return ["-created_at", "-pk"]

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Find out for the whole page which actions have been taken back."""
        undone = undone_actions([row.pk for row in rows]) if rows else set()
        for row in rows:
            row.is_undone = row.pk in undone

    @admin.display(description=_("when"))
    def happened_at(self, action: Action) -> Any:
        """Time of the action."""
        return action.created_at

    @admin.display(description=_("who"))
    def who(self, action: Action) -> str:
        """Name at the time."""
        return action.who

    @admin.display(description=_("what"))
    def what(self, action: Action) -> str:
        """The command in words."""
        return f"{command_words(action.command)} · {area_words(action)}"

    @admin.display(description=_("record"))
    def record(self, action: Action) -> str:
        """Kind and label, as a link where the record has a page."""
        kind = capfirst(kind_words(action.resource_entity, action.command))
        if address := record_url(action.resource_entity, action.resource_id):
            return format_html('{} <a href="{}" class="text-link">{}</a>', kind, address, action.resource_label or "…")
        return f"{kind} {action.resource_label}".strip()

    @admin.display(description=_("where from"))
    def came_from(self, action: Action) -> str:
        """The door."""
        return door_words(action.source)

    @admin.display(description=_("state"))
    def state(self, action: Action) -> Any:
        """Whether it still counts."""
        return _("undone") if getattr(action, "is_undone", False) else ""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One action: who, when, from where, with what input, and what it changed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        action = self.get_object(request, unquote(object_id or ""))
        if action is None or request.method not in {"GET", "HEAD"}:
            raise Http404
        inner = Action.objects.filter(parent_id=action.pk).order_by("pk")[:50]
        with seeing_all_of(action):
            [entry] = entries_of([action], labels_of(request))
        context = {
            **record_frame(self.admin_site, request, action, entry.words),
            "step": f"{entry.words} {action.resource_label}".strip(),
            "page": self,
            "door": door_words(action.source),
            "entry": entry,
            "entries": [entry],
            "inner": [
                (command_words(item.command), kind_words(item.resource_entity, item.command), item.resource_label)
                for item in inner
            ],
            "given": [(name, plain_text(value)) for name, value in sorted(action.input.items()) if value is not None],
        }
        return TemplateResponse(request, "backoffice/action.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """The history has no history."""
        raise Http404
