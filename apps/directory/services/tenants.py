"""Every write to a tenant."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.directory.calculations import is_tender
from apps.directory.errors import WrongStatus
from apps.directory.features import TENANTS_MANAGE
from apps.directory.models import Tenant, TenantStatus
from apps.directory.services.across import demand_platform, founding, on_tenant
from apps.directory.services.hooks import equip_tenant
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.crypto.rotation import ensure_keys
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.words import slug_of

FIELDS = ("name", "slug", "locale", "time_zone", "base_currency")
SLUG_LENGTH = 60
REVERSED_BY = gettext_lazy("the other of suspend and reactivate takes it back, and leaves its own trace.")


@founding
@command(
    "directory.tenant.create",
    feature=TENANTS_MANAGE,
    undoable=False,
    undo_reason=gettext_lazy("a tenant goes by its own deletion, which leaves a proof."),
)
def create_tenant(
    *,
    name: str,
    slug: str = "",
    locale: str = "en",
    time_zone: str = "UTC",
    base_currency: str = "EUR",
    status: str = TenantStatus.TRIAL,
) -> Tenant:
    """Create a tenant and run every module's set-up in it; the action stands in the new tenant.

    `slug` "" is made from the name. Raises PlatformOnly, InvalidInput, Duplicate for a handle that is taken.
    """
    tenant = Tenant(id=current_scope().tenant_id, name=name, locale=locale, time_zone=time_zone, status=status)
    tenant.slug = slug or slug_of(name, longest=SLUG_LENGTH)
    tenant.base_currency = base_currency
    demand_valid(tenant, FIELDS, more=[*_complaints(tenant), *_status_complaints(tenant)])
    tenant.save(force_insert=True)
    ensure_keys()
    equip_tenant("directory.tenant.create")
    return tenant


def _complaints(tenant: Tenant) -> Iterator[FieldError]:
    if tenant.locale not in dict(django_settings.LANGUAGES):
        known = ", ".join(dict(django_settings.LANGUAGES))
        yield FieldError("locale", "directory.tenant.locale", _("Choose one of: {levels}.").format(levels=known))
    if tenant.time_zone not in zoneinfo.available_timezones():
        yield FieldError("time_zone", "directory.tenant.time_zone", _("There is no such time zone."))
    if not is_tender(tenant.base_currency):
        yield FieldError("base_currency", "directory.tenant.base_currency", _("There is no such currency."))


def _status_complaints(tenant: Tenant) -> Iterator[FieldError]:
    if tenant.status not in {TenantStatus.TRIAL, TenantStatus.ACTIVE}:
        yield FieldError("status", "directory.tenant.status", _("A tenant begins as trial or active."))


def _rename_example(scope: Scope) -> dict[str, Any]:
    return {"tenant_id": scope.tenant_id, "name": f"Renamed {uuid7().hex[-6:]}"}


@on_tenant
@command("directory.tenant.update", feature=TENANTS_MANAGE, example=_rename_example)
def update_tenant(
    tenant_id: UUID,
    *,
    name: str | None = None,
    slug: str | None = None,
    locale: str | None = None,
    time_zone: str | None = None,
    base_currency: str | None = None,
) -> Tenant:
    """Change a tenant's settings; None leaves a setting as it is.

    A new base currency holds for organizations that come later. Raises RowNotFound, InvalidInput, Duplicate.
    """
    tenant = _tenant_for_update(tenant_id)
    given = {"name": name, "slug": slug, "locale": locale, "time_zone": time_zone, "base_currency": base_currency}
    for field, value in given.items():
        if value is not None:
            setattr(tenant, field, value)
    demand_valid(tenant, FIELDS, more=_complaints(tenant))
    tenant.save()
    return tenant


def _tenant_for_update(tenant_id: UUID) -> Tenant:
    if tenant_id != current_scope().tenant_id:
        raise RowNotFound
    return load_for_update(Tenant, tenant_id)


@on_tenant
@command("directory.tenant.suspend", feature=TENANTS_MANAGE, undoable=False, undo_reason=REVERSED_BY)
def suspend_tenant(tenant_id: UUID) -> Tenant:
    """Close a tenant: nobody logs in, open sessions are refused, workers pass it by.

    Raises PlatformOnly, RowNotFound, WrongStatus.
    """
    return _put(tenant_id, TenantStatus.SUSPENDED, allowed=(TenantStatus.TRIAL, TenantStatus.ACTIVE))


@on_tenant
@command("directory.tenant.reactivate", feature=TENANTS_MANAGE, undoable=False, undo_reason=REVERSED_BY)
def reactivate_tenant(tenant_id: UUID) -> Tenant:
    """Open a suspended or trial tenant as an active one. Raises PlatformOnly, RowNotFound, WrongStatus."""
    return _put(tenant_id, TenantStatus.ACTIVE, allowed=(TenantStatus.TRIAL, TenantStatus.SUSPENDED))


def _put(tenant_id: UUID, status: TenantStatus, *, allowed: tuple[TenantStatus, ...]) -> Tenant:
    demand_platform()
    tenant = _tenant_for_update(tenant_id)
    if tenant.status not in allowed:
        raise WrongStatus(status=tenant.status, allowed=", ".join(allowed))
    tenant.status = status
    tenant.save()
    return tenant


@on_tenant
@command(
    "directory.tenant.set_up",
    feature=TENANTS_MANAGE,
    undoable=False,
    undo_reason=gettext_lazy("set-up only fills what is missing."),
)
def set_up_tenant(tenant_id: UUID) -> Tenant:
    """Run every module's set-up again, for modules that were installed since; what is there stays as it is.

    Raises PlatformOnly, RowNotFound.
    """
    demand_platform()
    tenant = _tenant_for_update(tenant_id)
    equip_tenant("directory.tenant.set_up")
    return tenant
