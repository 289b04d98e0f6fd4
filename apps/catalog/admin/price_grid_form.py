"""What was entered in the grid of a product's prices, cell by cell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from apps.catalog.admin.amounts import Sides
from apps.catalog.admin.price_inputs import entered_text, number_field, quantities_text, quantity_field
from apps.catalog.calculations.grid import Cell, Group
from apps.catalog.models import DisplayMode, Price, PriceKind, Variant
from apps.kernel.ids import as_id
from apps.kernel.money import currency_places

NEW = "new"
Key = tuple[Group, Decimal]


@dataclass
class Shown:
    """A cell of the page."""

    name: str
    label: str
    column: str
    value: str
    error: str = ""
    sides: Sides | None = None  # of the amount that is kept
    hint: str = ""  # with tax or without, where none is kept yet


@dataclass
class Line:
    """A row of the page: a kind in a currency from a quantity on."""

    kind: str
    currency: str
    quantities: str
    cells: list[Shown] = field(default_factory=list)


@dataclass
class GridForm:
    """The grid: what is there, what was sent (None: nothing), and what is wrong with it."""

    cells: Mapping[Key, Cell]
    kinds: Mapping[UUID, PriceKind]
    columns: Sequence[Variant | None]
    sides: Mapping[Key, Sides] = field(default_factory=dict)
    sent: Mapping[str, str] | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rows: list[Price],
        *,
        cells: Mapping[Key, Cell],
        variants: list[Variant],
        sides: Mapping[Key, Sides],
        sent: Mapping[str, str] | None,
    ) -> GridForm:
        """The grid of prices, with every kind that they have."""
        return cls(cells, {row.kind_id: row.kind for row in rows}, [None, *variants], sides, sent)

    @property
    def seen(self) -> str:
        """A digest of what is there."""
        ids = sorted(str(cell.id) for cell in self.cells.values())
        return hashlib.sha256(" ".join(ids).encode()).hexdigest()

    @property
    def lines(self) -> list[Line]:
        """Rows in the order of kind, currency and quantity."""
        found: dict[tuple[UUID, str, Decimal], Line] = {}
        for group, least in self.cells:
            kind = self.kinds[group.kind_id].title
            # Where a tier ends differs from column to column, so a row says where it begins.
            line = Line(kind, group.currency, quantities_text(least, None))
            found.setdefault((group.kind_id, group.currency, least), line)
        for (kind_id, currency, least), line in found.items():
            line.cells = [self._shown(column, kind_id, currency, least, line) for column in self.columns]
        return list(found.values())

    @property
    def new_cells(self) -> list[Shown]:
        """Inputs of the row in which a tier is added."""
        found = []
        for column in self.columns:
            name = f"{NEW}:{_column(column)}"
            label = _("New row, %(column)s") % {"column": _title(column)}
            found.append(Shown(name, label, _title(column), self._sent(name), self.errors.get(name, "")))
        return found

    @property
    def new_values(self) -> dict[str, str]:
        """What was sent of the new row beside its amounts."""
        return {name: self._sent(f"{NEW}-{name}") for name in ("kind", "currency", "quantity")}

    def entered(self) -> dict[Key, Decimal | None]:
        """Amounts that were sent, None for emptied cells; what is wrong stands in `errors`."""
        found: dict[Key, Decimal | None] = {}
        for group, least in self.cells:
            name = _name(group, least)
            if self.sent is not None and name in self.sent:
                found[group, least] = self._amount(name)
        known = {(group.kind_id, group.currency, least) for group, least in self.cells}
        for kind_id, currency, least in known:
            for column in self.columns:
                group = Group(None if column is None else column.pk, kind_id, currency)
                name = _name(group, least)
                if (group, least) not in self.cells and self._sent(name):
                    found[group, least] = self._amount(name)
        return {**found, **self._new()}

    def _new(self) -> dict[Key, Decimal | None]:
        """The new row, where an amount stands in it."""
        amounts = {column: self._amount(f"{NEW}:{_column(column)}") for column in self.columns}
        if all(amount is None for amount in amounts.values()):
            return {}
        kind_id, currency, least = self._head()
        if kind_id is None or least is None or not currency:
            return {}
        return {
            (Group(None if column is None else column.pk, kind_id, currency), least): amount
            for column, amount in amounts.items()
            if amount is not None
        }

    def _head(self) -> tuple[UUID | None, str, Decimal | None]:
        values = self.new_values
        kind = PriceKind.objects.filter(pk=as_id(values["kind"]), deleted_at__isnull=True).first()
        if kind is None:
            self.errors[f"{NEW}-kind"] = _("Choose a kind of price.")
        currency = values["currency"].strip().upper()
        if len(currency) != 3:
            self.errors[f"{NEW}-currency"] = _("A currency is a code of three capital letters, such as EUR.")
        least = self._cleaned(quantity_field("", required=False), f"{NEW}-quantity", values["quantity"] or "1")
        return (None if kind is None else kind.pk), currency, least

    def _amount(self, name: str) -> Decimal | None:
        return self._cleaned(number_field("", required=False, min_value=0), name, self._sent(name))

    def _cleaned(self, reader: Any, name: str, text: str) -> Decimal | None:
        try:
            amount: Decimal | None = reader.clean(text)
        except forms.ValidationError as error:
            self.errors[name] = " ".join(error.messages)
            return None
        return amount

    def _shown(self, column: Variant | None, kind_id: UUID, currency: str, least: Decimal, line: Line) -> Shown:
        group = Group(None if column is None else column.pk, kind_id, currency)
        name = _name(group, least)
        cell = self.cells.get((group, least))
        kept = "" if cell is None else entered_text(cell.amount, places=currency_places(currency))
        value = self._sent(name) if self.sent is not None and name in self.sent else kept
        words = f"{line.kind}, {currency}, {line.quantities}: {_title(column)}"
        hint = "" if cell is not None else str(DisplayMode(self.kinds[kind_id].display_mode).label)
        sides = self.sides.get((group, least)) if value == kept else None
        return Shown(name, words, _title(column), value, self.errors.get(name, ""), sides, hint)

    def _sent(self, name: str) -> str:
        return "" if self.sent is None else str(self.sent.get(name, "")).strip()


def _name(group: Group, least: Decimal) -> str:
    return f"cell:{group.variant_id or '-'}:{group.kind_id}:{group.currency}:{least.normalize():f}"


def _column(column: Variant | None) -> str:
    return "-" if column is None else str(column.pk)


def _title(column: Variant | None) -> str:
    return _("Product") if column is None else str(column)
