"""Refusals of the directory."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError


class PlatformOnly(PlatformError):
    """Tenants are opened and closed by the platform, not by their own staff."""

    status = 403
    code = "directory.tenant.platform_only"
    message = _("Only platform administrators may do this.")


class WrongStatus(Conflict):
    """The tenant's status does not allow this; `allowed` lists the statuses that do."""

    code = "directory.tenant.wrong_status"
    message = _("The tenant is {status}. This is possible only while it is: {allowed}.")


class OrganizationLoop(InvalidInput):
    """An organization was to be moved below itself."""

    code = "directory.organization.loop"
    message = _("An organization cannot stand below itself.")


class ParentInactive(Conflict):
    """Nothing new comes below an organization that is switched off."""

    code = "directory.organization.parent_inactive"
    message = _("The organization {name} is switched off. Switch it on first.")


class OrganizationNotEmpty(Conflict):
    """The organization still holds organizations or records; `children`, `rows` and `usages` count them."""

    code = "directory.organization.not_empty"
    message = _("This organization still holds: {summary}. Move or delete that first.")


class LastOrganization(Conflict):
    """A tenant keeps at least one organization."""

    code = "directory.organization.last"
    message = _("A tenant keeps at least one organization.")


class TopLevelRefused(PlatformError):
    """Only who sees the whole tenant may put an organization at the top."""

    status = 403
    code = "directory.organization.top_level"
    message = _("You may work below your own organizations only: choose a parent.")
