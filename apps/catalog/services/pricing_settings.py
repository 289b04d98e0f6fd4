"""How a tenant ranks prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.contracts import Layer
from apps.catalog.features import MANAGE_SETTINGS
from apps.catalog.models import PricingSettings
from apps.catalog.selectors.settings import pricing_settings
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock, load_for_update
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope, current_scope

INCOMPLETE = "catalog.pricing_settings.layers_incomplete"


def _example(scope: Scope) -> dict[str, Any]:
    return {"layers": [0, 2, 1, 3, 4], "only_cheaper_promotions": True}


@command("catalog.pricing_settings.update", feature=MANAGE_SETTINGS, example=_example)
def update_pricing_settings(
    *,
    layers: Sequence[int] | Unchanged = UNCHANGED,
    only_cheaper_promotions: bool | Unchanged = UNCHANGED,
    shows_unit_prices: bool | Unchanged = UNCHANGED,
) -> PricingSettings:
    """Change what is given; `layers` names each layer once, the weakest first. Raises InvalidInput."""
    if layers is not UNCHANGED and sorted(layers) != sorted(Layer):
        text = _("Name every layer once, from the weakest to the strongest.")
        raise InvalidInput(errors=(FieldError("layers", INCOMPLETE, text),))
    hold_lock(f"pricing settings of {current_scope().tenant_id}")
    settings, is_new = _for_update()
    changed = set_given(
        settings,
        layers=layers if layers is UNCHANGED else list(layers),
        only_cheaper_promotions=only_cheaper_promotions,
        shows_unit_prices=shows_unit_prices,
    )
    if is_new:
        settings.save(force_insert=True)
    else:
        settings.save(update_fields=[*changed, "version"])
    return settings


def _for_update() -> tuple[PricingSettings, bool]:
    """The tenant's settings, locked; a new row where there is none yet."""
    found = pricing_settings()
    return (found, True) if found._state.adding else (load_for_update(PricingSettings, found.pk), False)
