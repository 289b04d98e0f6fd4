"""What people say about customers and deals, and what they keep for themselves: comments, labels, who follows what."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.calculations.words import one_line
from apps.customers.features import USE_LABELS, VIEW_COMMENTS
from apps.customers.models.identity import Customer
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel, TenantModel
from apps.kernel.bases.patterns import COLOR
from apps.kernel.references.fields import OnDeletion, ReferenceField

DEAL = "customers.deal"
LONGEST_BODY, LONGEST_NAME = 8000, 80
ONE_SUBJECT = models.Q(customer__isnull=False, deal_id__isnull=True) | models.Q(
    customer__isnull=True, deal_id__isnull=False
)


class Comment(Versioned, SoftDelete, OrganizationModel):
    """What somebody says about a customer or a deal. `author_id` None: a program said it."""

    entity_id = "customers.comment"
    view_feature: ClassVar[str] = VIEW_COMMENTS
    customer_id: UUID | None

    customer = TenantForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("customer")
    )
    deal_id = ReferenceField(DEAL, null=True, blank=True, on_deletion=OnDeletion.DELETE, verbose_name=_("deal"))
    body = models.TextField(_("comment"), max_length=LONGEST_BODY, validators=[MaxLengthValidator(LONGEST_BODY)])
    author_id = models.UUIDField(_("author"), null=True, editable=False)

    class Meta:
        db_table = "customer_comment"
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        base_manager_name = "objects"
        constraints: ClassVar = [models.CheckConstraint(condition=ONE_SUBJECT, name="customer_comment_one_subject")]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "customer", "created_at", "id"], name="customer_comment_customer"),
            models.Index(fields=["tenant_id", "deal_id", "created_at", "id"], name="customer_comment_deal"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="customer_comment_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="customer_comment_place"),
        ]

    def __str__(self) -> str:
        """Its first words."""
        return one_line(self.body, LONGEST_NAME)


class Mention(OrganizationModel):
    """A comment speaks to a user, who has been told so."""

    comment_id: UUID

    comment = TenantForeignKey(Comment, models.CASCADE, related_name="mentions")
    user_id = ReferenceField("auth.user", on_deletion=OnDeletion.DELETE, verbose_name=_("user"))

    class Meta:
        db_table = "customer_comment_mention"
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "comment", "user_id"], name="customer_mention_once")
        ]


class Label(Versioned, SoftDelete, TenantModel):
    """A word that one user marks customers with; nobody else sees it. It spans the organizations of the user."""

    entity_id = "customers.label"
    view_feature: ClassVar[str] = USE_LABELS

    user_id = models.UUIDField(_("user"), editable=False)
    label = models.CharField(_("label"), max_length=100)
    normalized_label = models.CharField(max_length=300, editable=False)
    color = models.CharField(_("colour"), max_length=7, blank=True, default="", validators=[COLOR])

    class Meta:
        db_table = "customer_label"
        verbose_name = _("personal label")
        verbose_name_plural = _("personal labels")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "user_id", "normalized_label"],
                condition=SoftDelete.ALIVE,
                name="customer_label_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "user_id", "label", "id"], name="customer_label_user"),
            models.Index(fields=["tenant_id", "label", "id"], name="customer_label_label"),
        ]

    def __str__(self) -> str:
        """Its text."""
        return self.label


class Labelling(OrganizationModel):
    """A customer has a user's label."""

    customer_id: UUID
    label_id: UUID

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="labellings")
    label = TenantForeignKey(Label, models.CASCADE, related_name="labellings", verbose_name=_("personal label"))

    class Meta:
        db_table = "customer_labelling"
        verbose_name = _("personal label of a customer")
        verbose_name_plural = _("personal labels of customers")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "customer", "label"], name="customer_labelling_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "label", "customer"], name="customer_labelling_label")]


class Follower(OrganizationModel):
    """A user wants to be told what others do with a customer or a deal."""

    entity_id = "customers.follower"
    customer_id: UUID | None

    customer = TenantForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="followers", verbose_name=_("customer")
    )
    deal_id = ReferenceField(DEAL, null=True, blank=True, on_deletion=OnDeletion.DELETE, verbose_name=_("deal"))
    user_id = models.UUIDField(_("user"), editable=False)

    class Meta:
        db_table = "customer_follower"
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "customer", "user_id"], name="customer_follower_once"),
            models.UniqueConstraint(fields=["tenant_id", "deal_id", "user_id"], name="customer_follower_deal_once"),
            models.CheckConstraint(condition=ONE_SUBJECT, name="customer_follower_one_subject"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "user_id", "id"], name="customer_follower_user"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="customer_follower_created"),
        ]

    @property
    def audit_label(self) -> str:
        """Nothing by which the history would tell of a customer whom its reader does not see."""
        return str(self._meta.verbose_name)

    def __str__(self) -> str:
        """What is followed."""
        return str(self.customer) if self.customer_id else str(self.deal_id)
