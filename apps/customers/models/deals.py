"""Deals: what they are worth, where they stand, who is part of them, and every stage they have been in."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.customers.features import MANAGE_DEALS, VIEW_ALL_DEALS, VIEW_DEALS
from apps.customers.models.companies import Company
from apps.customers.models.identity import restricted_index
from apps.customers.models.people import Person
from apps.customers.models.pipelines import MOST_PERCENT, Pipeline, Stage
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, ObjectAccess, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import CURRENCY
from apps.kernel.money import RATE_DIGITS, RATE_PLACES
from apps.kernel.references.fields import OnDeletion, ReferenceField


class Outcome(models.TextChoices):
    """How a deal has ended, if it has."""

    OPEN = "open", pgettext_lazy("state of a deal", "open")
    WON = "won", _("won")
    LOST = "lost", _("lost")


NO_VALUE = models.Q(value_amount__isnull=True, value_currency="")
WHOLE_VALUE = models.Q(value_amount__isnull=False) & ~models.Q(value_currency="")
NO_RATE = models.Q(base_amount__isnull=True, rate__isnull=True, rate_date__isnull=True)
WHOLE_RATE = models.Q(base_amount__isnull=False, rate__isnull=False, rate_date__isnull=False) & ~models.Q(
    base_currency=""
)


class Deal(CustomFields, Versioned, SoftDelete, ObjectAccess, OrganizationModel):
    """A sale that may come about.

    Of a deal with lines the value is their sum. The base amount is the value at the rate of the day on which it was
    given (`rate_date` is the day of the rate itself); without a rate it is empty, and that is no zero. `probability`
    is the deal's own, None leaves it to the stage. `stage_since` is when it came to its stage; `closed_at` is set
    exactly when it is won or lost.
    """

    entity_id = "customers.deal"
    needs: ClassVar = ("pipeline", "stage")
    view_feature = VIEW_DEALS
    change_feature = MANAGE_DEALS
    view_all_feature = VIEW_ALL_DEALS
    pipeline_id: UUID
    stage_id: UUID

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="", max_length=4000)
    pipeline = TenantForeignKey(Pipeline, models.PROTECT, related_name="deals", verbose_name=_("pipeline"))
    stage = TenantForeignKey(Stage, models.PROTECT, related_name="deals", verbose_name=_("stage"))
    stage_since = models.DateTimeField(_("in its stage since"), editable=False)
    value_amount = models.DecimalField(
        _("value"), max_digits=19, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    value_currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY], blank=True, default="")
    base_amount = models.DecimalField(
        _("value in base currency"), max_digits=19, decimal_places=4, null=True, editable=False
    )
    base_currency = models.CharField(_("base currency"), max_length=3, default="", editable=False)
    rate = models.DecimalField(
        _("exchange rate"), max_digits=RATE_DIGITS, decimal_places=RATE_PLACES, null=True, editable=False
    )
    rate_date = models.DateField(_("day of the rate"), null=True, editable=False)
    probability = models.PositiveSmallIntegerField(
        _("probability (%)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_PERCENT)],
    )
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=4, choices=Outcome, default=Outcome.OPEN, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    loss_reason_id = ReferenceField(
        "dictionaries.entry",
        within="customers.deal_loss_reason",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("reason of the loss"),
    )
    loss_notes = models.TextField(_("notes on the loss"), blank=True, default="", max_length=4000, editable=False)
    owner_id = ReferenceField(
        "auth.user", null=True, blank=True, on_deletion=OnDeletion.CLEAR, verbose_name=_("looked after by")
    )
    source_id = ReferenceField(
        "dictionaries.entry", within="customers.source", null=True, blank=True, verbose_name=_("source")
    )

    class Meta:
        db_table = "deal"
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=NO_VALUE | WHOLE_VALUE, name="deal_value_whole"),
            models.CheckConstraint(condition=NO_RATE | WHOLE_RATE, name="deal_rate_whole"),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.OPEN, closed_at__isnull=True)
                | (~models.Q(outcome=Outcome.OPEN) & models.Q(closed_at__isnull=False)),
                name="deal_closed_at",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.LOST) | models.Q(loss_reason_id__isnull=True, loss_notes=""),
                name="deal_loss",
            ),
            models.CheckConstraint(
                condition=models.Q(probability__isnull=True) | models.Q(probability__lte=MOST_PERCENT),
                name="deal_probability_range",
            ),
        ]
        indexes: ClassVar = [
            *(
                models.Index(fields=["tenant_id", column, "id"], name=f"deal_{name}")
                for column, name in (
                    ("title", "title"),
                    ("created_at", "created"),
                    ("updated_at", "changed"),
                    ("expected_close_on", "expected"),
                    ("closed_at", "closed"),
                    ("base_amount", "worth"),
                )
            ),
            *(
                models.Index(fields=["tenant_id", column], name=f"deal_{name}")
                for column, name in (
                    ("pipeline", "pipeline"),
                    ("owner_id", "owner"),
                    ("source_id", "source"),
                    ("loss_reason_id", "loss_reason"),
                    # A small organization in a large tenant: without it the tenant's rows are walked to fill a page.
                    ("organization_id", "organization"),
                )
            ),
            models.Index(fields=["tenant_id", "stage", "outcome"], name="deal_lane"),
            restricted_index("deal"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class DealPerson(OrganizationModel):
    """A person is part of a deal, in a role that companies know as well."""

    entity_id = "customers.deal_person"
    needs: ClassVar = ("person",)
    named_by: ClassVar = ("person",)
    deal_id: UUID
    person_id: UUID

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="people", verbose_name=_("deal"))
    person = TenantForeignKey(Person, models.CASCADE, related_name="deals", verbose_name=_("person"))
    role_id = ReferenceField(
        "dictionaries.entry", within="customers.company_role", null=True, blank=True, verbose_name=_("role")
    )

    class Meta:
        db_table = "deal_person"
        verbose_name = _("person of a deal")
        verbose_name_plural = _("people of deals")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "deal", "person"], name="deal_person_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "person", "deal"], name="deal_person_person")]

    def __str__(self) -> str:
        """The name of the person."""
        return str(self.person)


class DealCompany(OrganizationModel):
    """A company is part of a deal."""

    entity_id = "customers.deal_company"
    needs: ClassVar = ("company",)
    named_by: ClassVar = ("company",)
    deal_id: UUID
    company_id: UUID

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="companies", verbose_name=_("deal"))
    company = TenantForeignKey(Company, models.CASCADE, related_name="deals", verbose_name=_("company"))

    class Meta:
        db_table = "deal_company"
        verbose_name = _("company of a deal")
        verbose_name_plural = _("companies of deals")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "deal", "company"], name="deal_company_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "company", "deal"], name="deal_company_company")]

    def __str__(self) -> str:
        """The name of the company."""
        return str(self.company)


class DealLine(OrganizationModel):
    """Something that is to be sold, in the currency of its deal."""

    entity_id = "customers.deal_line"
    view_feature: ClassVar[str] = VIEW_DEALS
    deal_id: UUID

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="lines", verbose_name=_("deal"))
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)
    title = models.CharField(_("title"), max_length=200)
    quantity = models.DecimalField(
        _("quantity"), max_digits=19, decimal_places=4, default=1, validators=[MinValueValidator(0)]
    )
    unit_price = models.DecimalField(
        _("unit price"), max_digits=19, decimal_places=4, validators=[MinValueValidator(0)]
    )

    class Meta:
        db_table = "deal_line"
        verbose_name = _("line of a deal")
        verbose_name_plural = _("lines of deals")
        base_manager_name = "objects"
        indexes: ClassVar = [models.Index(fields=["tenant_id", "deal", "position"], name="deal_line_order")]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class StageTransition(OrganizationModel):
    """A visit of a deal to a stage; the present one has not been left. `from_stage` is empty where the deal began.

    `by_id` and `by` are who moved it: its id, where it has one, and its name as it was.
    """

    entity_id = "customers.stage_transition"
    named_by: ClassVar = ("from_stage", "to_stage")
    view_feature: ClassVar[str] = VIEW_DEALS
    deal_id: UUID
    from_stage_id: UUID | None
    to_stage_id: UUID

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="transitions", verbose_name=_("deal"))
    from_stage = TenantForeignKey(Stage, models.PROTECT, null=True, related_name="+", verbose_name=_("from stage"))
    to_stage = TenantForeignKey(Stage, models.PROTECT, related_name="+", verbose_name=_("to stage"))
    entered_at = models.DateTimeField(_("entered"))
    left_at = models.DateTimeField(_("left"), null=True)
    by_id = models.UUIDField(null=True)
    by = models.CharField(_("moved by"), max_length=300, blank=True, default="")

    class Meta:
        db_table = "deal_stage_transition"
        verbose_name = _("visit of a stage")
        verbose_name_plural = _("visits of stages")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "deal"],
                condition=models.Q(left_at__isnull=True),
                name="deal_stage_transition_present_once",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("entered_at")),
                name="deal_stage_transition_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "deal", "entered_at"], name="deal_stage_transition_deal"),
            models.Index(fields=["tenant_id", "to_stage"], name="deal_stage_transition_to"),
            models.Index(fields=["tenant_id", "from_stage"], name="deal_stage_transition_from"),
        ]

    def __str__(self) -> str:
        """Where from and where to."""
        return f"{self.from_stage or ''} → {self.to_stage}"
