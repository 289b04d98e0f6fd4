"""Who may see and change what in the back office: features of the scope's actor, never Django permissions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from apps.kernel.access.objects import Level
from apps.kernel.access.visible import decide
from apps.kernel.commands.declarations import Command
from apps.kernel.errors import PlatformError
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import scope_or_none

AnyCommand = Command[..., Any]


def allows(feature: str) -> bool:
    """Say whether the actor of the open scope holds the feature; nobody holds one without a scope."""
    scope = scope_or_none()
    return scope is not None and bool(feature) and scope.actor.access.allows(feature)


def may_run(command: AnyCommand | None) -> bool:
    """Say whether the command exists and the actor holds its feature; one without a feature decides inside."""
    return command is not None and (not command.spec.feature or allows(command.spec.feature))


def may_change(record: Any) -> bool:
    """Say whether the record (None: records in general) is open to changes; a restricted one takes a grant."""
    return record is None or decide(record).allows(Level.CHANGE)


def takes_changes(record: Any) -> bool:
    """Say whether the actor may change the record, and its kind has nothing against it (None: records in general)."""
    kind = ENTITIES.get(str(getattr(record, "entity_id", "")))
    if record is None or kind is None:
        return may_change(record)
    try:
        kind.demand_changeable(record)
    except PlatformError:
        return False
    return True


class FeatureGuarded:
    """Django's permission questions, answered by features.

    `view_feature` opens list, detail and history. `manage_feature` opens forms, and each command's own
    feature is asked as well; without a command there is no button for it. `holds_own_things` says of a page that
    everybody who works here sees it, each with what is theirs.
    """

    view_feature: ClassVar[str] = ""
    manage_feature: ClassVar[str] = ""
    holds_own_things: ClassVar[bool] = False
    create_command: ClassVar[AnyCommand | None] = None
    update_command: ClassVar[AnyCommand | None] = None
    delete_command: ClassVar[AnyCommand | None] = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the module stands in the navigation."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether lists and records are shown."""
        return allows(self.view_feature) or allows(self.manage_feature)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a record may be created."""
        return self._manages() and may_run(self.create_command)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a record may be changed."""
        return self._manages() and may_run(self.update_command) and takes_changes(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a record may be deleted."""
        return self._manages() and may_run(self.delete_command) and may_change(obj)

    def _manages(self) -> bool:
        return not self.manage_feature or allows(self.manage_feature)
