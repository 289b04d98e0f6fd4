"""Texts of currencies that can be translated."""

from __future__ import annotations

from apps.translations.contracts import translatable

translatable("currencies.currency", "name")
