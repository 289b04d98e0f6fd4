"""Rows of files into prices: what is the same stays, another amount is a correction, what overlaps is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.errors import PricesOverlap
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import Offer, Price, PriceKind, Variant
from apps.catalog.models.prices import always
from apps.catalog.selectors.moved_columns import PRICE_COLUMNS, PRICE_POINTERS
from apps.catalog.selectors.prices import Rank, overlapping, rank_of
from apps.catalog.services.example_rows import example_product, writing_examples
from apps.catalog.services.importing.fields import price_fields
from apps.catalog.services.importing.products import prepared
from apps.catalog.services.importing.rows import CatalogRows, Judged, Lines, sound
from apps.catalog.services.importing.targets import CatalogTarget
from apps.catalog.services.price_drafts import PriceDraft, Surroundings, surroundings
from apps.catalog.services.price_settling import points_already, settled
from apps.catalog.services.price_writing import Replacing, costs_the_same, neighbours, says_the_same, write
from apps.kernel.commands.declarations import command
from apps.kernel.ids import uuid7
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.orders import Key, Line, Mode, Outcome
from apps.kernel.references.validation import UNKNOWN
from apps.kernel.tenancy.scope import Scope, current_scope

NO_SUBJECT = "catalog.price.no_product"
SAID = (*PRICE_COLUMNS, "valid_from", "valid_until")


class PriceRows(CatalogRows):
    """One batch of lines for prices."""

    model = Price
    columns = PRICE_COLUMNS
    pointers: ClassVar[Mapping[str, str]] = PRICE_POINTERS

    def write(self, lines: Sequence[Line]) -> list[Outcome]:
        """Judge the lines, and store what nothing is wrong with; an outcome for each."""
        ids, unknown = self.named(lines)
        ready = [line for line in lines if line.number not in unknown]
        drafts = self._drafts({line.number: (line, ids[line.number]) for line in ready})
        around = surroundings([draft for draft in drafts.values() if draft is not None])
        judged = [self._judged(line, ids[line.number], drafts[line.number], around) for line in ready]
        self.judge_references([item for item in judged if not item.complaints])
        change = Replacing()
        self._compare([item for item in judged if not item.complaints], change)
        change.latter += [item.row for item in sound(judged) if item.parts["is_written"]]
        write(change)
        return self.outcomes(lines, unknown, judged)

    @staticmethod
    def _drafts(lines: Mapping[int, tuple[Line, Mapping[str, UUID]]]) -> dict[int, PriceDraft | None]:
        """What lines say, by number; None where one names no kind, or no product and nothing that has one."""
        parents: dict[UUID, UUID] = {}
        for name, model in (("variant", Variant), ("offer", Offer)):
            if wanted := {ids[name] for _line, ids in lines.values() if name in ids}:
                parents |= dict(model.objects.filter(pk__in=wanted).values_list("pk", "product_id"))
        return {number: _draft(prepared(line.values), ids, parents) for number, (line, ids) in lines.items()}

    def _judged(self, line: Line, ids: Mapping[str, UUID], draft: PriceDraft | None, around: Surroundings) -> Judged:
        judged = Judged(line, Price(), True, prepared(line.values), parts={"is_written": True})
        self.take(judged, ids)
        if draft is None:
            if "kind" in ids:
                judged.complain("product", NO_SUBJECT, _("Name a product or a variant."))
            else:
                judged.complain("kind", UNKNOWN, _("There is no such record."))
            return judged
        judged.row, complaints = settled(draft, around)
        judged.complaints += [replace(item, field=item.field.removesuffix("_id")) for item in complaints]
        product = around.products.get(draft.product_id)
        if product is not None and product.organization_id != current_scope().organization_id:
            judged.complain("product", UNKNOWN, _("There is no such record."))
        return judged

    def points_already(self, row: Price, attribute: str) -> bool:
        """A price is never changed but has another one in its place: those of the product count."""
        return points_already(row, attribute)

    def _compare(self, judged: Sequence[Judged], change: Replacing) -> None:
        """Judge prices against those that are known, and those of lines before; what they correct is dropped."""
        known = neighbours([item.row for item in judged])
        taken: dict[Rank, list[Price]] = defaultdict(list)
        for item in judged:
            rank = rank_of(item.row)
            if overlapping(item.row, taken[rank]):
                item.complain("", PricesOverlap.code, _("An earlier row of the file has a price for the same."))
                continue
            change.drop(self._corrected(item, overlapping(item.row, known.get(rank, ()))))
            taken[rank] += [] if item.complaints else [item.row]

    @staticmethod
    def _corrected(item: Judged, rows: Sequence[Price]) -> list[Price]:
        """Compare a price with the known ones that it overlaps; the one that it corrects."""
        if not rows:
            return []
        former = rows[0]
        if len(rows) > 1 or not says_the_same(former, item.row):
            text = _("There is a price for a part of these quantities and this period already.")
            item.complain("", PricesOverlap.code, text)
            return []
        item.is_new, item.before, after, item.after = False, {}, item.after, {}
        for name in ("amount", "includes_tax"):
            if getattr(former, name) != getattr(item.row, name):
                item.tell(name, f"{getattr(former, name)}", after.get(name) or f"{getattr(item.row, name)}")
        item.parts["is_written"] = not costs_the_same(former, item.row)
        return [former] if item.parts["is_written"] else []


def _draft(values: Mapping[str, Any], ids: Mapping[str, UUID], parents: Mapping[UUID, UUID]) -> PriceDraft | None:
    """A variant and an offer bring their product with them."""
    brought = (parents.get(ids[name]) for name in ("variant", "offer") if name in ids)
    product_id = ids.get("product") or next((item for item in brought if item is not None), None)
    if product_id is None or "kind" not in ids:
        return None
    said = {name: values[name] for name in SAID if name in values}
    named = {PRICE_POINTERS[name]: item for name, item in ids.items() if name in PRICE_POINTERS}
    return PriceDraft(**{**said, **named, "product_id": product_id})


def _example(scope: Scope) -> Mapping[str, Any]:
    code = uuid7().hex[-8:]
    product = example_product()
    kind = PriceKind(title="Sample of a file", code=f"sample-{code}")
    price = Price(product=product, kind=kind, currency="EUR", amount=Decimal("11.00"), valid=always())
    with writing_examples():
        for row in (kind, price):
            row.save(force_insert=True)
    terms = {"product": str(product.pk), "kind": str(kind.pk), "currency": "EUR"}
    return {"batch": Lines((Line(1, {**terms, "amount": Decimal("12.50")}),))}


@command("catalog.price.load", feature=MANAGE_PRICING, bulk=True, example=_example)
def load_prices(batch: Lines) -> list[Outcome]:
    """Add or correct the prices that lines of a file describe; an outcome for each, refused ones among them."""
    return PriceRows(price_fields(Price)).write(batch.lines)


class PriceTarget(CatalogTarget):
    """Prices. No column names one: a row means the price of its scope, quantities and period, if there is one."""

    model = Price
    feature = MANAGE_PRICING
    command = load_prices.spec.id

    def modes(self) -> tuple[Mode, ...]:
        """One: rows are compared with what is known, and correct it."""
        return (Mode.CREATE,)

    def keys(self) -> tuple[Key, ...]:
        """None."""
        return ()

    def fields(self) -> tuple[ImportField, ...]:
        """Columns and what they point to."""
        return price_fields(Price)

    def load(self, lines: Sequence[Line]) -> Sequence[Outcome]:
        """Write the batch."""
        return load_prices(Lines(lines))
