"""Refusals of the tenancy room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError, Unprocessable


class ScopeMissing(PlatformError):
    """Tenant rows were asked for outside a scope: a fault of the program, never of the caller."""

    status = 500
    code = "kernel.scope.missing"
    message = "There is no open scope for {model}."


class ScopeNotApplied(PlatformError):
    """A scope is open but the database does not know it: the query stands outside `scoped_transaction()`."""

    status = 500
    code = "kernel.scope.not_applied"
    message = "The query on {model} stands outside a scoped transaction of the open scope."


class ForeignRow(PlatformError):
    """A row of another tenant or of an organization outside the scope was about to be written."""

    status = 404
    code = "kernel.not_found"
    message = _("There is no such record.")


class OrganizationRequired(Unprocessable):
    """An organization row cannot be written while no single organization is selected."""

    code = "kernel.scope.organization_required"
    message = _("Select an organization first: this record belongs to one.")


class OrganizationInvalid(Unprocessable):
    """The selected organization does not exist or is not open to the actor."""

    code = "kernel.scope.organization_invalid"
    message = _("The selected organization is not available. Choose another one.")


class UnsafeRole(PlatformError):
    """The database role could ignore row-level security; the connection is refused."""

    status = 503
    code = "kernel.database.unsafe_role"
    message = "The database role {role} ignores row-level security ({why}). Connect as the app role."


class ScopeRefused(PlatformError):
    """The tenant may not be worked in."""

    status = 403
    code = "directory.tenant.suspended"
    message = _("This tenant is suspended.")


class UnknownTenant(PlatformError):
    """A platform admin named a tenant that is not there, or somebody else named one at all."""

    status = 404
    code = "kernel.not_found"
    message = _("There is no such record.")


class ReasonRequired(Unprocessable):
    """Switching into a tenant needs a reason, which its history keeps."""

    code = "kernel.scope.reason_required"
    message = _("Say why in the header X-Tenant-Reason: the tenant's history keeps it.")
