"""Saved views as their readers see them: their own, those of their roles, and those that they have the link of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from apps.backoffice.features import ROLE_DEFAULTS, SHARE, USE
from apps.backoffice.models import LIVING, Owner, SavedView
from apps.kernel.admin.viewing import SavedFacts, ViewsOfList
from apps.kernel.tenancy.scope import Actor, current_scope, scope_or_none

MOST: Final = 500
OF_ROLES: Final = Q(owner_kind=Owner.ROLE)
COLUMNS: Final = (
    "pk",
    "list",
    "name",
    "settings",
    "version",
    "owner_kind",
    "owner_id",
    "is_default",
    "is_pinned",
    "is_linked",
)


def own_or_of_roles(actor: Actor) -> Q:
    """Views that the actor finds above lists: those of their roles, and their own if they may keep some."""
    return Q(owner_id__in=_owners(actor))


def _owners(actor: Actor) -> list[UUID]:
    own = [actor.id] if actor.id is not None and actor.access.allows(USE) else []
    return sorted({*actor.access.role_ids, *own})


def readable(actor: Actor) -> Q:
    """Views that the actor may open: also by their link, and those of all roles for whoever gives views to roles."""
    found = own_or_of_roles(actor) | Q(is_linked=True)
    return found | OF_ROLES if actor.access.allows(SHARE) else found


def visible_views() -> QuerySet[SavedView]:
    """Living views that the actor may open."""
    return SavedView.objects.filter(LIVING, readable(current_scope().actor))


def listed_views() -> QuerySet[SavedView]:
    """Living views that the actor finds in lists of views: not those that others only gave a link of."""
    actor = current_scope().actor
    found = own_or_of_roles(actor)
    return SavedView.objects.filter(LIVING, found | OF_ROLES if actor.access.allows(SHARE) else found)


def may_change(actor: Actor, owner_kind: str, owner_id: UUID | None) -> bool:
    """Say whether the actor may change a view of the owner."""
    if owner_kind == Owner.ROLE:
        return actor.access.allows(SHARE)
    return owner_id is not None and owner_id == actor.id and actor.access.allows(USE)


def may_default(actor: Actor, owner_kind: str) -> bool:
    """Say whether the actor decides what lists open with, for themselves or for a role."""
    return owner_kind != Owner.ROLE or actor.access.allows(ROLE_DEFAULTS)


class StoredListViews:
    """Answers lists which views they have; what the navigation shows comes with the same query."""

    def of_list(self, request: HttpRequest, list_id: str, chosen: UUID | None) -> ViewsOfList:
        """Views of a list, one query."""
        actor = current_scope().actor
        if chosen is None and not _owners(actor):
            return ViewsOfList()
        mine = own_or_of_roles(actor)
        wanted = mine & (Q(list=list_id) | Q(is_pinned=True))
        if chosen is not None:
            wanted |= Q(pk=chosen) & readable(actor)
        found = _facts(wanted, actor)
        owners = set(_owners(actor))
        own = [item for item in found if (item.role_id or (actor.id if item.is_own else None)) in owners]
        _keep(request, [item for item in own if item.is_pinned])
        listed = tuple(item for item in own if item.list == list_id)
        return ViewsOfList(
            listed=listed,
            chosen=next((item for item in found if item.id == chosen), None),
            default=_default(listed),
            may_save=actor.id is not None and actor.access.allows(USE),
        )


def pinned(request: HttpRequest) -> list[SavedFacts]:
    """Views that the actor has in the navigation; known already on the pages of lists, else one query."""
    found: list[SavedFacts] | None = getattr(request, "_pinned_views", None)
    if found is None:
        scope = scope_or_none()
        is_known = scope is not None and bool(_owners(scope.actor))
        found = _facts(own_or_of_roles(scope.actor) & Q(is_pinned=True), scope.actor) if scope and is_known else []
        _keep(request, found)
    return found


def _keep(request: HttpRequest, found: list[SavedFacts]) -> None:
    request._pinned_views = found  # type: ignore[attr-defined]


def _default(listed: Iterable[SavedFacts]) -> SavedFacts | None:
    """The user's own default, else that of the first of their roles that has one."""
    defaults = [item for item in listed if item.is_default]
    return min(defaults, key=lambda item: (not item.is_own, str(item.role_id)), default=None)


def _facts(wanted: Q, actor: Actor) -> list[SavedFacts]:
    rows = SavedView.objects.filter(LIVING, wanted).order_by("name", "pk").values(*COLUMNS)[:MOST]
    return [_fact(row, actor) for row in rows]


def _fact(row: dict[str, Any], actor: Actor) -> SavedFacts:
    return SavedFacts(
        id=row["pk"],
        list=row["list"],
        name=row["name"],
        settings=row["settings"],
        version=row["version"],
        role_id=row["owner_id"] if row["owner_kind"] == Owner.ROLE else None,
        is_own=row["owner_id"] == actor.id,
        is_default=row["is_default"],
        is_pinned=row["is_pinned"],
        is_linked=row["is_linked"],
        may_change=may_change(actor, row["owner_kind"], row["owner_id"]),
    )
