"""What the desk thinks of a currency: saved within the command that writes the currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.example.contracts import Attitude
from apps.example.features import MANAGE_STANCES
from apps.example.models import CurrencyStance
from apps.example.services.samples import example_currency
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope

FIELDS = ("attitude", "ceiling", "remark")


def _example(scope: Scope) -> dict[str, Any]:
    return {"currency_id": example_currency(), "attitude": "careful", "ceiling": Decimal(1000)}


@command("example.stance.save", feature=MANAGE_STANCES, example=_example, resource="currencies.currency")
def save_stance(
    currency_id: UUID,
    *,
    attitude: str | Unchanged | None = UNCHANGED,
    ceiling: Decimal | Unchanged | None = UNCHANGED,
    remark: str | Unchanged | None = UNCHANGED,
) -> CurrencyStance:
    """Say or change what is thought of a currency; None empties a value. Raises InvalidInput.

    The form checks each value. What two of them mean together, only the command can say.
    """
    stance = CurrencyStance.objects.filter(currency_id=currency_id).first() or CurrencyStance(currency_id=currency_id)
    if attitude is not UNCHANGED:
        stance.attitude = attitude or Attitude.OPEN.value
    if ceiling is not UNCHANGED:
        stance.ceiling = ceiling
    if remark is not UNCHANGED:
        stance.remark = remark or ""
    if stance.attitude == Attitude.CLOSED and stance.ceiling:
        text = _("What is closed has no ceiling.")
        raise InvalidInput(errors=(FieldError("attitude", "example.stance.closed_ceiling", text),))
    demand_valid(stance, FIELDS)
    validate_references([stance])
    stance.save()
    return stance
