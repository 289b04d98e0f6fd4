"""Ports: what the kernel's bases need from modules above, each with a null answer until one provides it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, Q
from django.http import HttpRequest

from apps.kernel.access.objects import Level, ObjectGrant
from apps.kernel.admin.viewing import ListViews, NoViews
from apps.kernel.customs import FieldDefinitions, NullFields, answered_by
from apps.kernel.errors import Unavailable
from apps.kernel.ids import uuid7
from apps.kernel.registry.notices import Audience
from apps.kernel.services import provide, service
from apps.kernel.tenancy.scope import Actor
from apps.kernel.tenancy.standings import Standing


class Identity(Protocol):
    """Who is calling: answered by the auth module."""

    def resolve(self, request: HttpRequest) -> ResolvedActor | None:
        """Who sent the request; None for nobody. Runs before any scope is open."""
        ...

    def access_again(self, tenant_id: UUID, actor: Actor) -> Actor:
        """The same actor with the access of now; called in workers, inside the tenant's scope."""
        ...

    def still(self, callers: Sequence[ResolvedActor]) -> list[Actor | None]:
        """Each caller's actor with the access of now, None for one whose credential is not good any more.

        For what outlasts a request. All are of the open scope's tenant; a few queries however many they are.
        """
        ...


class ResolvedActor(Protocol):
    """An actor and where they belong."""

    @property
    def actor(self) -> Actor:
        """The actor with access loaded."""
        ...

    @property
    def tenant_id(self) -> UUID:
        """The actor's own tenant."""
        ...

    @property
    def home_organization_id(self) -> UUID | None:
        """Where the actor works when nothing is selected."""
        ...

    @property
    def standing(self) -> Standing | None:
        """How the actor's own tenant stands, read together with the actor; None when it was not read."""
        ...


class TreeState(Protocol):
    """A tenant and its organizations as they stood when they were asked for. Read inside the tenant's scope."""

    @property
    def is_open(self) -> bool:
        """Say whether the tenant may be worked in (not suspended, not deleted)."""
        ...

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """A living organization and everything below it; empty for a dead or unknown one."""
        ...

    def all_living(self) -> frozenset[UUID]:
        """Every living organization of the tenant."""
        ...

    def is_active(self, organization_id: UUID) -> bool:
        """Say whether the organization lives and is switched on, so that somebody may work in it."""
        ...

    @property
    def is_known(self) -> bool:
        """Say whether all of it can be answered from memory, without the tenant's scope and a transaction."""
        ...


