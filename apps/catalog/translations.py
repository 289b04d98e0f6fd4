"""Texts of the catalog that can be translated."""

from __future__ import annotations

from apps.translations.contracts import translatable

translatable("catalog.product", "title", "subtitle", "description", "seo_title", "seo_description")
translatable("catalog.variant", "name")
translatable("catalog.offer", "title", "description")
translatable("catalog.option_schema", "name", "description")
translatable("catalog.category", "name", "description")
translatable("catalog.tag", "label")
