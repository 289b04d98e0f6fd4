"""AppConfig of the translations module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import Translations
from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class TranslationsConfig(ModuleConfig):
    """Texts of records in further languages."""

    name = "apps.translations"
    label = "translations"
    verbose_name = _("Translations")
    manifest = Manifest(
        id="translations",
        label=_("Translations"),
        requires=("directory",),
        description=_("Texts of records in further languages."),
    )

    def ready(self) -> None:
        """Answer for translated texts."""
        from apps.translations.selectors import StoredTranslations  # noqa: PLC0415

        provide(Translations, StoredTranslations(), name="translations.overlay")
