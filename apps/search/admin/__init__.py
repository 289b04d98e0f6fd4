"""Back office pages of the search; imported so that they register."""

from __future__ import annotations

from apps.search.admin import finding, settings, status

__all__ = ["finding", "settings", "status"]
