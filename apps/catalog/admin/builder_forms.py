"""What the page of a product's variants shows and is sent: choices of options, and rows of variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from apps.catalog.calculations.options import Kind
from apps.catalog.calculations.variant_options import FALSE, NO, TRUE, YES, Option
from apps.catalog.models import Product, Variant
from apps.catalog.services.variant_rules import options_of
from apps.catalog.services.variant_sets import EDITED
from apps.kernel.errors import PlatformError

CHOICE, TYPED = "choice", "typed-"


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A choice that can be ticked."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option on the page; one without choices is typed, as a list with commas."""

    option: Option
    choices: Sequence[ShownChoice]
    typed: str = ""
    complaints: Sequence[str] = ()


@dataclass(slots=True)
class Row:
    """A variant in the grid, with what was entered and what is wrong with it, by field."""

    variant: Variant
    values: Mapping[str, Any]
    is_default: bool
    words: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What the form says of the row: which variant, at which version."""
        return f"{self.variant.pk}.{self.variant.version}"


def stored_rows(variants: Sequence[Variant]) -> list[Row]:
    """Rows as they are."""
    return [Row(row, {name: getattr(row, name) for name in EDITED}, row.is_default) for row in variants]


def chosen_of(data: QueryDict, options: Sequence[Option]) -> dict[str, list[str]]:
    """The choices that were ticked and typed, by option; what nobody could choose is judged by the command."""
    found: dict[str, list[str]] = {}
    for item in data.getlist(CHOICE):
        code, _colon, value = item.partition(":")
        found.setdefault(code, []).append(value)
    for option in options:
        if option.kind in {Kind.TEXT, Kind.NUMBER}:
            typed = [part.strip() for part in data.get(f"{TYPED}{option.code}", "").split(",")]
            if values := [part for part in typed if part]:
                found[option.code] = values
    return found


def first_choice(options: Sequence[Option], variants: Sequence[Variant]) -> dict[str, list[str]]:
    """What is ticked when the page opens: what the variants have, or everything where there are none."""
    if not any(row.option_values for row in variants):
        return {option.code: list(option.choices) for option in options if option.kind is Kind.SELECT}
    used: dict[str, list[str]] = {}
    for row in variants:
        for code, value in row.option_values.items():
            if value not in used.setdefault(code, []):
                used[code].append(value)
    return used


def shown_options(
    product: Product, chosen: Mapping[str, Sequence[str]], refusal: PlatformError | None
) -> list[ShownOption]:
    """The options with what is chosen of them, and what is wrong with that."""
    complaints: dict[str, list[str]] = {}
    for item in refusal.errors if refusal is not None else ():
        complaints.setdefault(item.field.removeprefix("options."), []).append(str(item.message))
    return [
        _shown(option, chosen.get(option.code, ()), complaints.get(option.code, ())) for option in options_of(product)
    ]


def _shown(option: Option, chosen: Sequence[str], complaints: Sequence[str]) -> ShownOption:
    if option.kind is Kind.SELECT:
        choices = [ShownChoice(code, label, code in chosen) for code, label in option.choices.items()]
        return ShownOption(option, choices, complaints=complaints)
    if option.kind is Kind.BOOLEAN:
        words = {TRUE: f"{YES} {_('Yes')}", FALSE: f"{NO} {_('No')}"}
        choices = [ShownChoice(value, label, value in chosen) for value, label in words.items()]
        return ShownOption(option, choices, complaints=complaints)
    return ShownOption(option, (), ", ".join(chosen), complaints)


@dataclass(frozen=True, slots=True)
class SentRows:
    """The grid as it was sent: rows in their order, the default one, and whether the order is another one."""

    rows: Sequence[Mapping[str, Any]]
    default_id: UUID | None
    order: Sequence[UUID]

    @classmethod
    def of(cls, data: QueryDict) -> SentRows:
        """What the form says. Raises Http404 for what no form of ours sends."""
        try:
            marks = [item.partition(".") for item in data.getlist("row")]
            ids = [UUID(pk) for pk, _dot, _version in marks]
            versions = [int(version) for _pk, _dot, version in marks]
            default = UUID(str(data["default"])) if data.get("default") else None
            order = moved_order(ids, data.get("move", ""))
        except ValueError:
            raise Http404 from None
        rows = [_row(data, pk, version) for pk, version in zip(ids, versions, strict=True)]
        return cls(rows, default, order)

    def arguments(self, there: Sequence[Variant]) -> dict[str, Any]:
        """What the command is given: an order only where it is another one, with those behind that came since."""
        stored = [row.pk for row in there]
        wanted = [*(pk for pk in self.order if pk in stored), *(pk for pk in stored if pk not in self.order)]
        marked = next((row.pk for row in there if row.is_default), None)
        return {
            "variants": self.rows,
            "default_id": None if self.default_id == marked else self.default_id,
            "order": None if wanted == stored else wanted,
        }

    def shown(self, there: Sequence[Variant], refusal: PlatformError) -> list[Row]:
        """The rows as they were entered, each complaint at its field."""
        stored = {row.pk: row for row in there}
        rows = {
            values["id"]: Row(stored[values["id"]], values, values["id"] == self.default_id)
            for values in self.rows
            if values["id"] in stored
        }
        for item in refusal.errors:
            place, name = _place(item.field)
            row = rows.get(self.rows[place]["id"]) if place is not None and place < len(self.rows) else None
            if row is not None:
                row.errors[name] = str(item.message)
        return [rows[pk] for pk in self.order if pk in rows]


def _place(path: str) -> tuple[int | None, str]:
    """Place and field of `variants.<n>.<field>`."""
    _variants, _dot, rest = path.partition(".")
    place, _dot, name = rest.partition(".")
    return (int(place), name) if place.isdecimal() else (None, name)


def _row(data: QueryDict, pk: UUID, version: int) -> dict[str, Any]:
    texts = {name: data.get(f"{name}-{pk}", "") for name in ("name", "sku", "barcode", "barcode_type")}
    return {"id": pk, "version": version, **texts, "is_active": f"is_active-{pk}" in data}


def moved_order(ids: Sequence[UUID], move: str) -> list[UUID]:
    """The order in which the rows were sent, with one of them a place further where a button says so."""
    order = list(ids)
    if not move:
        return order
    pk, _colon, by = move.partition(":")
    wanted = UUID(pk)
    if wanted in order:
        place = order.index(wanted)
        order.insert(min(max(place + (-1 if by == "-1" else 1), 0), len(order) - 1), order.pop(place))
    return order
