"""What modules tell people: each kind of notification declared once, in the module's `notifications.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry

Text = str | Promise

STAFF: Final = "staff"
CUSTOMER: Final = "customer"
IN_APP, EMAIL, DIGEST = "in_app", "email", "digest"
LONGEST_LINK: Final = 2000
_TYPE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_HOLE: Final = re.compile(r"{{.*?}}")
_TROUBLE: Final = frozenset('\\<>"')


class Severity(StrEnum):
    """How much it matters; `warning` and `error` are also shown the moment they arrive."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Variant(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """A button of a notification: it runs a command, or leads to a page.

    `input` maps the command's arguments to names of the notification's variables. `href` is a path, in which
    `{{ variable }}` may stand. `confirm` is the question asked before, "" for none.
    """

    id: str
    label: Text
    command: str = ""
    input: Mapping[str, str] = field(default_factory=dict)
    href: str = ""
    variant: Variant = Variant.PLAIN
    confirm: Text = ""


@dataclass(frozen=True, slots=True)
class NotificationType:
    """One kind of notification: see `notification_type`."""

    id: str
    label: Text
    title: Text
    body: Text
    severity: Severity
    icon: str
    actions: tuple[NoticeAction, ...]
    link: str
    expires_after: int | None
    channels: tuple[str, ...]
    group_key: str
    by_hand: bool

    @property
    def module(self) -> str:
        """Id of the module that declares it."""
        return self.id.partition(".")[0]


NOTIFICATION_TYPES: Registry[NotificationType] = Registry("notification type")


def notification_type(
    type_id: str,
    *,
    label: Text,
    title: Text,
    body: Text = "",
    severity: str = Severity.INFO,
    icon: str = "notifications",
    actions: Iterable[NoticeAction] = (),
    link: str = "",
    expires_after: int | None = None,
    channels: Iterable[str] = (IN_APP,),
    group_key: str = "",
    by_hand: bool = False,
) -> NotificationType:
    """Declare a kind of notification (`sales.order_confirmed`).

    `title`, `body`, `link` and `group_key` are Jinja texts over the variables; the first two are translatable. While
    an unread one with the same group key is there, it is counted up instead of doubled. `expires_after` is in hours,
    None for ever. `channels` are those that reach people who have chosen nothing. `by_hand` lets people and programs
    send it over REST, with variables of their own.

    Raises ValueError for a bad id, severity, link or action, AlreadyRegistered for an id that is taken.
    """
    declared = NotificationType(
        id=type_id,
        label=label,
        title=title,
        body=body,
        severity=Severity(severity),
        icon=icon,
        actions=tuple(actions),
        link=link,
        expires_after=expires_after,
        channels=tuple(channels),
        group_key=group_key,
        by_hand=by_hand,
    )
    for complaint in _faults(declared):
        raise ValueError(f"notification type {type_id!r}: {complaint}")
    return NOTIFICATION_TYPES.add(type_id, declared)


def _faults(declared: NotificationType) -> Iterable[str]:
    if not _TYPE.fullmatch(declared.id):
        yield "an id is `<module>.<thing_happened>`"
    if declared.expires_after is not None and declared.expires_after < 1:
        yield "it expires after an hour at least"
    if declared.link and not is_local_pattern(declared.link):
        yield f"the link {declared.link!r} is no path of this installation"
    if len({item.id for item in declared.actions}) != len(declared.actions):
        yield "two actions share an id"
    if declared.by_hand and any(item.command for item in declared.actions):
        # Its sender chooses the variables, and its reader's rights would do what the sender chose.
        yield "a kind that is sent by hand runs no commands"
    for action in declared.actions:
        yield from _faults_of_action(action)


def _faults_of_action(action: NoticeAction) -> Iterable[str]:
    if not _NAME.fullmatch(action.id):
        yield f"{action.id!r} is no id of an action"
    if bool(action.command) == bool(action.href):
        yield f"the action {action.id} either runs a command or leads to a page"
    if action.href and not is_local_pattern(action.href):
        yield f"the action {action.id} leads to {action.href!r}, which is no path of this installation"


def is_local_path(address: str) -> bool:
    r"""Say whether browsers stay in this installation when they follow the address.

    Refused are other schemes and hosts, `//host`, and what browsers read in ways of their own: `\`, blanks,
    control characters.
    """
    if not address.startswith("/") or address.startswith("//") or len(address) > LONGEST_LINK:
        return False
    return not any(sign in _TROUBLE or sign.isspace() or unicodedata.category(sign)[0] == "C" for sign in address)


def is_local_pattern(address: str) -> bool:
    """The same of a path with `{{ variables }}` in it, whose values are judged when they are known."""
    return is_local_path(_HOLE.sub("x", address))


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom it is for: the named ones, or everybody with a role or a feature. `kind` says what kind of people.

    Exactly one of `ids`, `role` (a system key or an id) and `feature` is given.
    """

    kind: str = STAFF
    ids: tuple[UUID, ...] = ()
    role: str = ""
    feature: str = ""


def staff(*ids: UUID) -> Audience:
    """Users of the tenant."""
    return Audience(ids=ids)


def holders_of(feature: str) -> Audience:
    """Users who hold the feature where it happened."""
    return Audience(feature=feature)


def members_of(role: str) -> Audience:
    """Users with the role: its system key, or its id."""
    return Audience(role=role)


def customers(*ids: UUID) -> Audience:
    """Customers of the tenant."""
    return Audience(kind=CUSTOMER, ids=ids)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can be told something; `locale` and `time_zone` are theirs."""

    id: UUID
    name: str
    email: str
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class People:
    """A part of an audience. `reached` is where the next part goes on, None after the last."""

    found: tuple[Recipient, ...]
    reached: UUID | None


class RecipientBook(Protocol):
    """Who belongs to an audience of one kind of people; asked in the scope of the whole tenant."""

    def people(self, audience: Audience, *, after: UUID | None, most: int, organization_id: UUID | None) -> People:
        """Those of the audience who can be told something, in the order of their ids; a fixed number of queries.

        Looks at `most` people behind the id `after`. `organization_id` is where it happened: whoever holds a feature
        elsewhere only is not meant.
        """
        ...


RECIPIENTS: Registry[RecipientBook] = Registry("kind of recipient")


@dataclass(frozen=True, slots=True)
class Message:
    """A notification on its way through a channel: texts in the reader's language, `link` a path or ""."""

    id: UUID
    type: str
    severity: str
    reader: Recipient
    title: str
    body: str
    link: str


Deliver = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to people. `deliver` is None for those that the notifications module serves itself."""

    id: str
    label: Text
    deliver: Deliver | None
    attempts: int


CHANNELS: Registry[Channel] = Registry("notification channel")


def channel(channel_id: str, deliver: Deliver | None, *, label: Text, attempts: int = 12) -> Channel:
    """Declare a way to people, in the module's `notifications.py`.

    `deliver` is called by a worker outside any transaction, once for each notification and reader who wants it this
    way, and again when it fails: it raises `Retry`, `Permanent` or `NeedsConfiguration` (`apps.kernel.work.errors`)
    and passes the message's id on as idempotency key.
    """
    if not _NAME.fullmatch(channel_id):
        raise ValueError(f"{channel_id!r} is no id of a channel")
    return CHANNELS.add(channel_id, Channel(channel_id, label, deliver, attempts))
