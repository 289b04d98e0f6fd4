"""Refusals of the catalog."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict


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
