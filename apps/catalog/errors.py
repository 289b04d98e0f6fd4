"""Refusals of the catalog module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, FieldError, InvalidInput

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
