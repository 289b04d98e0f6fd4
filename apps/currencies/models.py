"""Currencies of an organization, and what they cost in each other."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.bitemporal import Bitemporal, KnownOnce
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.money import RATE_DIGITS, RATE_PLACES

CODE = RegexValidator(r"^[A-Z]{3}$")
SMALLEST_RATE = Decimal(1).scaleb(-RATE_PLACES)
LIVING = models.Q(deleted_at__isnull=True)


class Currency(Versioned, SoftDelete, OrganizationModel):
    """One currency that the organization works in. `code` is ISO 4217, three capital letters."""

    entity_id = "currencies.currency"

    code = models.CharField(_("code"), max_length=3, validators=[CODE])
    name = models.CharField(_("name"), max_length=200)
    symbol = models.CharField(_("symbol"), max_length=10)
    decimal_places = models.PositiveSmallIntegerField(_("decimal places"), default=2, validators=[MaxValueValidator(8)])
    is_active = models.BooleanField(_("active"), default=True)
    is_base = models.BooleanField(_("base currency"), default=False)

    class Meta:
        db_table = "currency"
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "code"], condition=LIVING, name="currency_code_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id"],
                condition=LIVING & models.Q(is_base=True),
                name="currency_base_once",
            ),
            models.CheckConstraint(condition=models.Q(code__regex=r"^[A-Z]{3}$"), name="currency_code_form"),
            models.CheckConstraint(condition=models.Q(decimal_places__lte=8), name="currency_places_limit"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "code", "id"], name="currency_code"),
            models.Index(fields=["tenant_id", "name", "id"], name="currency_name"),
            # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
            models.Index(fields=["tenant_id", "organization_id"], name="currency_organization"),
        ]

    def __str__(self) -> str:
        """Code and name."""
        return f"{self.code} — {self.name}"


class Kind(models.TextChoices):
    """Whose rate it is: the middle one of a table, or a bank's when it buys or sells the first currency."""

    MID = "mid", _("middle")
    BUY = "buy", _("buying")
    SELL = "sell", _("selling")


class ExchangeRate(Bitemporal, OrganizationModel):
    """What one unit of `from_code` costs in `to_code` on a day, as somebody says.

    Codes and no keys: amounts elsewhere are kept with codes, and a rate outlives the currency that it names.
    """

    entity_id = "currencies.exchange_rate"

    from_code = models.CharField(_("from"), max_length=3, validators=[CODE])
    to_code = models.CharField(_("to"), max_length=3, validators=[CODE])
    rate = models.DecimalField(
        _("rate"), max_digits=RATE_DIGITS, decimal_places=RATE_PLACES, validators=[MinValueValidator(SMALLEST_RATE)]
    )
    effective_on = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=50, validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")])
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.MID)

    class Meta:
        db_table = "exchange_rate"
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        base_manager_name = "objects"
        constraints: ClassVar = [
            KnownOnce(
                name="exchange_rate_known_once",
                key=("tenant_id", "organization_id", "effective_on", "from_code", "to_code", "source", "kind"),
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(
                condition=~models.Q(from_code=models.F("to_code")), name="exchange_rate_two_currencies"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant_id", "organization_id", "from_code", "to_code", "kind", "-effective_on"],
                condition=models.Q(known__upper_inf=True),
                name="exchange_rate_today",
            ),
            models.Index(
                fields=["tenant_id", "organization_id", "from_code", "to_code", "kind", "-effective_on"],
                name="exchange_rate_then",
            ),
            models.Index(
                fields=["tenant_id", "-effective_on", "id"],
                condition=models.Q(known__upper_inf=True),
                name="exchange_rate_day",
            ),
        ]

    def __str__(self) -> str:
        """Pair and day."""
        return f"{self.from_code}/{self.to_code} {self.effective_on}"
