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
from apps.auth.services.last_super_admin import demand_super_admin_after
from apps.auth.services.members import changes_by_role
from apps.auth.services.object_boundary import demand_reached_user
from apps.kernel.access.grants import NOTHING, PORTAL, Access
from apps.kernel.commands.loading import hold_lock
from apps.kernel.errors import FeatureRequired, FieldError
from apps.kernel.ports import OrganizationTree
from apps.kernel.references.validation import no_such_record
from apps.kernel.registry.features import is_grantable
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope


def is_exempt(actor: Actor) -> bool:
    """Say whether the boundary does not hold for the actor: only the system itself."""
    return actor.kind is ActorKind.SYSTEM


def is_unbounded(actor: Actor) -> bool:
    """Say whether the boundary refuses the actor nothing: the system, and super admins."""
    return is_exempt(actor) or (actor.access.is_super_admin and actor.access.organization_ids is None)


def demand_grantable(actor: Actor, *, before: Access, after: Access) -> None:
    """Refuse a change from `before` to `after` that adds more than the actor holds. Raises GrantBeyondOwn.

    Access is features times organizations: new features need the organizations that they come to hold in,
    and new organizations need every feature that comes to hold there.
    """
    refusal = refusal_of(actor, before=before, after=after)
    if refusal is not None:
        raise refusal


def refusal_of(
    actor: Actor, *, before: Access, after: Access, seen: frozenset[UUID] | None = None
) -> GrantBeyondOwn | None:
    """What refuses the change; None when nothing does.

    `seen` holds the organizations that the actor sees, for callers who judge many changes and looked once.
    """
    added = gain(before, after)
    if is_exempt(actor) or not added:
        return None
    wanted = added.features | (after.granted if added.organizations else frozenset())
    lacking = sorted(grant for grant in wanted if not holds(actor.access, grant))
    too_wide = not _covers(actor.access, after.organization_ids, seen)
    too_mighty = added.super_admin and not actor.access.is_super_admin
    if not (lacking or too_wide or too_mighty):
        return None
    errors = tuple(_beyond(lacking, too_wide=too_wide, too_mighty=too_mighty))
    return GrantBeyondOwn(errors=errors, features=lacking, organizations=too_wide, super_admin=too_mighty)


def demand_members_grantable(actor: Actor, role_id: UUID, *, before: GrantList, after: GrantList) -> None:
    """Refuse another list of a role that gives somebody who has the role more than the actor holds.

    The role alone may be harmless, and bring what its members hold by other roles to further organizations.
    Raises GrantBeyondOwn.
    """
    if is_unbounded(actor) or not gain(role_access(before), role_access(after)):
        return
    changes = changes_by_role(role_id, before=before, after=after)
    limited = bool(changes) and actor.access.organization_ids is not None
    seen = visible_organizations(actor.access) if limited else None
    refused = [refusal for one, other in changes if (refusal := refusal_of(actor, before=one, after=other, seen=seen))]
    if refused:
        lacking = sorted({grant for refusal in refused for grant in refusal.context["features"]})
        text = _("With their other permissions, somebody who has this role would get more than you hold.")
        field = "organization_ids" if gain(role_access(before), role_access(after)).organizations else "features"
        errors = (FieldError(field, GrantBeyondOwn.code, text),)
        raise GrantBeyondOwn(errors=errors, features=lacking, organizations=not lacking, super_admin=False)


def _beyond(lacking: Iterable[str], *, too_wide: bool, too_mighty: bool) -> Iterator[FieldError]:
    code = GrantBeyondOwn.code
    for grant in lacking:
        yield FieldError("features", code, _("You do not hold {grant}, so you cannot grant it.").format(grant=grant))
    if too_wide:
        yield FieldError("organization_ids", code, _("This reaches organizations that you do not see."))
    if too_mighty:
        yield FieldError("is_super_admin", code, _("Only a super admin can make one."))


def _covers(access: Access, organizations: frozenset[UUID] | None, seen: frozenset[UUID] | None) -> bool:
    if access.organization_ids is None:
        return True
    if organizations is None:
        return False
    return organizations <= (visible_organizations(access) if seen is None else seen)


def demand_touchable(actor: Actor, target: Access) -> None:
    """Refuse to let anybody but a super admin change a super admin. Raises SuperAdminProtected."""
    if target.is_super_admin and not (is_exempt(actor) or actor.access.is_super_admin):
        raise SuperAdminProtected


