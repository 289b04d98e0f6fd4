"""AppConfig of the search module."""

from __future__ import annotations

from django.db.models.signals import post_migrate
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
        """Answer for searches in lists, and look at the declarations whenever a worker starts."""
        from apps.kernel.ports import SearchQuery  # noqa: PLC0415
        from apps.kernel.services import provide  # noqa: PLC0415
        from apps.kernel.work.starting import worker_started  # noqa: PLC0415
        from apps.search.services.declaring import know_declarations, note_declarations  # noqa: PLC0415
        from apps.search.services.searching import IndexQuery  # noqa: PLC0415

        provide(SearchQuery, IndexQuery(), name="search.query")
        worker_started.connect(note_declarations, dispatch_uid="search.declarations")
        post_migrate.connect(know_declarations, sender=self, dispatch_uid="search.known")
