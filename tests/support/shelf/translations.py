"""Texts of books that can be translated."""

from __future__ import annotations

from apps.translations.contracts import translatable

translatable("shelf.book", "title")
