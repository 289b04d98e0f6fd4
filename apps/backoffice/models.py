"""Saved views: ways to show a list, kept by a user or for a role."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel

LIVING = models.Q(deleted_at__isnull=True)


class Owner(models.TextChoices):
    """Whose a view is."""

    USER = "user", _("user")
    ROLE = "role", _("role")


class SavedView(Versioned, SoftDelete, TenantModel):
    """One way to show a list, of one user or of one role, whose id is `owner_id`. `list` is the kind of record.

    `settings` is what `Arrangement.settings` makes: columns, order, size of a page, condition, search, filters.
    Whoever may open the list opens an `is_linked` one by its address.
    """

    entity_id = "backoffice.view"

    list = models.CharField(_("list"), max_length=100, editable=False)
    owner_kind = models.CharField(_("whose"), max_length=4, choices=Owner, default=Owner.USER, editable=False)
    owner_id = models.UUIDField(_("owner"), editable=False)
    name = models.CharField(_("name"), max_length=120)
    settings = models.JSONField(_("settings"), default=dict, editable=False)
    is_default = models.BooleanField(_("default"), default=False, editable=False)
    is_pinned = models.BooleanField(_("in the navigation"), default=False)
    is_linked = models.BooleanField(_("open to whoever has the link"), default=False)

    class Meta:
        db_table = "saved_view"
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "owner_id", "list", "name"], condition=LIVING, name="saved_view_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "owner_id", "list"],
                condition=LIVING & models.Q(is_default=True),
                name="saved_view_default_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "name", "id"], name="saved_view_name")]

    def __str__(self) -> str:
        """Its name."""
        return self.name