class OrganizationTree(Protocol):
    """The tenant's organizations: answered by the directory module. Called inside the tenant's scope."""

    def state(self, tenant_id: UUID, *, standing: Standing | None = None) -> TreeState:
        """Tenant and organizations of now, for several questions; reads the standing where it is not given."""
        ...

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """A living organization and everything below it; empty for a dead or unknown one."""
        ...

    def all_living(self) -> frozenset[UUID]:
        """Every living organization of the tenant."""
        ...

    def all_ever(self) -> frozenset[UUID]:
        """Every organization that the tenant ever had, deleted ones too: for what must still find their rows."""
        ...

    def paths(self, organization_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
        """Each of the living organizations with what lies above it: the topmost first, itself last."""
        ...

    def is_active(self, organization_id: UUID) -> bool:
        """Say whether the organization lives and is switched on."""
        ...

    def tenant_is_open(self, tenant_id: UUID) -> bool:
        """Say whether the tenant may be worked in (not suspended, not deleted)."""
        ...

    def tenant_exists(self, tenant_id: UUID) -> bool:
        """Say whether there is such a tenant, open or not."""
        ...

    def tenant_name(self, tenant_id: UUID) -> str:
        """The tenant's name; "" where there is no such tenant."""
        ...

    def choices(self, allowed: frozenset[UUID]) -> list[tuple[UUID, str, int]]:
        """Id, name and depth of the allowed living organizations, in tree order."""
        ...


@dataclass(frozen=True, slots=True)
class JobInput:
    """What a worker needs to do a long job in the name of whoever asked for it.

    `values` is what `open` was given (JSON), `organization_ids` what the asker saw, `organization_id` where they wrote.
    """

    kind: str
    actor: Actor
    organization_id: UUID | None
    organization_ids: frozenset[UUID]
    values: Mapping[str, Any]


class ProgressReporter(Protocol):
    """Long jobs that people can watch: answered by the progress module. Called inside the tenant's scope.

    `open` belongs into a transaction of its caller (the job is there when that commits); the others open their own.
    Its `name` is English, of the catalog (`gettext_noop`), and told in the reader's language; `words` fill the
    placeholders, of which `kind` is the id of a kind of record, and told by its name.
    """

    @property
    def is_available(self) -> bool:
        """Say whether jobs are kept, so that an answer may point to one."""
        ...

    def open(
        self,
        kind: str,
        *,
        name: str,
        words: Mapping[str, str] | None = None,
        total: int | None = None,
        is_cancellable: bool = False,
        values: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Note a pending job of the scope's actor and give its id; `values` is kept for the worker."""
        ...

    def input_of(self, job_id: UUID) -> JobInput | None:
        """What the job was opened with, None when there is no such job or it has ended."""
        ...

    def advance(self, job_id: UUID, done: int, total: int | None = None) -> None:
        """Say how far the job is; cheap to call often. Also a sign of life."""
        ...

    def is_cancellation_requested(self, job_id: UUID) -> bool:
        """Say whether somebody asked to stop."""
        ...

    def complete(self, job_id: UUID, result: Mapping[str, Any]) -> None:
        """End the job well.

        `result` holds counts and perhaps `file` (name in the default storage), `file_name`, and `action`, the id of
        the action that takes everything back.
        """
        ...

    def fail(self, job_id: UUID, message: str) -> None:
        """End the job badly; `message` is for people."""
        ...

    def cancelled(self, job_id: UUID) -> None:
        """Note that the job has stopped because somebody asked."""
        ...


class ReadLog(Protocol):
    """Who read which sensitive records: answered by the audit_logs module."""

    def note(self, entity: str, ids: Iterable[UUID], *, how: str) -> None:
        """Remember a read (`how`: list, detail, export) until the request ends, which writes all in one insert."""
        ...


class SearchQuery(Protocol):
    """Full-text search over an entity: answered by the search module."""

    def ids(self, entity: str, text: str, *, limit: int) -> list[UUID] | None:
        """Ids of matching records, best first; None when there is no search module."""
        ...


@dataclass(frozen=True, slots=True)
class Localized:
    """A translated text, and the language that it is in."""

    value: str
    locale: str


class Translations(Protocol):
    """Overlay of translated field values: answered by the translations module."""

    def overlay(
        self, entity: str, ids: Collection[UUID], locales: Sequence[str]
    ) -> Mapping[UUID, Mapping[str, Localized]]:
        """Translated texts by record and field, in the first of the languages that has one; one query at most.

        `locales` are tags (`pt-BR`) by preference; each falls back to what is less special, and none is looked for
        behind the language in which the tenant's texts are written.
        """
        ...


class Mailer(Protocol):
    """Outgoing mail: answered by the notifications module. Called inside a scoped transaction or command."""

    def queue(self, template: str, to: str, context: Mapping[str, Any], *, locale: str = "") -> None:
        """Queue a mail made from a declared template; it leaves after the transaction has committed."""
        ...

    def queue_secret(self, template: str, subject_id: UUID) -> None:
        """Queue a mail that carries a token, without it.

        The sending worker asks the template's `secret` maker for the letter, which makes the token and stores
        its hash; a retry makes a new one and voids the last. No sent body is kept.
        """
        ...


class Notifier(Protocol):
    """Notifications: answered by the notifications module. Called inside a scoped transaction or command."""

    def notify(
        self,
        kind: str,
        to: Audience | Iterable[UUID],
        variables: Mapping[str, Any],
        *,
        about: tuple[str, UUID] | None = None,
        link: str = "",
    ) -> None:
        """Tell people something of a declared kind, once the transaction has committed; ids are those of users.

        `variables` fill the kind's texts: plain data, no rows. `about` is the record that it is about (kind and id),
        whose page the notification leads to where neither `link` nor the kind names one. A variable that is missing
        and a link that leads elsewhere are refused here, not later.
        """
        ...


class ObjectGrants(Protocol):
    """Who was granted which restricted records: answered by the auth module. Called inside the tenant's scope."""

    def granted_rows(self, model: type[Model], level: Level, actor: Actor, *, record: str) -> Q:
        """The condition that rows pass whose record was granted to the actor, at least as far as `level`.

        `record` names the column that holds the record's id. Part of the asking statement, no query of its own.
        """
        ...

    def grants_on(self, record: Model, actor: Actor) -> tuple[ObjectGrant, ...]:
        """The grants on one record that reach the actor, from the same rows."""
        ...


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody to whom a record was granted: a user or everybody with a role, by name, and how far it reaches."""

    user_id: UUID | None
    role_id: UUID | None
    name: str
    level: Level


class ObjectSharing(Protocol):
    """Granting single records, for commands of modules that ask for their own feature: answered by the auth module.

    The writers belong into a command about the record. They lock it, and refuse what the actor could not do
    themselves; `access.grant` and `access.revoke` do the same for whoever manages permissions.
    """

    def restrict(self, record_id: UUID, *, entity: str) -> Model:
        """Hide the record from everybody without a grant; the acting user keeps theirs. Gives the record."""
        ...

    def reopen(self, record_id: UUID, *, entity: str) -> Model:
        """Show the record to everybody again, and take all grants away. Gives the record."""
        ...

    def share(
        self, record_id: UUID, *, entity: str, level: str, user_id: UUID | None = None, role_id: UUID | None = None
    ) -> Model:
        """Grant the record to a user or a role, `view` or `change`. Gives the record."""
        ...

    def unshare(
        self, record_id: UUID, *, entity: str, user_id: UUID | None = None, role_id: UUID | None = None
    ) -> Model:
        """Take a grant away. Gives the record."""
        ...

    def holders(self, record: Model) -> list[Holder]:
        """To whom the record was granted: users before roles, by name."""
        ...


class NullPorts:
    """Answers of a house without the modules above: nobody is known, nothing is found, nothing is sent."""

    def resolve(self, request: HttpRequest) -> ResolvedActor | None:
        """Nobody."""
        return None

    def access_again(self, tenant_id: UUID, actor: Actor) -> Actor:
        """The actor as they are."""
        return actor

    def still(self, callers: Sequence[ResolvedActor]) -> list[Actor | None]:
        """Nobody was known."""
        return [None for _ in callers]

    is_open = False
    is_known = True

    def state(self, tenant_id: UUID, *, standing: Standing | None = None) -> TreeState:
        """A closed tenant without organizations."""
        return self

    def is_active(self, organization_id: UUID) -> bool:
        """No organization."""
        return False

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """No organization."""
        return frozenset()

    def all_living(self) -> frozenset[UUID]:
        """No organization."""
        return frozenset()

    def all_ever(self) -> frozenset[UUID]:
        """No organization."""
        return frozenset()

    def paths(self, organization_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
        """No organization."""
        return {}

    def tenant_is_open(self, tenant_id: UUID) -> bool:
        """No tenant is open."""
        return False

    def tenant_exists(self, tenant_id: UUID) -> bool:
        """There is no tenant."""
        return False

    def tenant_name(self, tenant_id: UUID) -> str:
        """No name."""
        return ""

    def choices(self, allowed: frozenset[UUID]) -> list[tuple[UUID, str, int]]:
        """No organization."""
        return []

    is_available = False

    def open(self, kind: str, **details: Any) -> UUID:
        """An id that leads nowhere."""
        return uuid7()

    def input_of(self, job_id: UUID) -> JobInput | None:
        """No job is kept."""
        return None

    def advance(self, job_id: UUID, done: int, total: int | None = None) -> None:
        """Nobody is told."""

    def is_cancellation_requested(self, job_id: UUID) -> bool:
        """Nobody can ask."""
        return False

    def complete(self, job_id: UUID, result: Mapping[str, Any]) -> None:
        """Nobody is told."""

    def fail(self, job_id: UUID, message: str) -> None:
        """Nobody is told."""

    def cancelled(self, job_id: UUID) -> None:
        """Nobody is told."""

    def note(self, entity: str, ids: Iterable[UUID], *, how: str) -> None:
        """Reads are not remembered."""

    def ids(self, entity: str, text: str, *, limit: int) -> list[UUID] | None:
        """There is no search."""
        return None

    def overlay(
        self, entity: str, ids: Collection[UUID], locales: Sequence[str]
    ) -> Mapping[UUID, Mapping[str, Localized]]:
        """Nothing is translated."""
        return {}

    def queue(self, template: str, to: str, context: Mapping[str, Any], *, locale: str = "") -> None:
        """Nothing is sent."""

    def queue_secret(self, template: str, subject_id: UUID) -> None:
        """Nothing is sent."""

    def notify(
        self,
        kind: str,
        to: Audience | Iterable[UUID],
        variables: Mapping[str, Any],
        *,
        about: tuple[str, UUID] | None = None,
        link: str = "",
    ) -> None:
        """Nobody is told."""

    def granted_rows(self, model: type[Model], level: Level, actor: Actor, *, record: str) -> Q:
        """Nothing was granted."""
        return Q(pk__in=())

    def grants_on(self, record: Model, actor: Actor) -> tuple[ObjectGrant, ...]:
        """Nothing was granted."""
        return ()

    def restrict(self, record_id: UUID, *, entity: str) -> Model:
        """Nobody could be let in."""
        raise Unavailable

    def reopen(self, record_id: UUID, *, entity: str) -> Model:
        """Nothing is restricted."""
        raise Unavailable

    def share(
        self, record_id: UUID, *, entity: str, level: str, user_id: UUID | None = None, role_id: UUID | None = None
    ) -> Model:
        """Nobody is there to share with."""
        raise Unavailable

    def unshare(
        self, record_id: UUID, *, entity: str, user_id: UUID | None = None, role_id: UUID | None = None
    ) -> Model:
        """Nothing was granted."""
        raise Unavailable

    def holders(self, record: Model) -> list[Holder]:
        """Nothing was granted."""
        return []


def provide_null_ports() -> None:
    """Give every port its null answer; modules replace them in their own `ready()`."""
    null = NullPorts()
    provide(Identity, null)
    provide(OrganizationTree, null)
    provide(ProgressReporter, null)
    provide(ReadLog, null)
    provide(SearchQuery, null)
    provide(FieldDefinitions, NullFields())
    answered_by(lambda: service(FieldDefinitions))
    provide(Translations, null)
    provide(Mailer, null)
    provide(Notifier, null)
    provide(ObjectGrants, null)
    provide(ObjectSharing, null)
    provide(ListViews, NoViews())
