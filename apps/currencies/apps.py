"""AppConfig of the currencies module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class CurrenciesConfig(ModuleConfig):
    """The currencies that each organization works in, and the rates between them."""

    name = "apps.currencies"
    label = "currencies"
    verbose_name = _("Currencies")
    manifest = Manifest(
        id="currencies",
        label=_("Currencies"),
        requires=("directory",),
        description=_("The currencies that each organization works in, and the rates between them."),
        daily=True,
    )

    def ready(self) -> None:
        """Offer the book of currencies and the rates between them to the other modules."""
        from apps.currencies.contracts import CurrencyBook, ExchangeRates, MissingRates  # noqa: PLC0415
        from apps.currencies.selectors import StoredCurrencyBook  # noqa: PLC0415
        from apps.currencies.services.conversion import StoredExchangeRates  # noqa: PLC0415
        from apps.currencies.services.missing import FetchedLater, note_after_command  # noqa: PLC0415
        from apps.kernel.commands.outcome import command_ended  # noqa: PLC0415

        provide(CurrencyBook, StoredCurrencyBook(), name="currencies.book")
        provide(ExchangeRates, StoredExchangeRates(), name="currencies.rates")
        provide(MissingRates, FetchedLater(), name="currencies.missing_rates")
        command_ended.connect(note_after_command, dispatch_uid="currencies.note_missing_rates")
