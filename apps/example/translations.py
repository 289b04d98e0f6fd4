"""Texts of reminders that can be translated."""

from __future__ import annotations

from apps.translations.contracts import translatable

translatable("example.reminder", "title")
