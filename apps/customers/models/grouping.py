"""Tags that everybody sees, and groups that prices and tax rules point to."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_PEOPLE
from apps.customers.models.identity import Customer
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import CODE, COLOR


class Tag(Versioned, SoftDelete, OrganizationModel):
    """A word that customers are marked with. `normalized_label` tells tags apart whatever their capitals."""

    entity_id = "customers.tag"
    view_feature: ClassVar[str] = VIEW_PEOPLE

    label = models.CharField(_("label"), max_length=100)
    normalized_label = models.CharField(max_length=300, editable=False)
    color = models.CharField(_("colour"), max_length=7, blank=True, default="", validators=[COLOR])
    description = models.CharField(_("description"), max_length=500, blank=True, default="")

    class Meta:
        db_table = "customer_tag"
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "normalized_label"],
                condition=SoftDelete.ALIVE,
                name="customer_tag_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "label", "id"], name="customer_tag_label"),
            models.Index(fields=["tenant_id", "organization_id"], name="customer_tag_organization"),
        ]

    def __str__(self) -> str:
        """Its label."""
        return self.label


class Tagging(OrganizationModel):
    """A customer has a tag."""

    customer_id: UUID
    tag_id: UUID

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="taggings")
    tag = TenantForeignKey(Tag, models.CASCADE, related_name="taggings", verbose_name=_("tag"))

    class Meta:
        db_table = "customer_tagging"
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "customer", "tag"], name="customer_tagging_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "tag", "customer"], name="customer_tagging_tag")]


class CustomerGroup(Versioned, SoftDelete, OrganizationModel):
    """A group of customers, such as wholesalers; of several that apply the one with the lowest `rank` comes first."""

    entity_id = "customers.customer_group"
    view_feature: ClassVar[str] = VIEW_PEOPLE

    code = models.CharField(_("code"), max_length=60, validators=[CODE])
    name = models.CharField(_("name"), max_length=150)
    rank = models.PositiveIntegerField(_("rank"), default=100)
    description = models.CharField(_("description"), max_length=500, blank=True, default="")

    class Meta:
        db_table = "customer_group"
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"], condition=SoftDelete.ALIVE, name="customer_group_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="customer_group_name"),
            models.Index(fields=["tenant_id", "rank", "id"], name="customer_group_rank"),
            models.Index(fields=["tenant_id", "organization_id"], name="customer_group_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Membership(OrganizationModel):
    """A customer is in a group."""

    remembered = ("customer_id", "group_id")
    remembered_by = "customer_id"
    customer_id: UUID
    group_id: UUID

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="memberships")
    group = TenantForeignKey(CustomerGroup, models.CASCADE, related_name="memberships", verbose_name=_("group"))

    class Meta:
        db_table = "customer_membership"
        verbose_name = _("membership in a group")
        verbose_name_plural = _("memberships in groups")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "customer", "group"], name="customer_membership_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "group", "customer"], name="customer_membership_group")]
