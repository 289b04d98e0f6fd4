"""Back office pages of deals."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from apps.customers import services
from apps.customers.admin.deal_forms import DealForm, LossForm, MoveForm
from apps.customers.admin.deal_overview import deal_overview_view
from apps.customers.admin.deal_words import is_open, marks_of, worded, worded_reason, worded_worth
from apps.customers.admin.talking import TalkedAbout
from apps.customers.features import MANAGE_DEALS, VIEW_DEALS
from apps.customers.models import Deal, DealCompany, DealLine, DealPerson, Outcome
from apps.customers.selectors import is_overdue, is_stale, needs_attention, today
from apps.customers.selectors.board import pipeline_names, pipelines_to_show
from apps.kernel import clock
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.inlines import CommandTabularInline
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.tenancy.scope import current_scope


class PeopleRows(CommandTabularInline):
    """People of a deal."""

    model = DealPerson
    argument = "people"
    fields = ("person", "role_id")
    verbose_name = _("person")
    verbose_name_plural = _("people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with the people, whose names stand above them."""
        return super().get_queryset(request).select_related("person")


class CompanyRows(CommandTabularInline):
    """Companies of a deal."""

    model = DealCompany
    argument = "companies"
    fields = ("company",)
    verbose_name = _("company")
    verbose_name_plural = _("companies")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with the companies, whose names stand above them."""
        return super().get_queryset(request).select_related("company")


class LineRows(CommandTabularInline):
    """Lines of a deal."""

    model = DealLine
    argument = "lines"
    fields = ("title", "quantity", "unit_price")
    ordering = ("position", "pk")
    verbose_name = _("line")
    verbose_name_plural = _("lines (the value is their sum)")


class ByPipeline(SelectFilter):
    """Deals of one pipeline."""

    title, parameter_name = _("pipeline"), "pipeline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Pipelines of the scope."""
        return [(str(pk), name) for pk, name in pipeline_names(pipelines_to_show()).items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Its deals; none for what is no pipeline on offer."""
        value = self.value()
        if not value:
            return queryset
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(pipeline_id=value) if value in known else queryset.none()


class ByAttention(SelectFilter):
    """Open deals that somebody should look at."""

    title, parameter_name = _("attention"), "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Why they should."""
        return [("any", _("Stale or overdue")), ("stale", _("Stale")), ("overdue", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The deals."""
        match self.value():
            case "any":
                return queryset.filter(needs_attention(clock.now(), today()))
            case "stale":
                return queryset.filter(is_stale(clock.now()))
            case "overdue":
                return queryset.filter(is_overdue(today()))
        return queryset


class ByOwner(SelectFilter):
    """Deals of the reader, or of nobody."""

    title, parameter_name = _("looked after by"), "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Me and nobody."""
        return [("me", _("Me")), ("nobody", _("Nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The deals."""
        match self.value():
            case "me":
                return queryset.filter(owner_id=current_scope().actor.id)
            case "nobody":
                return queryset.filter(owner_id=None)
        return queryset


@register(Deal)
class DealPage(TalkedAbout, CommandAdmin):
    """Deals of the selected organizations."""

    overview = staticmethod(deal_overview_view)

    create_command = services.create_deal
    update_command = services.update_deal
    delete_command = services.delete_deal
    restore_command = services.restore_deal
    view_feature = VIEW_DEALS
    manage_feature = MANAGE_DEALS
    icon = "handshake"
    order = 30
    empty_hint = _("A deal is a sale that may come about. Add the first one.")
    list_display = ("title", "stage", "value", "state", "expected_close_on", "owner_id", "updated_at")
    list_filter = ("outcome", ByPipeline, ByAttention, ByOwner)
    list_select_related = ("stage", "pipeline")
    search_fields = ("title",)
    ordering = ("-created_at",)
    form = DealForm
    inlines = (PeopleRows, CompanyRows, LineRows)
    readonly_fields = ("state", "worth", "closed_at", "reason", "loss_notes")
    fieldsets = (
        (None, {"fields": ("title", ("stage_id", "state"))}),
        (
            _("Value"),
            {"fields": (("value_amount", "value_currency"), "worth", ("probability", "expected_close_on"))},
        ),
        (_("Standing"), {"fields": (("owner_id", "source_id"),)}),
        (_("Notes"), {"fields": ("description",)}),
    )
    add_fieldsets = (
        (None, {"fields": ("title", "stage_id")}),
        (_("Value"), {"fields": (("value_amount", "value_currency"), ("probability", "expected_close_on"))}),
        *fieldsets[2:],
    )
    buttons = (
        RecordCommand(
            "move",
            services.move_deal,
            _("Move"),
            icon="move_up",
            form=MoveForm,
            shown=is_open,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "win",
            services.win_deal,
            _("Win"),
            icon="trophy",
            confirm=_("The deal is closed as won, and its owner is told."),
            shown=is_open,
            in_bulk=True,
        ),
        RecordCommand(
            "lose",
            services.lose_deal,
            _("Lose"),
            icon="sentiment_dissatisfied",
            form=LossForm,
            shown=is_open,
            in_bulk=True,
        ),
        RecordCommand(
            "reopen",
            services.reopen_deal,
            _("Reopen"),
            icon="undo",
            confirm=_("The deal is open again, in the stage that it was in."),
            shown=lambda deal: not is_open(deal),
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("customers/deals.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Deals with their stages: every page shows them."""
        return super().get_queryset(request).select_related("stage", "pipeline")

    def get_fieldsets(self, request: HttpRequest, obj: Deal | None = None) -> Any:
        """Of a closed deal also how it ended."""
        found = list(super().get_fieldsets(request, obj))
        if obj is None or is_open(obj):
            return found
        fields = ("closed_at", "reason", "loss_notes") if obj.outcome == Outcome.LOST else ("closed_at",)
        return [*found[:1], (_("State"), {"fields": fields}), *found[1:]]

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up once what day it is."""
        at, day = clock.now(), today()
        for row in rows:
            row.marks = list(marks_of(row, at=at, day=day))

    @admin.display(description=_("Value"), ordering="base_amount")
    def value(self, deal: Deal) -> str:
        """The value in its own currency."""
        return worded(deal.value_amount, deal.value_currency)

    @admin.display(description=_("State"), ordering="outcome")
    def state(self, deal: Any) -> str:
        """How it has ended, or that it is open and wants attention."""
        marks = getattr(deal, "marks", None)
        if marks is None:
            marks = list(marks_of(deal, at=clock.now(), day=today())) if deal.pk and deal.stage_id else []
        return render_to_string("customers/deal_state.html", {"deal": deal, "marks": marks})

    @admin.display(description=_("reason of the loss"))
    def reason(self, deal: Deal) -> str:
        """Why it was lost, as the dictionary has it now."""
        return worded_reason(deal)

    @admin.display(description=_("In base currency"))
    def worth(self, deal: Deal) -> str:
        """The base amount with the day of its rate, or that there was no rate."""
        return worded_worth(deal)
