"""What those who look after offers and prices are told ahead of time."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.notices import IN_APP, notification_type

OFFER_BEGINS: Final = notification_type(
    "catalog.offer_begins",
    label=_("A promotion begins tomorrow"),
    title=_("{{ offer }} begins: {{ product }}"),
    body=_("The promotion begins at {{ at }}. {{ prices }} prices are set for it."),
    icon="local_offer",
    channels=(IN_APP,),
    expires_after=48,
).id

OFFER_ENDS: Final = notification_type(
    "catalog.offer_ends",
    label=_("A promotion ends tomorrow"),
    title=_("{{ offer }} ends: {{ product }}"),
    body=_("The promotion ends at {{ at }}. After that the usual price counts again."),
    icon="local_offer",
    channels=(IN_APP,),
    expires_after=48,
).id

LIST_ENDS: Final = notification_type(
    "catalog.price_list_ends",
    label=_("A price list runs out within a week"),
    title=_("The price list {{ name }} runs out"),
    body=_("It counts until {{ at }}. Extend it, or see to it that another one counts from then on."),
    severity="warning",
    icon="list_alt",
    channels=(IN_APP,),
).id
