"""The kinds of record of this module."""

from __future__ import annotations

from apps.kernel.references.attached import AttachedRows
from apps.kernel.references.holders import reference_holder
from apps.kernel.registry.entities import entity
from apps.translations.models import TenantLocale, Translation

entity(Translation, icon="translate")
entity(TenantLocale, icon="language")
reference_holder("translations.texts", AttachedRows(Translation, once=("locale", "field")))
