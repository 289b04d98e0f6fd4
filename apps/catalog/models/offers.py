"""Offers: promotions that last a while, and how a product is shown in one channel."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import MANAGE_OFFERS, VIEW_OFFERS
from apps.catalog.models.products import Product
from apps.catalog.models.variants import Variant
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.references.fields import OnDeletion, ReferenceField


class OfferKind(models.TextChoices):
    """What an offer is for."""

    PROMOTION = "promotion", _("promotion")
    LISTING = "listing", _("listing")


class Offer(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """A promotion, from `starts_at` until before `ends_at`, or a product's presentation in a channel (a listing).

    Its prices are rows that point to it. Texts and picture that are empty are the product's.
    """

    entity_id = "catalog.offer"
    needs: ClassVar = ("product", "variant")
    view_feature: ClassVar[str] = VIEW_OFFERS
    change_feature: ClassVar[str] = MANAGE_OFFERS
    remembered = ("product_id", "variant_id", "kind", "is_active", "starts_at", "ends_at", "channel_id")
    remembered_by = "product_id"
    product_id: UUID
    variant_id: UUID | None

    product = TenantForeignKey(Product, models.CASCADE, related_name="offers", verbose_name=_("product"))
    variant = TenantForeignKey(
        Variant, models.CASCADE, null=True, blank=True, related_name="offers", verbose_name=_("variant")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=OfferKind, default=OfferKind.PROMOTION)
    title = models.CharField(_("title"), max_length=255, blank=True, default="")
    description = models.TextField(_("description"), max_length=4000, blank=True, default="")
    channel_id = ReferenceField("sales.channel", null=True, blank=True, verbose_name=_("channel"))
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    default_media_id = ReferenceField(
        "attachments.attachment",
        null=True,
        blank=True,
        editable=False,
        on_deletion=OnDeletion.CLEAR,
        verbose_name=_("main picture"),
    )

    class Meta:
        db_table = "offer"
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "product", "variant", "channel_id"],
                condition=SoftDelete.ALIVE & models.Q(kind=OfferKind.LISTING),
                nulls_distinct=False,
                name="offer_one_listing",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=OfferKind.LISTING) | models.Q(starts_at__isnull=False, ends_at__isnull=False),
                name="offer_promotion_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=OfferKind.PROMOTION) | models.Q(channel_id__isnull=False),
                name="offer_listing_in_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="offer_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "product"], name="offer_product"),
            models.Index(fields=["tenant_id", "variant"], name="offer_variant"),
            models.Index(fields=["tenant_id", "channel_id"], name="offer_channel"),
            models.Index(fields=["tenant_id", "default_media_id"], name="offer_media"),
            models.Index(fields=["tenant_id", "title", "id"], name="offer_title"),
            models.Index(fields=["tenant_id", "starts_at", "id"], name="offer_begin"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="offer_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="offer_organization"),
        ]

    def __str__(self) -> str:
        """Its title, or what kind it is."""
        return self.title or str(self.get_kind_display())
