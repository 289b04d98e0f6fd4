"""What may be allowed with currencies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("currencies.view", _("See currencies"))
MANAGE = feature("currencies.manage", _("Add, change and delete currencies"), implies=("currencies.view",))
VIEW_RATES = feature("currencies.rates.view", _("See exchange rates"))
MANAGE_RATES = feature(
    "currencies.rates.manage", _("Record and correct exchange rates"), implies=("currencies.rates.view",)
)
MANAGE_FETCH = feature("currencies.fetch.manage", _("Configure and start the fetching of exchange rates"))
