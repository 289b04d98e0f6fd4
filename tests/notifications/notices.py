"""Kinds of notification that tests declare, and ways to send and look at what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils.functional import lazystr
from django.utils.translation import get_language

from apps.auth.models import User
from apps.currencies.models import Currency
from apps.currencies.services import create_currency
from apps.kernel.ports import Notifier
from apps.kernel.registry.notices import (
    DIGEST,
    EMAIL,
    IN_APP,
    NOTIFICATION_TYPES,
    Audience,
    NoticeAction,
    Variant,
    notification_type,
)
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Notification
from tests.auth.factories import acting_as, reading_in
from tests.support.scopes import House

PLAIN, GROUPED, LOUD, ASKING = "tests.plain", "tests.grouped", "tests.loud", "tests.asking"
BRIEF, MAILED, DIGESTED = "tests.brief", "tests.mailed", "tests.digested"
TYPES = (PLAIN, GROUPED, LOUD, ASKING, BRIEF, MAILED, DIGESTED)


class Spoken:
    """A text in the language that is active when it is asked for, as a translation would be."""

    def __str__(self) -> str:
        """Name the language."""
        return f"[{get_language()}] {{{{ number }}}}"


@contextmanager
def declared() -> Iterator[None]:
    """Declare the kinds for the length of the block."""
    notification_type(
        PLAIN, label="Plain", title="Order {{ number }}", body="Hello.\n\n1 < 2", link="/orders/{{ number }}/"
    )
    notification_type(GROUPED, label="Grouped", title=lazystr(Spoken()), body="{{ number }}", group_key="g {{ group }}")
    notification_type(LOUD, label="Loud", title="Fire {{ number }}", severity="error", icon="warning")
    notification_type(
        ASKING,
        label="Asking",
        title="Rename {{ number }}?",
        actions=(
            NoticeAction(
                "rename",
                "Rename",
                command="currencies.currency.update",
                input={"currency_id": "id", "name": "name"},
                variant=Variant.PRIMARY,
            ),
            NoticeAction(
                "remove",
                "Delete",
                command="currencies.currency.delete",
                input={"currency_id": "id"},
                variant=Variant.DANGER,
                confirm="Delete it?",
            ),
            NoticeAction("look", "Look", href="/backend/?n={{ number }}"),
        ),
    )
    notification_type(BRIEF, label="Brief", title="Brief {{ number }}", expires_after=2, group_key="all")
    notification_type(MAILED, label="Mailed", title="Mailed {{ number }}", body="By mail.", channels=(IN_APP, EMAIL))
    notification_type(DIGESTED, label="Digested", title="Digested {{ number }}", channels=(IN_APP, DIGEST))
    try:
        yield
    finally:
        for name in TYPES:
            NOTIFICATION_TYPES.remove(name)


def tell(
    house: House,
    to: Audience | Iterable[UUID] | User,
    kind: str = PLAIN,
    *,
    scope: Scope | None = None,
    **variables: Any,
) -> None:
    """Leave something to be said, in a transaction of its own."""
    audience = [to.pk] if isinstance(to, User) else to
    with using_scope(scope or house.scope()), scoped_transaction():
        service(Notifier).notify(kind, audience, {"number": 7, **variables})


def said(house: House, to: Audience | Iterable[UUID] | User, kind: str = PLAIN, **details: Any) -> None:
    """Leave it, and have workers say it."""
    tell(house, to, kind, **details)
    sweep()


def make_notification(house: House, user: User, **values: Any) -> Notification:
    """A row without anybody's having said anything."""
    given = {"type": "notifications.message", "title": "Lunch", **values}
    with reading_in(house):
        row = Notification(recipient_kind="staff", recipient_id=user.pk, **given)
        row.save(force_insert=True)
    return row


def asking(house: House, user: User, **details: Any) -> tuple[Notification, Currency]:
    """A notification with actions about a currency of North."""
    with using_scope(house.scope(house.north)):
        currency = create_currency(code="EUR")
    said(house, user, ASKING, scope=house.scope(house.north), id=currency.pk, name="Euro money", **details)
    return only(house, user), currency


def notifications(house: House, user: User | None = None) -> list[Notification]:
    """What was said, the newest last; to one person or to all."""
    with reading_in(house):
        rows = Notification.objects.order_by("happened_at", "recipient_id")
        return list(rows.filter(recipient_id=user.pk) if user is not None else rows)


def only(house: House, user: User | None = None) -> Notification:
    """The one notification that there is."""
    [found] = notifications(house, user)
    return found


def now(house: House, row: Notification) -> Notification:
    """The notification as it stands."""
    with reading_in(house):
        found: Notification = Notification.objects.get(pk=row.pk)
    return found


@contextmanager
def choosing(house: House, user: User) -> Iterator[None]:
    """Do something as its reader."""
    with acting_as(house, user):
        yield
