"""Translations of texts of records, and the languages that a tenant translates into."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.models import TenantModel


class Translation(TenantModel):
    """One text of one record in another language. `source_digest` names the text that it was made from.

    Who sees the record sees its translations, so these belong to the tenant and no organization; nothing here is read
    but for records that the reader sees.
    """

    entity_id = "translations.translation"

    entity = models.CharField(_("kind of record"), max_length=100)
    record_id = models.UUIDField(_("record"))
    locale = models.CharField(_("language"), max_length=12)
    field = models.CharField(_("field"), max_length=100)
    value = models.TextField(_("text"))
    source_digest = models.CharField(_("made from"), max_length=32)

    class Meta:
        db_table = "translation"
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "entity", "record_id", "locale", "field"], name="translation_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "entity", "locale", "field", "record_id"], name="translation_of_kind"),
        ]

    def __str__(self) -> str:
        """Language and field."""
        return f"{self.locale} {self.field}"


class TenantLocale(TenantModel):
    """A language that the tenant translates into: a tag such as `pt-BR`."""

    entity_id = "translations.locale"

    locale = models.CharField(_("language"), max_length=12)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        db_table = "translation_locale"
        verbose_name = _("language of translations")
        verbose_name_plural = _("languages of translations")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "locale"], name="translation_locale_once"),
        ]

    def __str__(self) -> str:
        """The tag."""
        return self.locale
