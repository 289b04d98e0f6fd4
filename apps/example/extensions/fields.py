"""A table of further facts about currencies, and the inputs for them in the currency's own form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.example.contracts import Attitude
from apps.example.features import VIEW_STANCES
from apps.example.models import ATTITUDES, CurrencyStance
from apps.example.services import save_stance
from apps.kernel.extensions.entities import EntityExtension, entity_extension
from apps.kernel.extensions.fields import FormField, FormFields, Kind, form_fields
from apps.kernel.extensions.rules import VisibleWhen

STANCE = entity_extension(
    EntityExtension(
        "example.stance",
        "currencies.currency",
        CurrencyStance,
        "currency_id",
        ("attitude", "ceiling", "remark"),
        features=(VIEW_STANCES,),
        shape={
            "properties": {
                "attitude": {"type": "string", "enum": [item.value for item in Attitude]},
                "ceiling": {"type": ["string", "null"]},
                "remark": {"type": "string"},
            }
        },
    )
)

form_fields(
    FormFields(
        "example.stance_fields",
        "currencies.currency",
        (
            FormField("attitude", _("Stance"), Kind.SELECT, options=ATTITUDES),
            FormField(
                "ceiling",
                _("Ceiling"),
                Kind.NUMBER,
                required=True,
                limits={"min_value": 0},
                help=_("The largest amount that may be dealt with without asking."),
                visible_when=VisibleWhen("attitude", "eq", Attitude.CAREFUL.value),
            ),
            FormField("remark", _("Remark"), Kind.TEXTAREA, limits={"max_length": 2000}),
        ),
        save_stance,
        _("What the desk thinks of it"),
        extension=STANCE,
        features=(VIEW_STANCES,),
    )
)
