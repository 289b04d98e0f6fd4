"""Refusals of the auth module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, NotAuthenticated, PlatformError


class LoginRefused(NotAuthenticated):
    """The log-in failed; unknown, wrong, ambiguous, locked, disabled and suspended are told apart nowhere."""

    code = "auth.login.refused"
    message = _("E-mail address or password are wrong, or this account cannot be used now.")


class SessionEnded(NotAuthenticated):
    """The refresh token leads to no open session, or was used before, which ended its session."""

    code = "auth.session.ended"
    message = _("This session has ended. Sign in again.")


class SignInRequired(PlatformError):
    """Only somebody who has signed in has an account to look after; a program with a key has none."""

    status = 403
    code = "auth.session.required"
    message = _("This is for people who have signed in.")


class GrantBeyondOwn(PlatformError):
    """The actor would grant more than they hold.

    `features` lists what they lack; `organizations` is true when the grant reaches organizations that they
    do not see; `super_admin` is true when it would make a super admin.
    """

    status = 403
    code = "auth.grant.beyond_own"
    message = _("You can grant only what you hold yourself.")


class SuperAdminProtected(PlatformError):
    """Users and roles with every right are changed by super admins only."""

    status = 403
    code = "auth.super_admin.protected"
    message = _("Only a super admin may change a super admin.")


class LastSuperAdmin(Conflict):
    """Without this super admin the tenant would have none who can log in."""

    code = "auth.super_admin.last"
    message = _("Nobody else may do everything here. Make another user a super admin first.")


class UserOutOfReach(PlatformError):
    """The user belongs to an organization that the actor does not see."""

    status = 403
    code = "auth.user.out_of_reach"
    message = _("This user belongs to an organization that is not open to you.")


class SystemRoleFixed(Conflict):
    """Roles with a system key stay."""

    code = "auth.role.system"
    message = _("This role belongs to the platform and cannot be deleted.")


class RoleInUse(Conflict):
    """Users are still members of the role."""

    code = "auth.role.in_use"
    message = _("{count} users still have this role.")


class RoleInUseByKeys(Conflict):
    """API keys that work still have the role."""

    code = "auth.role.in_use_by_keys"
    message = _("{count} API keys still have this role.")


class InvalidGrant(InvalidInput):
    """A grant names nothing that is declared, or an organization that is not there."""

    code = "auth.grant.invalid"


class WeakPassword(InvalidInput):
    """The password breaks the policy; `errors` says how."""

    code = "auth.password.weak"


class WrongPassword(InvalidInput):
    """The present password is another one, or the account is locked and no password is looked at."""

    code = "auth.password.wrong"
    message = _("Your present password is not right, or your account cannot be used now.")


class ResetRefused(InvalidInput):
    """The one-time token for a new password is unknown, used or expired; these are told apart nowhere."""

    code = "auth.reset.refused"
    message = _("This link is not good any more. Ask for a new one.")


class GrantMissing(Conflict):
    """There is no grant of this holder on the record that could be taken away."""

    code = "auth.object_grant.missing"
    message = _("This was not granted.")


class RecordOpen(Conflict):
    """The record is not restricted, so it cannot be opened."""

    code = "auth.object_grant.open"
    message = _("This record is not restricted.")


class OwnAccessLost(Conflict):
    """The change would take the record from the actor by the way."""

    code = "auth.object_grant.own_access_lost"
    message = _("You could not change this record any more. Grant it to yourself first, or to another role of yours.")
