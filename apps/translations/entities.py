"""The kinds of record of this module."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.translations.models import TenantLocale, Translation

entity(Translation, icon="translate")
entity(TenantLocale, icon="language")
