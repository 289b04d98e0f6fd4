"""Organizations: creating, naming, switching on and off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from apps.directory.features import ORGANIZATIONS_MANAGE
from apps.directory.models import Organization
from apps.directory.selectors import is_slug_taken, suggested_slug
from apps.directory.services.hooks import equip_organization
from apps.directory.services.loading import lock_tree, organization_for_update, parent_for
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.translation import constraint_of
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope

FIELDS = ("name", "slug", "logo_url")
SLUG_RULES = frozenset({"handle_index_once", "organization_slug_once"})


def _creation_example(scope: Scope) -> dict[str, Any]:
    return {"name": f"Branch {uuid7().hex[-8:]}", "parent_id": scope.organization_id}


@command("directory.organization.create", feature=ORGANIZATIONS_MANAGE, example=_creation_example)
def create_organization(
    *,
    name: str,
    parent_id: UUID | None = None,
    slug: str = "",
    logo_url: str = "",
    custom_fields: Mapping[str, Any] | None = None,
) -> Organization:
    """Add an organization below another (None: at the top) and let every module equip it.

    `slug` "" takes a free one made from the tenant's handle and the name. Raises InvalidInput, Duplicate,
    ParentInactive, TopLevelRefused.
    """
    lock_tree()
    parent = parent_for(parent_id)
    organization = Organization(
        id=uuid7(), name=name, slug=slug or suggested_slug(name), logo_url=logo_url, parent=parent
    )
    organization.path = f"{parent.path if parent else ''}{organization.pk}/"
    organization.depth = parent.depth + 1 if parent else 0
    organization.take(custom_fields)
    demand_valid(organization, FIELDS, more=_logo_complaints(logo_url))
    _save_with_slug(organization, force_insert=True)
    equip_organization(organization.pk, "directory.organization.create")
    return organization


def new_organization_id() -> UUID:
    """Id of an organization made for an example."""
    return create_organization(name=f"Example {uuid7().hex[-8:]}").pk


def _update_example(scope: Scope) -> dict[str, Any]:
    return {"organization_id": new_organization_id(), "name": f"Renamed {uuid7().hex[-8:]}"}


@command("directory.organization.update", feature=ORGANIZATIONS_MANAGE, example=_update_example)
def update_organization(
    organization_id: UUID,
    *,
    name: str | None = None,
    slug: str | None = None,
    logo_url: str | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Organization:
    """Change name, handle, logo or custom values; None leaves a field as it is.

    Raises RowNotFound, InvalidInput, Duplicate.
    """
    lock_tree()
    organization = organization_for_update(organization_id)
    former = organization.slug
    for field, value in {"name": name, "slug": slug, "logo_url": logo_url}.items():
        if value is not None:
            setattr(organization, field, value)
    organization.take(custom_fields)
    demand_valid(organization, FIELDS, more=_logo_complaints(organization.logo_url))
    if organization.slug == former:
        organization.save(update_fields=["name", "logo_url", "version"])
    else:
        _save_with_slug(organization, update_fields=[*FIELDS, "version"])
    return organization


def _logo_complaints(address: str) -> Iterator[FieldError]:
    if "://" in address and urlsplit(address).scheme not in {"http", "https"}:
        yield FieldError("logo_url", "invalid", _("Use an address that begins with https:// or http://."))


def _save_with_slug(organization: Organization, **options: Any) -> None:
    taken = Duplicate(errors=(FieldError("slug", Duplicate.code, _("This handle is taken.")),), fields="slug")
    if is_slug_taken(organization.slug):
        raise taken
    try:
        organization.save(**options)
    except IntegrityError as error:
        if constraint_of(error) in SLUG_RULES:
            raise taken from error
        raise


def _switching_example(scope: Scope) -> dict[str, Any]:
    return {"organization_id": new_organization_id()}


def _off_example(scope: Scope) -> dict[str, Any]:
    return {"organization_id": deactivate_organization(new_organization_id()).pk}


@command("directory.organization.deactivate", feature=ORGANIZATIONS_MANAGE, example=_switching_example)
def deactivate_organization(organization_id: UUID) -> Organization:
    """Switch an organization off: it can be read, but is offered no longer and nothing new comes below it."""
    return _switch(organization_id, is_active=False)


@command("directory.organization.activate", feature=ORGANIZATIONS_MANAGE, example=_off_example)
def activate_organization(organization_id: UUID) -> Organization:
    """Switch an organization on again."""
    return _switch(organization_id, is_active=True)


def _switch(organization_id: UUID, *, is_active: bool) -> Organization:
    lock_tree()
    organization = organization_for_update(organization_id)
    organization.is_active = is_active
    organization.save(update_fields=["is_active", "version"])
    return organization


def living_children(organization: Organization) -> models.QuerySet[Organization]:
    """Living organizations right below."""
    rows: models.QuerySet[Organization] = Organization.objects.filter(parent=organization, deleted_at__isnull=True)
    return rows
