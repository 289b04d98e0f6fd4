"""Price lists as rows see them: their priority and validity, and the rows of lists that derive from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from apps.catalog.calculations.amounts import EXACT, HUNDRED, rounded
from apps.catalog.calculations.formulas import FormulaInvalid, priced
from apps.catalog.contracts import PriceRow
from apps.kernel.expressions.errors import EvaluationTooCostly

_LONGEST_CHAIN: Final = 10


class ListFacts(NamedTuple):
    """A price list as pricing sees it; see PriceList."""

    id: UUID
    currency: str
    priority: int = 0
    is_active: bool = True
    channel_id: UUID | None = None
    customer_group_id: UUID | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    base_list_id: UUID | None = None
    percent: Decimal | None = None
    formula: str = ""
    round_to: Decimal | None = None


def in_list(row: PriceRow, facts: ListFacts | None) -> PriceRow:
    """The row with its list's priority, and valid no longer than the list; None is a list that is gone."""
    if facts is None:
        return row._replace(is_list_active=False)
    return row._replace(
        list_priority=facts.priority,
        is_list_active=facts.is_active,
        valid_from=_later(row.valid_from, facts.valid_from),
        valid_until=_sooner(row.valid_until, facts.valid_until),
    )


def derived_from(
    row: PriceRow, children: Mapping[UUID, Sequence[ListFacts]], depth: int = _LONGEST_CHAIN
) -> Iterator[PriceRow]:
    """Rows that other lists derive from a row of a list, directly or through each other.

    `children` are the lists that derive from a list. The row is as it is stored: the validity of its own list is
    nothing to them, and neither are that list's channel and group, in whose place theirs stand.
    """
    if row.list_id is None or depth == 0:
        return
    for facts in children.get(row.list_id, ()):
        amount = changed(row.amount, facts) if row.currency == facts.currency else None
        if amount is None:
            continue
        made = row._replace(
            id=uuid5(facts.id, row.id.hex),
            source_id=row.source_id or row.id,
            amount=amount,
            list_id=facts.id,
            channel_id=facts.channel_id,
            customer_group_id=facts.customer_group_id,
        )
        yield in_list(made, facts)
        yield from derived_from(made, children, depth - 1)


def changed(amount: Decimal, facts: ListFacts) -> Decimal | None:
    """What an amount of the base list is in the list; None where its formula gives no amount."""
    found: Decimal | None = amount
    if facts.formula:
        found = reckoned(facts.formula, amount)
    elif facts.percent is not None:
        found = EXACT.divide(EXACT.multiply(amount, EXACT.add(HUNDRED, facts.percent)), HUNDRED)
    if found is None or found < 0:
        return None
    if facts.round_to:
        steps = EXACT.divide(found, facts.round_to).quantize(Decimal(1), context=EXACT)
        found = EXACT.multiply(steps, facts.round_to)
    return rounded(found)


def reckoned(formula: str, price: Decimal) -> Decimal | None:
    """The value of a formula, read as it was when it was judged; None where it gives no number."""
    try:
        return priced(formula, price)
    except (FormulaInvalid, EvaluationTooCostly):
        return None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((item for item in (one, other) if item is not None), default=None)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((item for item in (one, other) if item is not None), default=None)
