"""AppConfig of the dictionaries module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class DictionariesConfig(ModuleConfig):
    """Lists of values that records choose from."""

    name = "apps.dictionaries"
    label = "dictionaries"
    verbose_name = _("Dictionaries")
    manifest = Manifest(
        id="dictionaries",
        label=_("Dictionaries"),
        requires=("directory",),
        description=_("Lists of values that records choose from: statuses, sources, types."),
        leaves_out={
            "search": "a dictionary reaches organizations below its own, so its list searches by itself",
            "custom_fields": "values have what lists and forms can show of them, and no more",
        },
    )

    def ready(self) -> None:
        """Offer the book of dictionaries to the other modules."""
        from apps.dictionaries.contracts import DictionaryBook  # noqa: PLC0415
        from apps.dictionaries.selectors import StoredDictionaryBook  # noqa: PLC0415

        provide(DictionaryBook, StoredDictionaryBook(), name="dictionaries.book")
