"""A rule in front of another module's command, through whatever door it is called."""

from __future__ import annotations

from apps.example.contracts import Attitude, StanceBook
from apps.example.errors import CurrencyClosed
from apps.kernel.commands.guards import GuardCall, command_guard
from apps.kernel.services import service


@command_guard("example.closed_currencies", pattern="currencies.currency.set_base", priority=50)
def keep_closed(call: GuardCall) -> None:
    """Let no closed currency become the base. Undo is let pass: it only brings back what was. Raises CurrencyClosed."""
    currency_id = call.arguments.get("currency_id")
    if call.is_undo or currency_id is None:
        return
    stance = service(StanceBook).stances([currency_id]).get(currency_id)
    if stance is not None and stance.attitude is Attitude.CLOSED:
        raise CurrencyClosed
