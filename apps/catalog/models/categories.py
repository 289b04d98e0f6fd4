"""Categories, a tree, and tags: how products are grouped."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import VIEW_CATEGORIES, VIEW_PRODUCTS
from apps.catalog.models.options import SLUG
from apps.catalog.models.products import Product
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel


class Category(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """A node of the organization's tree of categories.

    `path` holds the ids from the root to the node, each followed by `/`; `position` is the place among the children of
    one parent.
    """

    entity_id = "catalog.category"
    needs: ClassVar = ("parent",)
    view_feature: ClassVar[str] = VIEW_CATEGORIES
    parent_id: UUID | None

    name = models.CharField(_("name"), max_length=255)
    slug = models.CharField(_("handle"), max_length=150, blank=True, default="", validators=[SLUG])
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    parent = TenantForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.TextField(editable=False)
    depth = models.PositiveIntegerField(_("depth"), default=0, editable=False)
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "category"
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "slug"],
                condition=SoftDelete.ALIVE & ~models.Q(slug=""),
                name="category_slug_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant_id", "path"], name="category_path", opclasses=["uuid_ops", "text_pattern_ops"]
            ),
            models.Index(fields=["tenant_id", "parent", "position"], name="category_children"),
            models.Index(fields=["tenant_id", "name", "id"], name="category_name"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="category_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="category_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class CategoryAssignment(OrganizationModel):
    """A product is in a category.

    `position` is its place among the products of the category, `rank` that of the category among those of the product,
    of which 0 is the main one.
    """

    entity_id = "catalog.category_assignment"
    named_by: ClassVar = ("category",)
    # Not the product: a category comes back with what was in it, and so does a product later.
    needs: ClassVar = ("category",)
    view_feature: ClassVar[str] = VIEW_CATEGORIES
    product_id: UUID
    category_id: UUID

    product = TenantForeignKey(Product, models.CASCADE, related_name="assignments", verbose_name=_("product"))
    category = TenantForeignKey(Category, models.CASCADE, related_name="assignments", verbose_name=_("category"))
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)
    rank = models.PositiveIntegerField(_("rank"), default=0, editable=False)

    class Meta:
        db_table = "category_assignment"
        verbose_name = _("category of a product")
        verbose_name_plural = _("categories of products")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "product", "category"], name="category_assignment_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "category", "product"], name="category_products")]

    def __str__(self) -> str:
        """The name of the category."""
        return str(self.category)


class ProductTag(Versioned, SoftDelete, OrganizationModel):
    """A word that products are marked with; `slug` tells tags apart whatever their capitals and accents."""

    entity_id = "catalog.tag"
    view_feature: ClassVar[str] = VIEW_PRODUCTS

    label = models.CharField(_("label"), max_length=100)
    slug = models.CharField(max_length=150, editable=False)

    class Meta:
        db_table = "product_tag"
        verbose_name = _("product tag")
        verbose_name_plural = _("product tags")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "slug"], condition=SoftDelete.ALIVE, name="product_tag_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "label", "id"], name="product_tag_label"),
            models.Index(fields=["tenant_id", "organization_id"], name="product_tag_organization"),
        ]

    def __str__(self) -> str:
        """Its label."""
        return self.label


class ProductTagging(OrganizationModel):
    """A product has a tag."""

    needs: ClassVar = ("tag",)
    product_id: UUID
    tag_id: UUID

    product = TenantForeignKey(Product, models.CASCADE, related_name="taggings")
    tag = TenantForeignKey(ProductTag, models.CASCADE, related_name="taggings", verbose_name=_("tag"))

    class Meta:
        db_table = "product_tagging"
        verbose_name = _("tag of a product")
        verbose_name_plural = _("tags of products")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "product", "tag"], name="product_tagging_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "tag", "product"], name="product_tagging_tag")]
