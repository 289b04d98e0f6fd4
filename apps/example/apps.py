"""AppConfig of the example module, which shows every way to extend other modules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class ExampleConfig(ModuleConfig):
    """What a desk thinks of each currency, and reminders about them."""

    name = "apps.example"
    label = "example"
    verbose_name = _("Example")
    manifest = Manifest(
        id="example",
        label=_("Example"),
        requires=("directory", "currencies"),
        description=_("Shows every way to extend another module, on currencies."),
        daily=True,
    )

    def ready(self) -> None:
        """Offer what the desk thinks of currencies; SERVICE_OVERRIDES may put another book in its place."""
        from apps.example.contracts import StanceBook  # noqa: PLC0415
        from apps.example.selectors import StoredStanceBook  # noqa: PLC0415

        provide(StanceBook, StoredStanceBook(), name="example.stances")
