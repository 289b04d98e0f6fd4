"""Texts of dictionaries that can be translated."""

from __future__ import annotations

from apps.translations.contracts import translatable

translatable("dictionaries.dictionary", "name", "description")
translatable("dictionaries.entry", "label")
