"""Companies, and who works for them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import MANAGE_COMPANIES, VIEW_ALL_COMPANIES, VIEW_COMPANIES
from apps.customers.models.identity import CustomerKind, CustomerRecord, record_indexes
from apps.customers.models.people import Person
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import CURRENCY, DOMAIN
from apps.kernel.commands.amounts import whole_amount
from apps.kernel.references.fields import ReferenceField

NAMES = ("brand_name", "legal_name")


class Company(CustomerRecord):
    """A company that the organization deals with; `parent` is the one that it belongs to."""

    entity_id = "customers.company"
    kind = CustomerKind.COMPANY
    view_feature = VIEW_COMPANIES
    change_feature = MANAGE_COMPANIES
    view_all_feature = VIEW_ALL_COMPANIES
    needs: ClassVar = ("parent",)
    parent_id: UUID | None

    legal_name = models.CharField(_("legal name"), max_length=200, blank=True, default="")
    brand_name = models.CharField(_("brand name"), max_length=200, blank=True, default="")
    tax_id = models.CharField(_("tax number"), max_length=30, blank=True, default="")
    domain = models.CharField(_("domain"), max_length=253, blank=True, default="", validators=[DOMAIN])
    website_url = models.URLField(_("website"), max_length=300, blank=True, default="")
    industry_id = ReferenceField(
        "dictionaries.entry", within="customers.industry", null=True, blank=True, verbose_name=_("industry")
    )
    size_bucket = models.CharField(_("size"), max_length=50, blank=True, default="")
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=19, decimal_places=4, null=True, blank=True)
    annual_revenue_currency = models.CharField(
        _("currency of annual revenue"), max_length=3, validators=[CURRENCY], blank=True, default=""
    )
    parent = TenantForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subsidiaries", verbose_name=_("parent company")
    )

    class Meta:
        db_table = "company"
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "customer"], name="company_customer_once"),
            models.CheckConstraint(condition=models.Q(customer=models.F("id")), name="company_is_customer"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="company_not_own_parent"),
            whole_amount("annual_revenue", constraint="company_annual_revenue_whole"),
        ]
        indexes: ClassVar = [
            *record_indexes("company"),
            models.Index(fields=["tenant_id", "domain", "id"], name="company_domain"),
            models.Index(fields=["tenant_id", "parent"], name="company_parent"),
        ]


class PersonCompany(OrganizationModel):
    """A person works for a company, or did, in any number of roles; one of a person's is the primary one."""

    entity_id = "customers.person_company"
    needs: ClassVar = ("company",)
    named_by: ClassVar = ("person", "company")
    person_id: UUID
    company_id: UUID

    person = TenantForeignKey(Person, models.CASCADE, related_name="employments", verbose_name=_("person"))
    company = TenantForeignKey(Company, models.CASCADE, related_name="staff", verbose_name=_("company"))
    is_primary = models.BooleanField(_("primary"), default=False)

    class Meta:
        db_table = "person_company"
        verbose_name = _("place of work")
        verbose_name_plural = _("places of work")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "person", "company"], name="person_company_once"),
            models.UniqueConstraint(
                fields=["tenant_id", "person"], condition=models.Q(is_primary=True), name="person_company_primary_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "company"], name="person_company_company")]

    def __str__(self) -> str:
        """Both names."""
        return f"{self.person} – {self.company}"


class PersonCompanyRole(OrganizationModel):
    """A role that a person has in a company: decides, holds the budget, ..."""

    place_id: UUID

    place = TenantForeignKey(PersonCompany, models.CASCADE, related_name="roles", verbose_name=_("place of work"))
    role_id = ReferenceField("dictionaries.entry", within="customers.company_role", verbose_name=_("role"))

    class Meta:
        db_table = "person_company_role"
        verbose_name = _("role in a company")
        verbose_name_plural = _("roles in companies")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "place", "role_id"], name="person_company_role_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "role_id"], name="person_company_role_role")]
