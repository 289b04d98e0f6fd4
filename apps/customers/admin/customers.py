"""Back office pages of people and companies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.customers import services
from apps.customers.admin.deal_forms import ConversionForm
from apps.customers.admin.lookalikes import CustomerPage
from apps.customers.admin.narrowing import ByGroup, ByTag
from apps.customers.admin.parts import AddressRows, ContactPointRows, CustomerForm
from apps.customers.admin.place_rows import PlaceRows
from apps.customers.admin.privacy import ERASE_BUTTON, EXPORT_BUTTON
from apps.customers.admin.talking import CustomerPages
from apps.customers.features import MANAGE_COMPANIES, MANAGE_PEOPLE, VIEW_COMPANIES, VIEW_PEOPLE
from apps.customers.models import Company, Person
from apps.customers.selectors import takes_more
from apps.kernel.admin.access import allows
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES

KEPT_FOR = _("What was deleted goes for good after the time for which the installation keeps it.")
STANDING = ("owner_id", "status_id", "lifecycle_stage_id", "source_id", "temperature_id")


@register(Person)
class PersonPage(CustomerPages, CustomerPage):
    """People of the selected organizations."""

    create_command = services.create_person
    update_command = services.update_person
    delete_command = services.delete_person
    restore_command = services.restore_person
    purge_command = services.purge_person
    trash_note = KEPT_FOR
    view_feature = VIEW_PEOPLE
    manage_feature = MANAGE_PEOPLE
    icon = "person"
    order = 10
    empty_hint = _("Add the first person.")
    list_display = ("display_name", "job_title", "status_id", "lifecycle_stage_id", "owner_id", "updated_at")
    search_fields = ("display_name", "first_name", "last_name", "job_title")
    ordering = ("display_name",)
    optional_fields = ("display_name",)
    form = CustomerForm
    list_filter = (ByTag, ByGroup)
    inlines = (ContactPointRows, AddressRows)
    buttons = (
        EXPORT_BUTTON,
        RecordCommand(
            "convert",
            services.convert_lead,
            _("Convert to customer"),
            icon="how_to_reg",
            form=ConversionForm,
            shown=takes_more,
        ),
        ERASE_BUTTON,
    )
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("display_name", "preferred_name"))}),
        (_("Work"), {"fields": (("job_title", "department"), ("seniority", "time_zone"), "linkedin_url")}),
        (_("Standing"), {"fields": (*STANDING, "tag_ids", "group_ids")}),
        (_("Notes"), {"fields": ("description",)}),
    )

    def get_inlines(self, request: HttpRequest, obj: Person | None) -> Any:
        """Where they work only for those who see companies."""
        return (*super().get_inlines(request, obj), *((PlaceRows,) if allows(VIEW_COMPANIES) else ()))


@register(Company)
class CompanyPage(CustomerPages, CustomerPage):
    """Companies of the selected organizations."""

    create_command = services.create_company
    update_command = services.update_company
    delete_command = services.delete_company
    restore_command = services.restore_company
    purge_command = services.purge_company
    trash_note = KEPT_FOR
    view_feature = VIEW_COMPANIES
    manage_feature = MANAGE_COMPANIES
    icon = "apartment"
    order = 20
    empty_hint = _("Add the first company.")
    list_display = ("display_name", "domain", "status_id", "lifecycle_stage_id", "owner_id", "updated_at")
    search_fields = ("display_name", "legal_name", "brand_name", "domain")
    ordering = ("display_name",)
    optional_fields = ("display_name",)
    form = CustomerForm
    list_filter = (ByTag, ByGroup)
    inlines = (ContactPointRows, AddressRows)
    fieldsets = (
        (None, {"fields": (("brand_name", "legal_name"), "display_name", ("domain", "website_url"), "parent")}),
        (
            _("Business"),
            {"fields": (("industry_id", "size_bucket"), ("annual_revenue", "annual_revenue_currency"), "tax_id")},
        ),
        (_("Standing"), {"fields": (*STANDING, "tag_ids", "group_ids")}),
        (_("Notes"), {"fields": ("description",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Company | None = None) -> Any:
        """Without the company above where the reader does not see it: an empty choice would take it away."""
        found = list(super().get_fieldsets(request, obj))
        if obj is None or not _hides_parent(obj):
            return found
        names = tuple(name for name in found[0][1]["fields"] if name != "parent")
        return [(found[0][0], {**found[0][1], "fields": names}), *found[1:]]


def _hides_parent(company: Company) -> bool:
    seen = ENTITIES[Company.entity_id].living()
    return company.parent_id is not None and not seen.filter(pk=company.parent_id).exists()
