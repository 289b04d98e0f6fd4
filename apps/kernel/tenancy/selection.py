"""Which organizations a request sees: the selected one and what lies below it, cut by the actor's own list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest

from apps.kernel.ports import OrganizationTree, TreeState
from apps.kernel.tenancy.errors import OrganizationInvalid
from apps.kernel.tenancy.scope import Actor, Scope

HEADER = "X-Organization-Id"
COOKIE = "agora_organization"
ALL = "all"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request selects: an organization's id, `all`, or "" for nothing; in a header or in the cookie."""

    wanted: str
    by_header: bool
    reads: bool


def select_organizations(request: HttpRequest, base: Scope, home: UUID | None, tree: TreeState) -> tuple[Scope, bool]:
    """The scope with the organizations that the request selects; see `selected`."""
    return selected(choice_of(request), base, home, tree)


def choice_of(request: HttpRequest) -> Choice:
    """What the request selects."""
    header = request.headers.get(HEADER, "")
    return Choice(header or request.COOKIES.get(COOKIE, ""), bool(header), request.method in SAFE)


def selected(choice: Choice, base: Scope, home: UUID | None, tree: TreeState) -> tuple[Scope, bool]:
    """The scope with its organizations, and whether the selection's cookie is to be forgotten.

    `all` selects everything that the actor may see, so that reads are wide and writes need a choice.
    A dead, switched-off or forbidden selection raises OrganizationInvalid; only a read with a stale cookie goes on,
    as if nothing were selected. Nothing selected means the actor's home, else everything that they may see.
    """
    allowed = allowed_organizations(base.actor, tree)
    chosen = _chosen(choice.wanted, allowed, tree)
    stale = bool(choice.wanted) and chosen is None
    if stale and (choice.by_header or not choice.reads):
        raise OrganizationInvalid
    organization_id, seen = chosen or _chosen(str(home or ""), allowed, tree) or (None, allowed)
    return replace(base, organization_id=organization_id, organization_ids=seen), stale


def allowed_organizations(actor: Actor, tree: OrganizationTree | TreeState) -> frozenset[UUID]:
    """Living organizations that the actor may select: all of the tenant, or those listed and what lies below."""
    listed = actor.access.organization_ids
    if listed is None:
        return tree.all_living()
    return frozenset[UUID]().union(*(tree.subtree(item) for item in listed))


def _chosen(wanted: str, allowed: frozenset[UUID], tree: TreeState) -> tuple[UUID | None, frozenset[UUID]] | None:
    if wanted == ALL:
        return None, allowed
    try:
        organization_id = UUID(wanted)
    except ValueError:
        return None
    if organization_id not in allowed or not tree.is_active(organization_id):
        return None
    return organization_id, tree.subtree(organization_id) & allowed
