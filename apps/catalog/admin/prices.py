"""Back office pages of prices: what counts, what was known, and corrections."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.price_forms import NewPriceForm, PriceCorrectionForm
from apps.catalog.admin.price_inputs import amount_text, moment_text, period_text, quantities_text
from apps.catalog.features import MANAGE_PRICING, VIEW_PRODUCTS
from apps.catalog.models import Price
from apps.catalog.selectors import history_of
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.fields import ReferenceSelect
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.entities import ENTITIES

NAMED = ("product", "variant", "offer", "kind", "price_list")
FOR_WHOM = ("channel_id", "customer_id", "customer_group_id", "user_id", "user_group_id")
SAID = ("amount", "includes_tax", "min_quantity", "max_quantity", "valid_from", "valid_until")
MOST_HISTORY = 50


@register(Price)
class PricePage(CommandAdmin):
    """Prices of the selected organizations; a change is a correction, and a deletion closes."""

    create_command = services.create_price
    update_command = services.correct_price
    delete_command = services.close_price
    bulk_fields = ()  # many are changed on a page of their own
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_PRICING
    icon = "payments"
    order = 60
    empty_hint = _("Set the first price here, or all prices of a product on its page.")
    list_display = ("product", "variant", "kind", "shown_amount", "quantities", "valid_when", "price_list", "for_whom")
    list_select_related = ("product", "variant", "kind", "price_list")
    list_filter = ("kind", "price_list", "currency", "includes_tax")
    search_fields = ("product__title", "product__sku", "variant__sku")
    ordering = ("-created_at", "-pk")
    sortable_by: ClassVar[tuple[str, ...]] = ()
    readonly_fields = ("shown_amount", "quantities", "valid_when", "known_since", "known_until")
    change_form_outer_after_template = "catalog/price_history.html"
    delete_confirmation_template = "catalog/close_price.html"
    add_fieldsets = (
        (None, {"fields": (("product", "variant"), ("kind", "currency"), ("amount", "includes_tax"))}),
        (_("How many, and when"), {"fields": (("min_quantity", "max_quantity"), ("valid_from", "valid_until"))}),
        (
            _("For whom"),
            {"fields": (("price_list", "offer"), ("channel_id", "customer_group_id"), "customer_id", FOR_WHOM[3:])},
        ),
    )
    fields = (*SAID, *NAMED, "currency", *FOR_WHOM, "known_since")
    buttons = (
        RecordCommand(
            "close",
            services.close_price,
            _("Let count no longer"),
            icon="event_busy",
            confirm=_("They count no longer from now on. What was known before stays on record."),
            shown=lambda price: price.is_known,
            in_bulk=True,
            dangerous=True,
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("catalog/prices.css",)}

    def has_change_permission(self, request: HttpRequest, obj: Price | None = None) -> bool:
        """What no longer counts is no longer corrected."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_known)

    def has_delete_permission(self, request: HttpRequest, obj: Price | None = None) -> bool:
        """What no longer counts is not closed again."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_known)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """A selection is closed, and the action says so."""
        return {name: item for name, item in super().get_actions(request).items() if name != "delete_selected"}

    def offered_buttons(self, record: Price) -> list[dict[str, Any]]:
        """None: closing has its page behind “Delete”."""
        return []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Price]:
        """Lists show what counts today; a price that was corrected still has its page."""
        rows: models.QuerySet[Price] = super().get_queryset(request)
        match = request.resolver_match
        return rows.filter(known__upper_inf=True) if match and match.url_name == "catalog_price_changelist" else rows

    def get_fieldsets(self, request: HttpRequest, obj: Price | None = None) -> Any:
        """A new price in groups; one that is there with what can be corrected first."""
        if obj is None:
            return self.add_fieldsets
        known = ("known_since", *(() if obj.is_known else ("known_until",)))
        said = SAID if self.has_change_permission(request, obj) else ("shown_amount", "quantities", "valid_when")
        about = (*NAMED, "currency", *FOR_WHOM)
        return [(None, {"fields": said}), (_("What it is the price of"), {"fields": (*about, *known)})]

    def get_readonly_fields(self, request: HttpRequest, obj: Price | None = None) -> tuple[str, ...]:
        """What it is the price of, and for whom, stays."""
        return () if obj is None else (*NAMED, "currency", *FOR_WHOM, *self.readonly_fields)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """One form for a new price, another one for its correction."""
        kwargs["form"] = PriceCorrectionForm if change else NewPriceForm
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Products, variants, offers and lists are many: they are completed while typing."""
        if db_field.name == "kind":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        target = db_field.related_model.entity_id
        reference = ReferenceField(target)
        reference.set_attributes_from_name(db_field.name)
        reference.model = Price
        label = str(db_field.verbose_name)
        return forms.ModelChoiceField(
            queryset=ENTITIES[target].living(),
            required=not db_field.blank,
            label=label[:1].upper() + label[1:],
            widget=ReferenceSelect(reference, labels_of(request)),
        )

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form, with everything that was ever known of prices of its rank."""
        price = self.get_object(request, object_id) if object_id else None
        if price is not None and request.method == "POST" and not price.is_known:
            messages.error(request, gettext("This price counts no longer: it was corrected or closed meanwhile."))
            return HttpResponseRedirect(request.get_full_path())
        shown = [] if price is None else [_line(item) for item in history_of(price)[:MOST_HISTORY]]
        return super().changeform_view(request, object_id, form_url, {"history": shown, **(extra_context or {})})

    def response_change(self, request: HttpRequest, obj: Price) -> HttpResponse:
        """A correction has a page of its own: whoever goes on editing goes there."""
        if "_continue" in request.POST:
            request.path = reverse("admin:catalog_price_change", args=[obj.pk])
        response: HttpResponse = super().response_change(request, obj)
        return response

    @admin.display(description=_("price"))
    def shown_amount(self, price: Price) -> str:
        """The amount as people write it, and whether tax is in it."""
        tax = gettext("with tax") if price.includes_tax else gettext("without tax")
        return f"{amount_text(price.amount, price.currency)} ({tax})"

    @admin.display(description=_("quantities"))
    def quantities(self, price: Price) -> str:
        """From how many on."""
        return quantities_text(price.min_quantity, price.max_quantity)

    @admin.display(description=_("valid"))
    def valid_when(self, price: Price) -> str:
        """When it is valid."""
        return period_text(price)

    @admin.display(description=_("for whom"))
    def for_whom(self, price: Price) -> str:
        """What narrows it."""
        named: list[Any] = [price._meta.get_field(name) for name in FOR_WHOM if getattr(price, name) is not None]
        named += [price._meta.get_field("offer")] if price.offer_id else []
        return ", ".join(str(item.verbose_name) for item in named) or gettext("everybody")

    @admin.display(description=_("known since"))
    def known_since(self, price: Price) -> str:
        """When it became known."""
        return moment_text(price.known.lower)

    @admin.display(description=_("known until"))
    def known_until(self, price: Price) -> str:
        """When it was corrected or closed."""
        return moment_text(price.known.upper)


def _line(price: Price) -> dict[str, Any]:
    return {
        "price": price,
        "amount": amount_text(price.amount, price.currency),
        "quantities": quantities_text(price.min_quantity, price.max_quantity),
        "valid": period_text(price),
    }
