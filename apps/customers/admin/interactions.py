"""Back office pages of interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.customers import services
from apps.customers.admin.choosing import FIELD, customer_field
from apps.customers.admin.repeating import OWN, PICKED, RepeatingFields, picked, rule_of, zone_choices
from apps.customers.features import MANAGE_INTERACTIONS, VIEW_INTERACTIONS
from apps.customers.models import Answer, Interaction, InteractionStatus, Participant
from apps.customers.selectors import HALF_AN_HOUR, conflicts_of, seen_participants
from apps.kernel.access.visible import person_of
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.inlines import CommandTabularInline
from apps.kernel.admin.moments import MomentInput
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

if TYPE_CHECKING:
    RowForm = forms.ModelForm[Participant]
else:
    RowForm = forms.ModelForm


class InteractionForm(RepeatingFields, CommandForm):
    """An interaction, with its recurrence in words."""

    customer_id: Any = customer_field(Interaction, label=_("Customer"))
    time_zone: Any = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zone_choices,
        help_text=_("A series keeps its time of day in this zone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if row._state.adding:
            self.initial.setdefault("time_zone", timezone.get_current_timezone_name())
            return
        self.initial[FIELD] = row.customer_id
        self.initial.update(picked(row.recurrence))

    def clean(self) -> dict[str, Any]:
        """Take a rule that was written by hand only where it is asked for."""
        given = super().clean()
        if given.get("repeats") != OWN:
            given["recurrence"] = rule_of(given) if not self.errors else ""
        return given


class ParticipantForm(RowForm):
    """A colleague or a customer who takes part."""

    customer_id: Any = customer_field(Participant, label=_("Customer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault(FIELD, self.instance.customer_id)


class ParticipantRows(CommandTabularInline):
    """Who takes part."""

    model = Participant
    form = ParticipantForm
    argument = "participants"
    fields = ("user_id", FIELD, "answer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows, without customers whom the reader does not see."""
        return seen_participants(super().get_queryset(request))


class PlanForm(forms.Form):
    """Another time."""

    scheduled_at: Any = forms.DateTimeField(label=_("Planned for"), widget=MomentInput(seconds=False))


class AnswerForm(forms.Form):
    """Whether one comes."""

    answer: Any = forms.ChoiceField(label=_("Answer"), choices=Answer.choices)


def is_invited(row: Interaction) -> bool:
    """Say whether the reader takes part."""
    person = person_of(current_scope().actor)
    return person is not None and Participant.objects.filter(interaction=row, user_id=person).exists()


def is_open(row: Interaction) -> bool:
    """Say whether it is planned."""
    return row.status == InteractionStatus.PLANNED


BUTTONS = (
    RecordCommand(
        "complete",
        services.complete_interaction,
        _("Done"),
        icon="check_circle",
        shown=is_open,
        in_row=True,
        in_bulk=True,
    ),
    RecordCommand(
        "reschedule",
        services.reschedule_interaction,
        _("Plan for another time"),
        icon="event_repeat",
        form=PlanForm,
        shown=is_open,
    ),
    RecordCommand(
        "answer", services.answer_interaction, _("Say whether you come"), icon="rsvp", form=AnswerForm, shown=is_invited
    ),
    RecordCommand(
        "cancel", services.cancel_interaction, _("Cancel it"), icon="event_busy", shown=is_open, in_bulk=True
    ),
    RecordCommand(
        "reopen", services.reopen_interaction, _("Plan again"), icon="undo", shown=lambda row: not is_open(row)
    ),
    RecordCommand("pin", services.pin_interaction, _("Pin"), icon="keep", shown=lambda row: not row.is_pinned),
    RecordCommand("unpin", services.unpin_interaction, _("Unpin"), icon="keep_off", shown=lambda row: row.is_pinned),
)


@register(Interaction)
class InteractionPage(CommandAdmin):
    """Interactions of the selected organizations that the reader may see."""

    create_command = services.create_interaction
    update_command = services.update_interaction
    delete_command = services.delete_interaction
    restore_command = services.restore_interaction
    view_feature = VIEW_INTERACTIONS
    manage_feature = MANAGE_INTERACTIONS
    icon = "event"
    order = 30
    empty_hint = _("Plan the first call, meeting or task, or note what has happened.")
    list_display = ("title", "type", "customer", "scheduled_at", "status", "priority", "owner_id", "is_pinned")
    list_filter = ("type", "status", "priority", "is_pinned")
    list_select_related = ("customer",)
    search_fields = ("title", "location")
    ordering = ("-created_at",)
    form = InteractionForm
    inlines = (ParticipantRows,)
    buttons = BUTTONS

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("customers/interactions.css",)}
        js = ("customers/repeating.js",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What, when, how often, and the rest; the deal only where there are deals."""
        deal = ("deal_id",) if "customers.deal" in ENTITIES else ()
        return (
            (None, {"fields": (("type", "priority"), "title", (FIELD, *deal), ("owner_id", "visibility"))}),
            (
                _("When"),
                {
                    "fields": (
                        "scheduled_at",
                        ("duration_minutes", "reminder_minutes"),
                        "is_all_day",
                        *(("occurred_at",) if obj is None or obj.status == InteractionStatus.DONE else ()),
                    )
                },
            ),
            (
                _("Repeats"),
                {
                    "fields": (
                        "repeats",
                        "every",
                        "weekdays",
                        "ends",
                        "times",
                        "last_day",
                        "recurrence",
                        "time_zone",
                    )
                },
            ),
            (_("More"), {"fields": ("location", "body")}),
        )

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """The fields, with the recurrence that the inputs make in place of these."""
        given = super().command_input(request, form, formsets)
        return {name: value for name, value in given.items() if name not in PICKED}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save, and say what whoever is in charge has planned at the same time."""
        super().save_related(request, form, formsets, change)
        row = form.instance
        if row.owner_id is None or row.scheduled_at is None or row.is_all_day or not is_open(row):
            return
        found = conflicts_of(row.owner_id, row.scheduled_at, length=row.length or HALF_AN_HOUR, without=row.pk)
        if found:
            titles = ", ".join(dict.fromkeys(entry.interaction.title for entry in found))
            messages.warning(request, _now("Planned for the same time: %(titles)s.") % {"titles": titles})
