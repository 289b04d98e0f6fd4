"""Changes of very many prices: agreed to at once, made behind the answer as one action, shown as a long job."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy, gettext_noop

from apps.catalog.calculations.changes import PriceChange
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.selectors import PriceChoice, chosen_prices
from apps.catalog.services.price_changes import AT_ONCE, ChangeWay, change_prices, feasible_change
from apps.catalog.services.price_renewing import Watch
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.history.states import undo_offer
from apps.kernel.commands.idempotency import Answer, IdempotencyKey, Replayed
from apps.kernel.commands.invocation import Source, current_invocation, invoked
from apps.kernel.ports import JobInput, ProgressReporter
from apps.kernel.services import service
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue

WORK: Final = "catalog.change_prices"
FEW: Final = 200  # prices that are changed while the caller waits; more go behind the answer


def goes_behind(choice: PriceChoice, *, valid_from: datetime | None = None) -> bool:
    """Say whether a change of so many prices is left to a job."""
    rows = chosen_prices(choice, valid_from=valid_from or clock.now())
    many = rows.order_by().values("pk")[: FEW + 1].count() > FEW
    return many and service(ProgressReporter).is_available


@command(
    "catalog.price.start_change",
    feature=MANAGE_PRICING,
    undoable=False,
    undo_reason=gettext_lazy("it queues the change; the change itself can be undone."),
)
def start_change(
    *, choice: PriceChoice, change: PriceChange, valid_from: datetime | None = None, way: ChangeWay = AT_ONCE
) -> UUID:
    """Queue a change of many prices that can be made as things stand, and give the id of the long job that shows it.

    Takes and raises what `change_prices` does. Without `way.seen` it is made of what is chosen when its turn comes.
    """
    preview = feasible_change(choice, change, valid_from=valid_from, way=way)
    values = {
        "choice": _plain(asdict(choice)),
        "change": _plain(asdict(change)),
        "valid_from": _plain(valid_from),
        "seen": way.seen,
        "asked_at": _plain(clock.now()),
        "source": current_invocation().source.value,
        **current_manners(),
    }
    total = len(preview.plan)
    job_id = service(ProgressReporter).open(
        WORK, name=gettext_noop("Change of prices"), total=total, is_cancellable=True, values=values
    )
    enqueue(WORK, job_id)
    return job_id


def change_behind(job_id: UUID, job: JobInput, watch: Watch) -> dict[str, Any]:
    """Make the change of a job, once however often it is tried; says how many prices became others.

    It is one transaction: whoever stops it, or a crash, leaves all prices as they were.
    """
    given = _read(job.values)
    way = replace(given.pop("way"), watch=watch)
    try:
        with invoked(source=Source(job.values["source"]), idempotency=_once(job_id)):
            return {"count": change_prices(**given, way=way)}
    except Replayed as earlier:  # a worker died between its commit and the end of the job
        made = earlier.answer
        return {**made.record, **undo_offer([made.action_id] if made.action_id else [])}


def _once(job_id: UUID) -> IdempotencyKey:
    name = f"{WORK} {job_id}"
    return IdempotencyKey(name, hashlib.sha256(name.encode()).digest(), lambda count: Answer(200, {"count": count}))


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that `_plain` was given."""
    chosen, changed = dict(values["choice"]), values["change"]
    currency, products = chosen.pop("currency"), tuple(map(UUID, chosen.pop("product_ids")))
    ids = {name: UUID(item) if item else None for name, item in chosen.items()}
    valid_from = values["valid_from"]
    return {
        "choice": PriceChoice(**ids, currency=currency, product_ids=products),
        "change": PriceChange(**{name: None if item is None else Decimal(item) for name, item in changed.items()}),
        "valid_from": datetime.fromisoformat(valid_from) if valid_from else None,
        "way": ChangeWay(seen=values["seen"], asked_at=datetime.fromisoformat(values["asked_at"])),
    }
