"""Takes what is to be said, inside the transaction that gives the reason for it; workers say it after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy

from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.registry.notices import NOTIFICATION_TYPES, Audience, staff
from apps.kernel.templating import InvalidDocument, TemplateTooLarge
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.queueing import enqueue
from apps.notifications.errors import TypeNotByHand, VariablesInvalid
from apps.notifications.features import CREATE
from apps.notifications.models import Notice
from apps.notifications.services.rendering import language_of
from apps.notifications.services.wording import group_of, link_of, orders_of, plain, worded

NOTICE_WORK = "notifications.notice"
SAID = gettext_lazy("what has been said cannot be taken back.")


class StoredNotifier:
    """The kernel's port `Notifier`."""

    def notify(
        self,
        kind: str,
        to: Audience | Iterable[UUID],
        variables: Mapping[str, Any],
        *,
        about: tuple[str, UUID] | None = None,
        link: str = "",
    ) -> None:
        """Have workers tell an audience something after the commit; see the port."""
        post(kind, to if isinstance(to, Audience) else staff(*to), variables, about=about, link=link)


def post(
    kind: str,
    to: Audience,
    variables: Mapping[str, Any],
    *,
    about: tuple[str, UUID] | None = None,
    link: str = "",
) -> Notice | None:
    """Note what is to be said to whom, in the caller's transaction; None for an audience of nobody.

    The texts are tried out at once. Raises NotRegistered for a type that nobody declared, InvalidDocument for a
    variable that is missing, NotificationLinkRefused.
    """
    declared, known = NOTIFICATION_TYPES[kind], plain(variables)
    worded(declared, known, language_of(get_language() or ""))
    orders_of(declared, known)
    group_of(declared, known)
    leads_to = link_of(declared, known, link=link, about=about)
    if not (to.ids or to.role or to.feature):
        return None
    entity, record_id = about or ("", None)
    notice = Notice(
        type=kind,
        variables=known,
        recipient_kind=to.kind,
        recipient_ids=sorted(set(to.ids)),
        role=to.role,
        feature=to.feature,
        link=leads_to,
        source_entity=entity,
        source_id=record_id,
        source_organization_id=current_scope().organization_id,
    )
    notice.save(force_insert=True)
    enqueue(NOTICE_WORK, notice.pk)
    return notice


@command(
    "notifications.notice.create", feature=CREATE, resource="notifications.notice", undoable=False, undo_reason=SAID
)
def create_notice(
    type_id: str, *, to: Audience, variables: Mapping[str, Any], link: str = "", about: Sequence[Any] = ()
) -> UUID | None:
    """Send a notification of a type that may be sent by hand; the id of what waits to be said.

    Raises TypeNotByHand for other types and unknown ones, VariablesInvalid, NotificationLinkRefused.
    """
    declared = NOTIFICATION_TYPES.get(type_id)
    if declared is None or not declared.by_hand:
        raise _complaint(TypeNotByHand, "type")
    entity_and_id = (str(about[0]), about[1]) if about else None
    try:
        notice = post(type_id, to, variables, about=entity_and_id, link=link)
    except (InvalidDocument, TemplateTooLarge) as error:
        raise _complaint(VariablesInvalid, "variables", reason=str(error.context.get("reason", error.code))) from None
    return notice.pk if notice is not None else None


def _complaint(kind: type[InvalidInput], field: str, **context: str) -> InvalidInput:
    complaint = FieldError(field, kind.code, str(kind.message).format_map(context))
    return kind(errors=(complaint,), **context)
