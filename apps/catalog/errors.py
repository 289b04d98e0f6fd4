"""Refusals of the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, FieldError, InvalidInput


class HasHistory(Conflict):
    """The product that is to be deleted has been priced, sold or made a part of others; `summary` says how often."""

    code = "catalog.product.has_history"
    message = _("It has a history: {summary}. Archive it instead.")


class OptionSchemaInUse(Conflict):
    """Products have the options that are to be deleted."""

    code = "catalog.option_schema.in_use"
    message = _("{products} products with {variants} variants have these options. Give them others first.")


class OptionValuesInvalid(Conflict):
    """Variants have values that the changed options do not allow any more; `variants` names the first of them."""

    code = "catalog.option_schema.values_invalid"
    message = _("{count} variants have values that would not fit any more: {names}. Change them first.")


class TooManyVariants(InvalidInput):
    """A product would have more variants than anybody could look after."""

    code = "catalog.variant.too_many"
    message = _("These would be {count} variants, and a product has at most {most}.")


class CombinationTaken(Conflict):
    """A product has one variant of each combination of options."""

    code = "catalog.variant.combination_taken"
    message = _("There is a variant with these options already: {variant}.")


class VariantArchived(Conflict):
    """What is out of sale is not offered first."""

    code = "catalog.variant.archived"
    message = _("This variant is archived. Bring it back first.")


class VariantNotArchived(Conflict):
    """There is nothing to bring back."""

    code = "catalog.variant.not_archived"
    message = _("This variant is not archived.")


class VariantInBundles(Conflict):
    """Bundles or groups contain the variant that is to be deleted."""

    code = "catalog.variant.in_bundles"
    message = _("{count} bundles or groups contain it. Take it out of them first.")


class VariantOrderIncomplete(InvalidInput):
    """An order of variants names each of them once."""

    code = "catalog.product.variant_order_incomplete"
    message = _("Name every variant of the product once.")


class VariantsChanged(Conflict):
    """Somebody else changed variants that are being edited together."""

    code = "catalog.variant.changed_meanwhile"
    message = _("{count} of these variants were changed meanwhile. Look at them again.")


class NoOptions(Conflict):
    """Without options there is nothing that variants could be made of."""

    code = "catalog.product.no_options"
    message = _("This product has no options with choices. Give it an option schema first.")


class NotABundle(Conflict):
    """Only bundles and groups are made of other products."""

    code = "catalog.component.not_a_bundle"
    message = _("Only a bundle or a group is made of other products.")


class BundleInItself(Conflict):
    """A bundle would contain itself, by way of others."""

    code = "catalog.component.circle"
    message = _("{product} contains {parent} already, so it cannot be a part of it.")


class TooManyParts(InvalidInput):
    """A bundle has a limit."""

    code = "catalog.component.too_many"
    message = _("There are at most {most} parts.")


class ConversionRequired(Conflict):
    """The product is sold in the unit."""

    code = "catalog.uom.default_sales_unit_conversion_required"
    message = _("The product is sold in {unit}. Choose another sales unit first.")


class DuplicateConversion(Conflict):
    """A product has each unit once."""

    code = "catalog.uom.duplicate_conversion"
    message = _("The product has this unit already.")


MOST_NAMED = 20


class PricesOverlap(Conflict):
    """Prices of equal rank would count for the same quantity at the same time; `prices` names those that are there."""

    code = "catalog.price.overlaps"
    message: ClassVar[object] = _("It overlaps prices of equal rank: {summary}.")

    def __init__(self, rows: Iterable[Any] = (), *, errors: tuple[FieldError, ...] = ()) -> None:
        named = [{"id": str(row.pk), "label": _label(row)} for row in rows][:MOST_NAMED]
        super().__init__(errors=errors, prices=named, summary=", ".join(item["label"] for item in named))


def _label(row: Any) -> str:
    """Amount, currency and quantities: `10.0000 EUR (5 – 9)`, `8.0000 EUR (10 +)`."""
    least = f"{row.min_quantity.normalize():f}"
    most = "+" if row.max_quantity is None else f"– {row.max_quantity.normalize():f}"
    return f"{row} ({least} {most})"


class PriceChangedSince(Conflict):
    """Somebody else has corrected or closed a price meanwhile."""

    code = "catalog.price.changed_since"
    message: ClassVar[object] = _("A price was corrected or closed meanwhile. Look at the prices of today first.")


class PriceParentGone(Conflict):
    """A price would count again whose kind or list has been deleted meanwhile."""

    code = "catalog.price.parent_gone"
    message: ClassVar[object] = _("Its kind or its list has been deleted meanwhile. Bring that back first.")


class PriceListFilled(Conflict):
    """Prices follow the currency, channel and group of their list, so these stay while it has prices."""

    code = "catalog.price_list.filled"
    message: ClassVar[object] = _("{count} prices are in this list. Close them before you change {field}.")


class PriceListInCircle(InvalidInput):
    """A list would be derived from itself, by way of others."""

    code = "catalog.price_list.circle"
    message: ClassVar[object] = _("This list would be derived from itself, by way of other lists.")


class TooManyPrices(InvalidInput):
    """More prices are chosen than one change takes."""

    code = "catalog.price_change.too_many"
    message: ClassVar[object] = _("{count} prices are chosen, and one change takes {most}. Choose fewer.")


class PricesImpossible(InvalidInput):
    """Prices would be below zero, or too large to be kept."""

    code = "catalog.price_change.impossible"
    message: ClassVar[object] = _("{count} prices would be below zero or too large. Choose another change.")


class NoPricesChosen(InvalidInput):
    """No price is chosen, or none would be another."""

    code = "catalog.price_change.nothing"
    message: ClassVar[object] = _("No price would be changed.")


class CategoryCircular(InvalidInput):
    """A category was to be moved below itself."""

    code = "catalog.category.circular"
    message = _("A category cannot stand below itself.")


class CategoryOrderIncomplete(InvalidInput):
    """An order of categories names each child of the parent once."""

    code = "catalog.category.order_incomplete"
    message = _("Name each category of this level once.")


class ListingExists(Conflict):
    """The product, or its variant, is listed in the channel already; `offer_id` says where."""

    code = "catalog.offer.listing_exists"
    message = _("This is listed in the channel already.")
