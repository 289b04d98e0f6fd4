"""Currencies of an organization, and what they cost in each other."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.bitemporal import Bitemporal, KnownOnce
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import CURRENCY, Pattern
from apps.kernel.money import RATE_DIGITS, RATE_PLACES

SMALLEST_RATE = Decimal(1).scaleb(-RATE_PLACES)
PAIR = ["tenant_id", "organization_id", "from_code", "to_code", "kind", "-effective_on"]
LIVING = models.Q(deleted_at__isnull=True)


class Currency(CustomFields, Versioned, SoftDelete, OrganizationModel):
    """One currency that the organization works in. `code` is ISO 4217, three capital letters."""

    entity_id = "currencies.currency"

    code = models.CharField(_("code"), max_length=3, validators=[CURRENCY])
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

    from_code = models.CharField(_("from"), max_length=3, validators=[CURRENCY])
    to_code = models.CharField(_("to"), max_length=3, validators=[CURRENCY])
    rate = models.DecimalField(
        _("rate"), max_digits=RATE_DIGITS, decimal_places=RATE_PLACES, validators=[MinValueValidator(SMALLEST_RATE)]
    )
    effective_on = models.DateField(_("day"))
    source = models.CharField(
        _("source"),
        max_length=50,
        validators=[
            Pattern(r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$", _("Use letters, digits, blanks, hyphens, dots and underscores."))
        ],
    )
    kind = models.CharField(_("type"), max_length=4, choices=Kind.choices, default=Kind.MID)

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
                fields=["tenant_id", "-effective_on", "id"],
                condition=models.Q(known__upper_inf=True),
                name="exchange_rate_day",
            ),
            models.Index(fields=PAIR, name="exchange_rate_then"),
            # The last one, because of indexes that look alike (before a table has statistics) the youngest is taken.
            models.Index(fields=PAIR, condition=models.Q(known__upper_inf=True), name="exchange_rate_today"),
        ]

    def __str__(self) -> str:
        """Pair and day."""
        return f"{self.from_code}/{self.to_code} {self.effective_on}"


class RateFetchConfig(Versioned, OrganizationModel):
    """Where rates of the organization come from by themselves, and when: once a day at `fetch_at`.

    `options` are those of the provider, as it has checked them. `source` follows from them: it is what the rates
    are recorded with, and there is one configuration for each.
    """

    entity_id = "currencies.rate_fetch_config"

    provider = models.CharField(_("provider"), max_length=40)
    source = models.CharField(_("source"), max_length=50, editable=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    fetch_at = models.CharField(
        _("time of day"),
        max_length=5,
        default="17:00",
        validators=[Pattern(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", _("A time of day is written like 17:00."))],
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    options = models.JSONField(_("options"), default=dict, blank=True)

    class Meta:
        db_table = "rate_fetch_config"
        verbose_name = _("rate fetching")
        verbose_name_plural = _("rate fetching")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "organization_id", "source"], name="rate_fetch_config_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "source", "id"], name="rate_fetch_config_source"),
        ]

    def __str__(self) -> str:
        """The source and when it is asked."""
        return f"{self.source} ({self.fetch_at} {self.time_zone})"


class RunTrigger(models.TextChoices):
    """Why rates were fetched."""

    SCHEDULE = "schedule", _("it was time")
    REQUEST = "request", _("somebody asked for it")
    COMMAND_LINE = "command_line", _("from the command line")
    MISSING = "missing", _("a rate was missing")


class RunStatus(models.TextChoices):
    """Where a fetch stands. The last three are ends."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED = (RunStatus.WAITING, RunStatus.RUNNING)


class FetchRun(OrganizationModel):
    """One fetch of a range of days from one source, and what came of it.

    `new`, `corrected` and `unchanged` count rates; `left_out` those in currencies that the organization does not
    use. `asked_by` is the user who asked, `job_id` the long job that shows how far it is. `error` is for people.
    """

    entity_id = "currencies.fetch_run"
    audited = False
    unaudited_reason = "A log of what was fetched. It moves while a fetch goes on; the rates themselves are audited."

    provider = models.CharField(_("provider"), max_length=40)
    source = models.CharField(_("source"), max_length=50)
    options = models.JSONField(_("options"), default=dict)
    trigger = models.CharField(_("reason"), max_length=12, choices=RunTrigger.choices)
    status = models.CharField(_("status"), max_length=9, choices=RunStatus.choices, default=RunStatus.WAITING)
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("to"))
    job_id = models.UUIDField(_("long job"), null=True)
    asked_by = models.UUIDField(_("asked by"), null=True)
    new = models.PositiveIntegerField(_("new"), default=0)
    corrected = models.PositiveIntegerField(_("corrected"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    error_code = models.CharField(_("code of the error"), max_length=100, default="")
    error = models.TextField(_("error"), default="")
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), null=True)

    class Meta:
        db_table = "rate_fetch_run"
        verbose_name = _("fetch of rates")
        verbose_name_plural = _("fetches of rates")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "-created_at", "id"], name="rate_fetch_run_newest"),
            models.Index(
                fields=["tenant_id", "organization_id", "source", "-created_at"], name="rate_fetch_run_of_source"
            ),
            models.Index(
                fields=["tenant_id", "job_id"], condition=models.Q(job_id__isnull=False), name="rate_fetch_run_job"
            ),
        ]

    def __str__(self) -> str:
        """Source and days."""
        return f"{self.source} {self.start_on} – {self.end_on}"

    @property
    def has_ended(self) -> bool:
        """Say whether nothing follows any more."""
        return self.status not in UNFINISHED


class MissingRate(OrganizationModel):
    """A rate that somebody looked for in vain; it is fetched once, and `fetched_at` says when that was tried."""

    entity_id = "currencies.missing_rate"
    audited = False
    unaudited_reason = "It remembers what was looked for, so that it is fetched once; nobody decides anything here."

    from_code = models.CharField(max_length=3)
    to_code = models.CharField(max_length=3)
    effective_on = models.DateField()
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "missing_rate"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "from_code", "to_code", "effective_on"],
                name="missing_rate_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant_id", "organization_id", "effective_on"],
                condition=models.Q(fetched_at__isnull=True),
                name="missing_rate_open",
            ),
        ]
