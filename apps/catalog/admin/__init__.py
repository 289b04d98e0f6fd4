"""Back office pages of the catalog."""

from apps.catalog.admin.media import media_view

__all__ = ["media_view"]
