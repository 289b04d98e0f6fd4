"""Option schemas: what variants of a product differ in."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.features import VIEW_PRODUCTS
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel

SLUG = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]*$", _("Use a–z, 0–9, hyphens and underscores, and begin with a letter or digit.")
)


class OptionSchema(Versioned, SoftDelete, OrganizationModel):
    """Options that products share, such as size and colour.

    `options` is a list of `{"code", "label", "input_type", "is_required", "choices"}`, in the order in which they are
    shown; `input_type` is select, text, number or boolean, and `choices` a list of `{"code", "label"}` for select.
    One that `is_owned` was written with a product, is that product's alone and goes with it.
    """

    entity_id = "catalog.option_schema"
    view_feature: ClassVar[str] = VIEW_PRODUCTS

    name = models.CharField(_("name"), max_length=150)
    code = models.CharField(_("code"), max_length=150, validators=[SLUG])
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    options = models.JSONField(_("options"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    is_owned = models.BooleanField(_("of one product"), default=False, editable=False)

    class Meta:
        db_table = "option_schema"
        verbose_name = _("option schema")
        verbose_name_plural = _("option schemas")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"],
                condition=SoftDelete.ALIVE,
                name="option_schema_code_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="option_schema_name"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="option_schema_created"),
            models.Index(fields=["tenant_id", "organization_id"], name="option_schema_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
