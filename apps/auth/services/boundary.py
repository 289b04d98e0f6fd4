"""Nobody grants what they do not hold, and nobody but a super admin touches one. The system itself is exempt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils.translation import gettext as _

from apps.auth.calculations import GrantList, gain, holds, role_access
from apps.auth.errors import GrantBeyondOwn, InvalidGrant, SuperAdminProtected, UserOutOfReach
from apps.auth.models import User
from apps.auth.selectors import access_of, grants_of_role, sees_organization, visible_organizations
from apps.kernel.access.grants import NOTHING, PORTAL, Access
from apps.kernel.errors import FieldError
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.features import is_grantable
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope


def is_exempt(actor: Actor) -> bool:
    """Say whether the boundary does not hold for the actor: only the system itself."""
    return actor.kind is ActorKind.SYSTEM


def demand_grantable(actor: Actor, *, before: Access, after: Access) -> None:
    """Refuse a change from `before` to `after` that adds more than the actor holds. Raises GrantBeyondOwn.

    Access is features times organizations: new features need the organizations that they come to hold in,
    and new organizations need every feature that comes to hold there.
    """
    added = gain(before, after)
    if is_exempt(actor) or not added:
        return
    wanted = added.features | (after.granted if added.organizations else frozenset())
    lacking = sorted(grant for grant in wanted if not holds(actor.access, grant))
    too_wide = not _covers(actor.access, after.organization_ids)
    too_mighty = added.super_admin and not actor.access.is_super_admin
    if lacking or too_wide or too_mighty:
        raise GrantBeyondOwn(features=lacking, organizations=too_wide, super_admin=too_mighty)


def _covers(access: Access, organizations: frozenset[UUID] | None) -> bool:
    if access.organization_ids is None:
        return True
    return organizations is not None and organizations <= visible_organizations(access)


def demand_touchable(actor: Actor, target: Access) -> None:
    """Refuse to let anybody but a super admin change a super admin. Raises SuperAdminProtected."""
    if target.is_super_admin and not (is_exempt(actor) or actor.access.is_super_admin):
        raise SuperAdminProtected


def demand_reachable(actor: Actor, user: User) -> None:
    """Refuse users outside the actor's organizations; everybody reaches themselves. Raises UserOutOfReach."""
    home, own = user.home_organization_id, user.pk == actor.id
    if is_exempt(actor) or own or actor.access.organization_ids is None:
        return
    if home is None or not sees_organization(actor.access, home):
        raise UserOutOfReach


@contextmanager
def guarding_user(user: User) -> Iterator[None]:
    """Run a change of the user's row, roles or list, and refuse it afterwards if it gave more than the actor holds."""
    actor = current_scope().actor
    before = access_of(user.pk)
    demand_reachable(actor, user)
    demand_touchable(actor, access_of(user.pk, even_inactive=True))
    yield
    demand_grantable(actor, before=before, after=access_of(user.pk))


@contextmanager
def guarding_role(role_id: UUID) -> Iterator[None]:
    """Run a change of the role or its grants, and refuse it afterwards if it gave more than the actor holds."""
    actor = current_scope().actor
    before = role_access(grants_of_role(role_id))
    demand_touchable(actor, before)
    yield
    demand_grantable(actor, before=before, after=role_access(grants_of_role(role_id)))


def demand_mastery(user: User) -> None:
    """Refuse to hand over the account of somebody who holds more than the actor: password, e-mail address.

    Everybody may change their own. Raises GrantBeyondOwn.
    """
    actor = current_scope().actor
    if user.pk != actor.id:
        demand_grantable(actor, before=NOTHING, after=access_of(user.pk, even_inactive=True))


def demand_valid_grants(wanted: GrantList, *, known_organizations: frozenset[UUID] = frozenset()) -> None:
    """Refuse grants that name nothing, customers' features, and organizations that do not live.

    Organizations that stood in the list before may stay. Raises InvalidGrant with all complaints.
    """
    errors = [
        *_feature_errors("features", wanted.features),
        *_feature_errors("denied_features", wanted.denied),
        *_organization_errors((wanted.organization_ids or frozenset()) - known_organizations),
    ]
    if errors:
        raise InvalidGrant(errors=tuple(errors))


def demand_visible_home(organization_id: UUID | None) -> None:
    """Refuse a home organization that does not live or that the actor does not see. Raises InvalidGrant."""
    if organization_id is not None and organization_id not in visible_organizations(current_scope().actor.access):
        raise InvalidGrant(errors=(_no_organization("home_organization_id"),))


def _feature_errors(field: str, grants: Iterable[str]) -> Iterator[FieldError]:
    for grant in sorted(grants):
        if grant.startswith(PORTAL) or not is_grantable(grant):
            text = _("There is no permission {grant}.").format(grant=grant)
            yield FieldError(field, "auth.feature.unknown", text)


def _organization_errors(fresh: frozenset[UUID]) -> Iterator[FieldError]:
    if fresh and not fresh <= service(OrganizationTree).all_living():
        yield _no_organization("organization_ids")


def _no_organization(field: str) -> FieldError:
    return FieldError(field, "kernel.reference.unknown", _("There is no such record."))
