"""What readers do with notifications of their own: read, put away, bring back, press an action."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import COMMANDS, CommandSpec, command
from apps.kernel.commands.executor import execute
from apps.kernel.commands.running import about, label_of
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, in_organization, using_scope
from apps.kernel.tenancy.selection import allowed_organizations
from apps.notifications.errors import ActionUnavailable, ActionUnknown, AlreadyActioned, NotActionable
from apps.notifications.events import NOTIFICATION_CHANGED
from apps.notifications.models import Notification, Status
from apps.notifications.selectors import own, own_notifications

OWN: Final = "everybody decides about notifications of their own"
MOVED: Final = gettext_lazy("it is moved back by hand.")
Values = Mapping[str, Any]
# How JSON becomes the arguments of a command, by the name of their type.
READ_AS: Final[Mapping[str, Callable[[str], Any]]] = {
    "UUID": UUID,
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


@command("notifications.notification.read", open_reason=OWN, undoable=False, undo_reason=MOVED)
def mark_read(notification_id: UUID) -> Notification:
    """Mark an unread one as read; others stay as they are. Raises RowNotFound."""
    row = _locked(notification_id)
    return _moved(row, Status.READ) if row.status == Status.UNREAD else row


@command("notifications.notification.dismiss", open_reason=OWN, undoable=False, undo_reason=MOVED)
def dismiss(notification_id: UUID) -> Notification:
    """Put one away. Raises RowNotFound."""
    row = _locked(notification_id)
    return _moved(row, Status.DISMISSED) if row.status != Status.DISMISSED else row


@command("notifications.notification.restore", open_reason=OWN, undoable=False, undo_reason=MOVED)
def restore(notification_id: UUID) -> Notification:
    """Bring one back that was put away, as read, or as done where an action was pressed. Raises RowNotFound."""
    row = _locked(notification_id)
    if row.status != Status.DISMISSED:
        return row
    return _moved(row, Status.ACTIONED if row.action_taken else Status.READ)


@command(
    "notifications.notification.read_all",
    open_reason=OWN,
    undoable=False,
    undo_reason=gettext_lazy("what has been read cannot be unread."),
    bulk=True,
)
def mark_all_read() -> int:
    """Mark everything as read, in one statement; how many there were."""
    now = clock.now()
    rows = own_notifications().filter(status=Status.UNREAD)
    changed = rows.update(status=Status.READ, read_at=now, updated_at=now)
    if changed:
        _tell(None, Status.READ)
    return changed


@command(
    "notifications.notification.act",
    open_reason="the command behind the action asks for its own feature",
    undoable=False,
    undo_reason=gettext_lazy("what its command has changed stands in the history of its own records."),
)
def act(notification_id: UUID, *, action_id: str) -> Notification:
    """Run the command of an action with the reader's access, where it happened; once for each notification.

    Of two at the same moment the second waits and hears AlreadyActioned. A command that refuses takes everything
    back. Raises RowNotFound, AlreadyActioned, NotActionable, ActionUnknown, ActionUnavailable, and what the command
    raises.
    """
    row = _locked(notification_id)
    order = row.orders.get(action_id)
    if order is None:
        raise ActionUnknown(errors=(FieldError("action_id", ActionUnknown.code, str(ActionUnknown.message)),))
    if row.action_taken:
        raise AlreadyActioned(action=row.action_taken)
    if row.status == Status.DISMISSED:
        raise NotActionable(status=row.status, allowed=[str(Status.UNREAD), str(Status.READ)])
    with _where_it_happened(row):
        result = _run(order)
    row.action_taken, row.action_result = action_id, _told(result)
    moved = _moved(row, Status.ACTIONED)
    about(row)
    return moved


def _locked(notification_id: UUID) -> Notification:
    """The reader's own row, held against other changes; one that has expired or is another's is not there."""
    rows = own_notifications().select_for_update(no_key=True, of=("self",))
    row: Notification | None = rows.filter(pk=notification_id).first()
    if row is None:
        raise RowNotFound
    return row


def _moved(row: Notification, status: Status) -> Notification:
    row.status = status
    row.read_at = row.read_at or clock.now()
    row.save(update_fields=["status", "read_at", "action_taken", "action_result"])
    _tell(row.pk, status)
    return row


def _tell(notification_id: UUID | None, status: Status) -> None:
    reader_id: Any = own()["recipient_id"]
    NOTIFICATION_CHANGED.emit(recipients=[reader_id], resource_id=notification_id, status=str(status))


@contextmanager
def _where_it_happened(row: Notification) -> Iterator[None]:
    """The reader's scope, working in the notification's organization where they may."""
    scope, place = current_scope(), row.source_organization_id
    if place is None or place == scope.organization_id:
        yield
        return
    if place not in allowed_organizations(scope.actor, service(OrganizationTree)):
        yield
        return
    with using_scope(in_organization(scope, place)):
        yield


def _run(order: Values) -> Any:
    spec = COMMANDS.get(str(order["command"]))
    if spec is None:  # the module is not installed any more
        raise ActionUnavailable
    return execute(spec, (), _arguments(spec, order["input"]))


def _arguments(spec: CommandSpec, values: Values) -> dict[str, Any]:
    """The values as the command wants them. Raises ActionUnavailable where it wants others by now."""
    try:
        typed = {name: _typed(spec.signature.parameters[name].annotation, value) for name, value in values.items()}
        spec.signature.bind(**typed)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise ActionUnavailable from None
    return typed


def _typed(annotation: Any, value: Any) -> Any:
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    read = READ_AS.get(name.removesuffix(" | None"))
    return read(value) if read is not None and value is not None else value


def _told(result: Any) -> dict[str, str]:
    """What the reader is told of the result: the record, where there is one."""
    if not isinstance(result, models.Model):
        return {}
    return {"entity": str(getattr(result, "entity_id", "")), "id": str(result.pk), "label": label_of(result)}
