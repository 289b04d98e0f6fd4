"""A back office of its own for the tests: pages over currencies and organizations that show every ability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.urls import include, path

from apps.backoffice.frame import BackOffice
from apps.backoffice.site import site as site_of_the_house
from apps.currencies.models import Currency
from apps.currencies.services import (
    activate_currency,
    create_currency,
    deactivate_currency,
    delete_currency,
    set_base_currency,
    update_currency,
)
from apps.directory.models import Organization
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.inlines import CommandTabularInline
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope
from tests.support.scopes import make_organization

VIEW, MANAGE = "directory.organizations.view", "directory.organizations.manage"
LONGEST_NAME = 30


def _example(scope: Scope) -> dict[str, Any]:
    return {"organization_id": scope.organization_id, "name": "Renamed"}


@command("tests.organization.update", feature=MANAGE, resource="directory.organization", example=_example)
def update_organization(organization_id: UUID, *, name: str, children: Sequence[dict[str, Any]] = ()) -> Organization:
    """Rename an organization, and create, rename or delete those below it."""
    organization = load_for_update(Organization, organization_id)
    bad = [f"children.{n}.name" for n, row in enumerate(children) if len(row["name"]) > LONGEST_NAME]
    if bad:
        raise InvalidInput(errors=tuple(FieldError(field, "too_long", "Too long for a branch.") for field in bad))
    organization.name = name
    organization.save(update_fields=["name", "version"])
    for row in children:
        _write_child(organization, row)
    return organization


def _write_child(parent: Organization, row: dict[str, Any]) -> None:
    if row["id"] is None:
        make_organization(row["name"], parent=parent)
        return
    child = load_for_update(Organization, row["id"])
    if row["deleted"]:
        child.delete()
    elif child.name != row["name"]:
        child.name = row["name"]
        child.save(update_fields=["name", "version"])


class Renaming(forms.Form):
    """What the rename button asks."""

    name = forms.CharField(max_length=200)


class CurrencyPage(CommandAdmin):
    """Currencies with every kind of button."""

    create_command = create_currency
    update_command = update_currency
    delete_command = delete_currency
    view_feature = "currencies.view"
    manage_feature = "currencies.manage"
    icon = "payments"
    empty_hint = "Add the currencies that you trade in."
    list_display = ("code", "name", "symbol", "decimal_places", "is_active", "is_base")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    ordering = ("code",)
    fields = ("code", "name", "symbol", "decimal_places")
    optional_fields = ("name", "symbol")
    buttons = (
        RecordCommand("base", set_base_currency, "Make base", shown=lambda row: not row.is_base, in_row=True),
        RecordCommand("off", deactivate_currency, "Switch off", in_bulk=True, dangerous=True),
        RecordCommand("on", activate_currency, "Switch on", shown=lambda row: not row.is_active),
        RecordCommand("rename", update_currency, "Rename", form=Renaming),
    )


class ChildRows(CommandTabularInline):
    """Organizations below another."""

    model = Organization
    fk_name = "parent"
    fields = ("name",)


class OrganizationPage(CommandAdmin):
    """Organizations with those below as rows."""

    update_command = update_organization
    view_feature = VIEW
    manage_feature = MANAGE
    list_display = ("name", "parent")
    search_fields = ("name",)
    fields = ("name",)
    inlines = (ChildRows,)


site = BackOffice()
site.register(Currency, CurrencyPage)
site.register(Organization, OrganizationPage)
for model, page in site_of_the_house._registry.items():  # what the menu, widgets and slots of all modules link to
    if not site.is_registered(model):
        site.register(model, type(page))
urlpatterns = [path("backend/", site.urls), path("api/", include("apps.kernel.api.urls"))]
