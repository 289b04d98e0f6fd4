"""Pages of the catalog in the back office."""

from __future__ import annotations

from apps.catalog.admin.explaining import explained_view

__all__ = ["explained_view"]
