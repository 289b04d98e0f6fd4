"""Back office pages of offers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.offer_prices import shown_prices
from apps.catalog.calculations.offers import OfferState, state_at
from apps.catalog.features import MANAGE_OFFERS, VIEW_OFFERS
from apps.catalog.models import Offer
from apps.catalog.selectors import in_state, name_offers
from apps.kernel import clock
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.naming import told_apart

CHANNEL = "sales.channel"
MOST_CHANNELS = 200
WORDS = {
    OfferState.PLANNED: _("planned"),
    OfferState.RUNNING: _("running"),
    OfferState.OVER: _("over"),
}


class OfferForm(CommandForm):
    """An offer."""

    def _get_validation_exclusions(self) -> set[str]:
        """Leave rules about several fields to the command, which says them in words and beside the right field."""
        return {*super()._get_validation_exclusions(), "starts_at", "ends_at", "channel_id"}  # type: ignore[misc]


class ByState(SelectFilter):
    """Offers that are yet to come, that hold now, or that are over."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states."""
        return [(state.value, word) for state, word in WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The offers."""
        value = self.value()
        return queryset.filter(in_state(OfferState(value), clock.now())) if value in set(OfferState) else queryset


class ByChannel(SelectFilter):
    """Offers of one channel, or of none."""

    title, parameter_name = _("channel"), "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Channels of the scope."""
        rows = ENTITIES[CHANNEL].living().order_by("name", "pk")
        names = told_apart(rows.values_list("pk", "name", "organization_id")[:MOST_CHANNELS])
        return [("none", _("No channel")), *((str(pk), name) for pk, name in names.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Its offers; none for what is no channel on offer."""
        value = self.value()
        if not value:
            return queryset
        if value == "none":
            return queryset.filter(channel_id=None)
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(channel_id=value) if value in known else queryset.none()


@register(Offer)
class OfferPage(CommandAdmin):
    """Offers of the selected organizations."""

    create_command = services.create_offer
    update_command = services.update_offer
    delete_command = services.delete_offer
    view_feature = VIEW_OFFERS
    manage_feature = MANAGE_OFFERS
    icon = "local_offer"
    order = 40
    empty_hint = _("An offer is a promotion for a while, or how a product is shown in a channel. Add the first one.")
    list_display = ("shown_title", "product", "kind", "state", "channel_id", "starts_at", "ends_at", "is_active")
    list_filter = (ByState, ByChannel, "kind", "is_active")
    list_select_related = ("product",)
    search_fields = ("title", "product__title")
    ordering = ("-created_at",)
    form = OfferForm
    readonly_fields = ("product",)
    change_form_outer_after_template = "catalog/offer_prices.html"
    fieldsets = (
        (None, {"fields": ("product", ("variant", "kind"), "is_active")}),
        (_("When and where"), {"fields": ("starts_at", "ends_at", "channel_id")}),
        (_("Texts"), {"fields": ("title", "description")}),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("catalog/prices.css",)}

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form, with the offer's prices beneath."""
        offer = self.get_object(request, object_id) if object_id else None
        prices = None if offer is None else shown_prices(request, offer)
        return super().changeform_view(request, object_id, form_url, {"prices": prices, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An offer stays with its product."""
        return self.readonly_fields if obj is not None else ()

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the titles of products for offers that have none of their own."""
        name_offers(rows)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what an empty field means."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        texts = {
            "variant": _("Left empty, the offer is about the product with all its variants."),
            "title": _("Left empty, that of the product is shown."),
            "description": _("Left empty, that of the product is shown."),
            "channel_id": _("A listing needs a channel; a promotion without one holds in all of them."),
            "starts_at": _("A promotion needs a beginning and an end."),
        }
        if field is not None and db_field.name in texts:
            field.help_text = texts[db_field.name]
        return field

    @admin.display(description=_("Title"), ordering="title")
    def shown_title(self, row: Any) -> str:
        """Its title, or its product's."""
        return str(row.shown_title)

    @admin.display(description=_("State"))
    def state(self, row: Offer) -> Any:
        """Whether it is yet to come, holds now, or is over."""
        return WORDS[state_at(clock.now(), row.starts_at, row.ends_at)]
