"""Interactions with customers: calls, meetings, e-mails, notes, tasks and events, all in one kind."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models.companies import Company
from apps.customers.models.identity import Customer, restricted_index
from apps.customers.models.people import Person
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import ObjectAccess, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.references.fields import OnDeletion, ReferenceField

LONGEST_MINUTES = 14 * 24 * 60
EARLIEST_REMINDER = 28 * 24 * 60


class InteractionType(models.TextChoices):
    """What it is."""

    CALL = "call", _("call")
    MEETING = "meeting", _("meeting")
    EMAIL = "email", _("e-mail")
    NOTE = "note", _("note")
    TASK = "task", _("task")
    EVENT = "event", _("event")


class InteractionStatus(models.TextChoices):
    """How far it is."""

    PLANNED = "planned", _("planned")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class Priority(models.IntegerChoices):
    """How much it matters; the higher, the more."""

    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")
    URGENT = 4, _("urgent")


class Visibility(models.TextChoices):
    """Who sees it."""

    SHARED = "shared", _("everybody who sees interactions")
    PRIVATE = "private", _("only whoever wrote it")


class Interaction(Versioned, SoftDelete, ObjectAccess, OrganizationModel):
    """Something that is planned with a customer or has happened, or is to be done without any.

    `scheduled_at` is when it is planned, `occurred_at` when it was done. With a `recurrence` (the value of an RRULE)
    `scheduled_at` is the first of a series, which keeps its time of day in `time_zone` ("": the tenant's);
    `recurs_until` is when its last one begins, None for a series without end. A private one belongs to `author_id`
    alone, and what is about a restricted customer is seen by those who see the customer.
    """

    entity_id = "customers.interaction"
    view_feature = VIEW_INTERACTIONS
    change_feature = MANAGE_INTERACTIONS
    personal_to = "author_id"
    below: ClassVar = {"customer_id": (Person, Company)}
    customer_id: UUID | None

    customer = TenantForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="interactions", verbose_name=_("customer")
    )
    deal_id = ReferenceField(
        "customers.deal", null=True, blank=True, on_deletion=OnDeletion.CLEAR, verbose_name=_("deal")
    )
    type = models.CharField(_("type"), max_length=7, choices=InteractionType, default=InteractionType.TASK)
    title = models.CharField(_("title"), max_length=300)
    body = models.TextField(_("text"), max_length=10_000, blank=True, default="")
    status = models.CharField(
        _("status"), max_length=9, choices=InteractionStatus, default=InteractionStatus.PLANNED, editable=False
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    scheduled_at = models.DateTimeField(_("planned for"), null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)]
    )
    is_all_day = models.BooleanField(_("all day"), default=False)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    occurred_at = models.DateTimeField(_("done at"), null=True, blank=True)
    owner_id = ReferenceField(
        "auth.user", null=True, blank=True, on_deletion=OnDeletion.CLEAR, verbose_name=_("in charge")
    )
    # No reference: whoever wrote it did so even after they are gone.
    author_id = models.UUIDField(_("written by"), null=True, editable=False)
    location = models.CharField(_("place"), max_length=300, blank=True, default="")
    recurrence = models.CharField(_("recurrence"), max_length=400, blank=True, default="")
    recurs_until = models.DateTimeField(null=True, editable=False)
    # Moves with each change of one of the series, so that whoever listens to the interaction hears of it, also of undo.
    series_changed_at = models.DateTimeField(null=True, editable=False)
    reminder_minutes = models.PositiveIntegerField(
        _("remind before (minutes)"), null=True, blank=True, validators=[MaxValueValidator(EARLIEST_REMINDER)]
    )
    visibility = models.CharField(_("visible to"), max_length=7, choices=Visibility, default=Visibility.SHARED)
    is_pinned = models.BooleanField(_("pinned"), default=False, editable=False)
    external_id = models.CharField(_("id elsewhere"), max_length=255, blank=True, default="")

    class Meta:
        db_table = "interaction"
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "customer", "external_id"],
                condition=SoftDelete.ALIVE & ~models.Q(external_id=""),
                nulls_distinct=False,
                name="interaction_external_once",
            ),
            models.CheckConstraint(
                condition=models.Q(recurrence="") | models.Q(scheduled_at__isnull=False),
                name="interaction_series_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(is_restricted=True, visibility="private")
                | models.Q(is_restricted=False, visibility="shared"),
                name="interaction_private_closed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "scheduled_at", "id"], name="interaction_scheduled"),
            models.Index(fields=["tenant_id", "occurred_at", "id"], name="interaction_occurred"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="interaction_created"),
            models.Index(fields=["tenant_id", "updated_at", "id"], name="interaction_changed"),
            models.Index(fields=["tenant_id", "customer", "status", "scheduled_at"], name="interaction_customer"),
            # The latest of a customer with many: what was done stands on its timeline.
            models.Index(
                fields=["tenant_id", "customer", "occurred_at", "id"],
                condition=SoftDelete.ALIVE & models.Q(status=InteractionStatus.DONE),
                name="interaction_done",
            ),
            models.Index(fields=["tenant_id", "owner_id", "status", "scheduled_at"], name="interaction_owner"),
            models.Index(fields=["tenant_id", "deal_id"], name="interaction_deal"),
            models.Index(fields=["tenant_id", "organization_id"], name="interaction_organization"),
            models.Index(
                fields=["tenant_id", "recurs_until"],
                condition=~models.Q(recurrence=""),
                name="interaction_series",
            ),
            restricted_index("interaction"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def is_series(self) -> bool:
        """Say whether it happens again and again."""
        return bool(self.recurrence)

    @property
    def length(self) -> timedelta:
        """How long it takes, nothing where nobody said."""
        return timedelta(minutes=self.duration_minutes or 0)


class Answer(models.TextChoices):
    """What a participant has said."""

    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", _("comes")
    TENTATIVE = "tentative", _("comes perhaps")
    DECLINED = "declined", _("does not come")


class Participant(OrganizationModel):
    """A user or a customer takes part in an interaction."""

    entity_id = "customers.participant"
    interaction_id: UUID
    customer_id: UUID | None

    interaction = TenantForeignKey(Interaction, models.CASCADE, related_name="participants")
    user_id = ReferenceField(
        "auth.user", null=True, blank=True, on_deletion=OnDeletion.DELETE, verbose_name=_("colleague")
    )
    customer = TenantForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    answer = models.CharField(_("answer"), max_length=9, choices=Answer, default=Answer.INVITED)

    class Meta:
        db_table = "interaction_participant"
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "interaction", "user_id", "customer"],
                nulls_distinct=False,
                name="interaction_participant_once",
            ),
            models.CheckConstraint(
                condition=models.Q(user_id__isnull=True, customer__isnull=False)
                | models.Q(user_id__isnull=False, customer__isnull=True),
                name="interaction_participant_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "user_id"], name="interaction_participant_user"),
            models.Index(fields=["tenant_id", "customer"], name="interaction_participant_cust"),
        ]


class OccurrenceState(models.TextChoices):
    """What became of one of a series."""

    MOVED = "moved", _("moved")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class OccurrenceChange(OrganizationModel):
    """One of a series goes another way than its rule says.

    `original_at` is when the rule has it; `starts_at` when it takes place, which differs where it was moved.
    """

    interaction_id: UUID

    interaction = TenantForeignKey(Interaction, models.CASCADE, related_name="changes")
    original_at = models.DateTimeField(_("by the rule"))
    starts_at = models.DateTimeField(_("begins"))
    state = models.CharField(_("state"), max_length=9, choices=OccurrenceState)

    class Meta:
        db_table = "interaction_occurrence"
        verbose_name = _("one of a series")
        verbose_name_plural = _("ones of series")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "interaction", "original_at"], name="interaction_occurrence_once"
            )
        ]


class SentReminder(OrganizationModel):
    """Somebody was reminded of an interaction that begins then; this is what keeps it from being said twice."""

    audited = False
    unaudited_reason = "It only remembers what was said; notifications have a history of their own."
    interaction_id: UUID

    interaction = TenantForeignKey(Interaction, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()

    class Meta:
        db_table = "interaction_reminder"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "interaction", "starts_at"], name="interaction_reminder_once")
        ]