def demand_reachable(actor: Actor, *, user_id: UUID, home: UUID | None) -> None:
    """Refuse users whose home the actor does not see; everybody reaches themselves. Raises UserOutOfReach."""
    if is_exempt(actor) or user_id == actor.id or actor.access.organization_ids is None:
        return
    if home is None or not sees_organization(actor.access, home):
        raise UserOutOfReach


@contextmanager
def guarding_user(user: User) -> Iterator[None]:
    """Run a change of the user's row, roles or list, and refuse it afterwards if it gave more than the actor holds.

    So is one that leaves the tenant without super admin. Grants of somebody who cannot log in count as if they
    could; who becomes able to, gains them all.
    """
    former, could_log_in = access_of(user.pk, even_inactive=True), user.is_usable
    demand_changeable(user)
    yield
    becomes_usable = user.is_usable and not could_log_in
    if becomes_usable:
        demand_reached_user(current_scope().actor, user.pk)
    before, after = NOTHING if becomes_usable else former, access_of(user.pk, even_inactive=True)
    demand_grantable(current_scope().actor, before=before, after=after)
    demand_super_admin_after(former if could_log_in else NOTHING, after if user.is_usable else NOTHING)


@contextmanager
def guarding_role(role_id: UUID) -> Iterator[None]:
    """Run a change of the role or its grants, and refuse it afterwards if it gave more than the actor holds.

    The role is judged by itself, and so is everybody who has it, with all that they hold beside it.
    """
    actor = current_scope().actor
    former = grants_of_role(role_id)
    demand_touchable(actor, role_access(former))
    yield
    present = grants_of_role(role_id)
    demand_grantable(actor, before=role_access(former), after=role_access(present))
    demand_members_grantable(actor, role_id, before=former, after=present)
    demand_super_admin_after(role_access(former), role_access(present))


def in_turn() -> None:
    """Let changes of grants in the tenant follow one another, until the command ends.

    Each is judged by what stands beside it, so two at once could give together what neither may. Ask before
    any row is locked.
    """
    hold_lock(f"auth.grants:{current_scope().tenant_id}")


def demand_changeable(user: User) -> None:
    """Refuse users out of the actor's reach and, to all but super admins, super admins."""
    actor = current_scope().actor
    demand_reachable(actor, user_id=user.pk, home=user.home_organization_id)
    demand_touchable(actor, access_of(user.pk, even_inactive=True))


def demand_system() -> None:
    """Refuse everybody but the system itself. Raises FeatureRequired."""
    if not is_exempt(current_scope().actor):
        raise FeatureRequired(feature="system")


def demand_mastery(user: User) -> None:
    """Refuse to hand over the account of somebody who holds more than the actor: password, e-mail address.

    Everybody may change their own. Raises GrantBeyondOwn.
    """
    actor = current_scope().actor
    if user.pk != actor.id:
        demand_reached_user(actor, user.pk)
        demand_grantable(actor, before=NOTHING, after=access_of(user.pk, even_inactive=True))


def demand_valid_grants(wanted: GrantList, *, former: GrantList) -> None:
    """Refuse new grants that name nothing, customers' features, and new organizations that do not live.

    What stood in the former list may stay, also when its module is gone. Raises InvalidGrant with all complaints.
    """
    known = former.organization_ids or frozenset()
    errors = [
        *_feature_errors("features", wanted.features - former.features),
        *_feature_errors("denied_features", wanted.denied - former.denied),
        *_organization_errors((wanted.organization_ids or frozenset()) - known),
    ]
    if errors:
        raise InvalidGrant(errors=tuple(errors))


def demand_visible_home(actor: Actor, home: UUID | None) -> None:
    """Refuse a home organization that the actor does not see, in the words for a missing one. Raises InvalidGrant."""
    if home is not None and not is_exempt(actor) and not sees_organization(actor.access, home):
        raise InvalidGrant(errors=(no_such_record("home_organization_id"),))


def _feature_errors(field: str, grants: Iterable[str]) -> Iterator[FieldError]:
    for grant in sorted(grants):
        if grant.startswith(PORTAL) or not is_grantable(grant):
            text = _("There is no permission {grant}.").format(grant=grant)
            yield FieldError(field, "auth.feature.unknown", text)


def _organization_errors(fresh: frozenset[UUID]) -> Iterator[FieldError]:
    if fresh and not fresh <= service(OrganizationTree).all_living():
        yield no_such_record("organization_ids")
