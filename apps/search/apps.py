"""AppConfig of the search module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class SearchConfig(ModuleConfig):
    """One index over the records of every module."""

    name = "apps.search"
    label = "search"
    verbose_name = _("Search")
    manifest = Manifest(
        id="search",
        label=_("Search"),
        requires=("directory", "progress"),
        description=_("One index over the records of every module."),
    )

    def ready(self) -> None:
        """Answer for searches in lists."""
        from apps.kernel.ports import SearchQuery  # noqa: PLC0415
        from apps.kernel.services import provide  # noqa: PLC0415
        from apps.search.services.searching import IndexQuery  # noqa: PLC0415

        provide(SearchQuery, IndexQuery(), name="search.query")
