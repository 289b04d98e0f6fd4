"""What was said ahead of time, so that nobody is told twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.models import OrganizationModel


class Ahead(models.TextChoices):
    """What people are told of before it happens."""

    OFFER_BEGINS = "offer_begins", _("an offer begins")
    OFFER_ENDS = "offer_ends", _("an offer ends")
    LIST_ENDS = "list_ends", _("a price list runs out")


class SentNotice(OrganizationModel):
    """Somebody was told that something happens to a record at that moment; another moment is told again."""

    audited = False
    unaudited_reason = "It only remembers what was said; notifications have a history of their own."

    what = models.CharField(max_length=12, choices=Ahead)
    record_id = models.UUIDField()
    moment = models.DateTimeField()

    class Meta:
        db_table = "catalog_notice"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "record_id", "what", "moment"], name="catalog_notice_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "organization_id"], name="catalog_notice_organization"),
        ]

    def __str__(self) -> str:
        """What it is about."""
        return str(self.get_what_display())
