"""Lists that belong to a customer (e-mails, phones, addresses): set as a whole by the customer's own commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.customers.models import Customer
from apps.kernel import clock
from apps.kernel.commands.checking import complaints_of
from apps.kernel.errors import FieldError, too_many
from apps.kernel.references.validation import no_such_record

RowT = TypeVar("RowT", bound=models.Model)
Given = Sequence[Mapping[str, Any]]

MOST_ROWS = 50
REPEATED = "customers.list.repeated"


@dataclass(frozen=True)
class ListOf(Generic[RowT]):
    """One kind of list: under which argument it comes, which fields its rows take, and of what only one is primary.

    `once` names the field of which a group holds a value once, "" where rows may be alike. `normalize(row)` brings a
    row into its stored form, and says what is wrong with it, by field.
    """

    model: type[RowT]
    argument: str
    fields: tuple[str, ...]
    group: str
    once: str
    normalize: Callable[[RowT], Iterator[FieldError]]

    def settle(self, customer: Customer, given: Given) -> Settled[RowT]:
        """Make rows of what is given, with all complaints, and write nothing.

        A row with the id of one that is there changes it, one without is new; one that is marked `deleted` or not
        named goes.
        """
        settled = Settled(self, customer, self.stored(customer))
        for index, values in enumerate(given):
            if not values.get("deleted"):
                settled.take(index, values)
        settled.judge()
        return settled

    def stored(self, customer: Customer) -> dict[UUID, RowT]:
        """Rows that are there, locked, the oldest first."""
        if customer._state.adding:
            return {}
        rows: models.QuerySet[RowT] = self.model._default_manager.filter(customer=customer)
        return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}


class Settled(Generic[RowT]):
    """What a list will be, and what is wrong with it."""

    def __init__(self, kind: ListOf[RowT], customer: Customer, stored: Mapping[UUID, RowT]) -> None:
        self.kind, self.customer, self.stored = kind, customer, stored
        self._former = {pk: {name: getattr(row, name) for name in kind.fields} for pk, row in stored.items()}
        self.rows: list[tuple[int, RowT]] = []
        self.complaints: list[FieldError] = []

    def take(self, index: int, values: Mapping[str, Any]) -> None:
        """Make a row of what is given at the place."""
        row_id = values.get("id")
        row: Any = self.stored.get(row_id) if row_id else self._new()
        if row is None or any(item is row for _place, item in self.rows):
            self._complain(index, no_such_record("id"))
            return
        if len(self.rows) >= MOST_ROWS:
            self._complain(index, too_many("id", MOST_ROWS))
            return
        for name in self.kind.fields:
            if name in values:
                setattr(row, name, values[name])
        self.rows.append((index, row))

    def _new(self) -> RowT:
        """A row of the customer's own organization, whichever is selected; None there is that of a new customer."""
        return self.kind.model(customer=self.customer, organization_id=self.customer.organization_id)

    def judge(self) -> None:
        """Find what is wrong with the rows, one by one and together, and choose the primary ones nobody chose."""
        for index, row in self.rows:
            found = [*self.kind.normalize(row), *complaints_of(row, self.kind.fields)]
            for item in {item.field: item for item in reversed(found)}.values():
                self._complain(index, item)
        if not self.complaints:
            self._find_repeated()
        self._choose_primary()

    def _find_repeated(self) -> None:
        seen: set[tuple[Any, Any]] = set()
        for index, row in self.rows:
            value = (self._group(row), getattr(row, self.kind.once)) if self.kind.once else None
            if value is not None and value in seen:
                text = _("This stands here twice.")
                self._complain(index, FieldError(self.kind.once, REPEATED, text))
            seen |= {value} if value is not None else set()

    def _choose_primary(self) -> None:
        """One row of each group is the primary one: the first where nobody chose one."""
        chosen: dict[Any, Any] = {}
        for index, row in self.rows:
            if getattr(row, "is_primary", False) and chosen.setdefault(self._group(row), row) is not row:
                text = _("Only one can be the primary one.")
                self._complain(index, FieldError("is_primary", "customers.list.two_primary", text))
        for _index, row in self.rows:
            if chosen.setdefault(self._group(row), row) is row:
                row.is_primary = True

    def store(self) -> None:
        """Write the list."""
        store_all([self])

    @property
    def gone(self) -> list[UUID]:
        """Rows that are there and were not named."""
        kept = {row.pk for _index, row in self.rows}
        return [pk for pk in self.stored if pk not in kept]

    @property
    def changed(self) -> list[RowT]:
        """Rows that are there and will be otherwise."""
        return [row for _index, row in self.rows if row.pk in self.stored and self._differs(row)]

    def ceding(self, changed: Sequence[Any]) -> list[UUID]:
        """Primary rows among the changed whose place another one takes: the constraint is asked for each row."""
        takers = {self._group(row): row.pk for row in changed if row.is_primary}
        former = ((row.pk, self._former[row.pk]) for row in changed)
        return [pk for pk, was in former if was["is_primary"] and takers.get(was[self.kind.group], pk) != pk]

    @property
    def added(self) -> list[RowT]:
        """Rows that are new."""
        return [row for _index, row in self.rows if row.pk not in self.stored]

    def _differs(self, row: Any) -> bool:
        former = self._former[row.pk]
        if all(getattr(row, name) == former[name] for name in self.kind.fields):
            return False
        row.updated_at = clock.now()
        return True

    def _group(self, row: Any) -> Any:
        return getattr(row, self.kind.group)

    def _complain(self, index: int, item: FieldError) -> None:
        self.complaints.append(FieldError(f"{self.kind.argument}.{index}.{item.field}", item.code, item.message))


def store_all(lists: Sequence[Settled[Any]]) -> None:
    """Write lists of one kind in a few statements, however many customers they belong to and however long they are."""
    if not lists:
        return
    kind = lists[0].kind
    manager: Any = kind.model._default_manager
    if gone := [pk for item in lists for pk in item.gone]:
        manager.filter(pk__in=gone).delete()
    by_list = [(item, item.changed) for item in lists]
    if changed := [row for _item, rows in by_list for row in rows]:
        if ceding := [pk for item, rows in by_list for pk in item.ceding(rows)]:
            manager.filter(pk__in=ceding).update(is_primary=False)
        for row in changed:
            row.version += 1
        manager.bulk_update(changed, [*kind.fields, "version", "updated_at"], batch_size=100)
    if added := [row for item in lists for row in item.added]:
        manager.bulk_create(added)
