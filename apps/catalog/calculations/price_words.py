"""What layers are called, and why a price is not the one, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.catalog.contracts import Layer, Lost

Text = str | Promise
CHOSEN: Final = _("This is the price.")
LAYERS: Final[Mapping[Layer, Text]] = {
    Layer.BASE: _("Base price"),
    Layer.CHANNEL: _("Channel or listing"),
    Layer.GROUP: _("Group of customers or users"),
    Layer.CUSTOMER: _("Customer or user"),
    Layer.PROMOTION: _("Promotion"),
}
REASONS: Final[Mapping[Lost, Text]] = {
    Lost.UNKNOWN: _("It was not known at that moment."),
    Lost.PRODUCT_INACTIVE: _("The product is out of sale."),
    Lost.VARIANT_INACTIVE: _("The variant is out of sale."),
    Lost.QUOTE_ONLY: _("The product is sold on quote only."),
    Lost.OTHER_VARIANT: _("It is for another variant."),
    Lost.KIND_INACTIVE: _("Its kind of price is switched off."),
    Lost.LIST_INACTIVE: _("Its price list is switched off."),
    Lost.NOT_YET: _("It is not valid yet."),
    Lost.OVER: _("It is no longer valid."),
    Lost.TOO_FEW: _("It needs a larger quantity."),
    Lost.TOO_MANY: _("It ends at a smaller quantity."),
    Lost.CHANNEL: _("It is for another channel."),
    Lost.CUSTOMER: _("It is for another customer."),
    Lost.CUSTOMER_GROUP: _("It is for a group that the customer is not in."),
    Lost.USER: _("It is for another user."),
    Lost.USER_GROUP: _("It is for a role that the user does not have."),
    Lost.OTHER_OFFER: _("It belongs to another offer."),
    Lost.OFFER_INACTIVE: _("Its offer is switched off."),
    Lost.OFFER_NOT_YET: _("Its offer has not begun."),
    Lost.OFFER_OVER: _("Its offer has ended."),
    Lost.OWN_ROW: _("The list has a price of its own."),
    Lost.CURRENCY: _("There is a price in the currency that is asked for."),
    Lost.NO_RATE: _("There is no exchange rate for its currency."),
    Lost.NOT_CHEAPER: _("Promotions only lower prices, and this one does not."),
    Lost.LAYER: _("A stronger layer has a price."),
    Lost.LIST_PRIORITY: _("A list of higher priority has a price."),
    Lost.LESS_SPECIFIC: _("There is a price for the variant itself."),
    Lost.NO_OFFER: _("There is a price of an offer."),
    Lost.SMALLER_MINIMUM: _("There is a price for a larger quantity."),
    Lost.EARLIER_START: _("There is a price that began later."),
    Lost.HIGHER_AMOUNT: _("There is a lower price."),
    Lost.LATER_ID: _("There is the same price from before."),
}


def reason_in_words(reason: str | None) -> str:
    """Why a price is not the one, in the reader's language; None is said of the one that is."""
    return str(CHOSEN if reason is None else REASONS[Lost(reason)])


def layer_in_words(layer: int) -> str:
    """What a layer is called, in the reader's language."""
    return str(LAYERS[Layer(layer)])
