"""Rows of files into prices: what is the same stays, another amount is a correction, what overlaps is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations.periods import Period, Quantities
from apps.catalog.features import MANAGE_PRICING
from apps.catalog.models import DisplayMode, Offer, Price, PriceKind, PriceList, Product, Variant
from apps.catalog.models.prices import always
from apps.catalog.selectors.moved_columns import PRICE_COLUMNS, PRICE_POINTERS
from apps.catalog.selectors.prices import Rank, overlapping, period_of, quantities_of, range_of, rank_of
from apps.catalog.services.example_rows import example_product, writing_examples
from apps.catalog.services.importing.fields import price_fields
from apps.catalog.services.importing.products import prepared
from apps.catalog.services.importing.rows import CatalogRows, Judged, Lines, sound
from apps.catalog.services.importing.targets import CatalogTarget
from apps.catalog.services.loading import store_prices
from apps.kernel.bases.bitemporal import currently_known
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.declarations import command
from apps.kernel.ids import uuid7
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.orders import Key, Line, Mode, Outcome
from apps.kernel.references.validation import UNKNOWN
from apps.kernel.tenancy.scope import Scope, current_scope

OVERLAPS = "catalog.price.overlaps"
NO_SUBJECT = "catalog.price.no_product"
OTHER_PRODUCT = "catalog.price.other_product"
CURRENCY_MISSING = "catalog.price.no_currency"
OTHER_CURRENCY = "catalog.price.other_currency"
PERIOD = "catalog.price.period"
QUANTITIES = "catalog.price.quantities"


class PriceRows(CatalogRows):
    """One batch of lines for prices."""

    model = Price
    columns = PRICE_COLUMNS
    pointers: ClassVar[Mapping[str, str]] = PRICE_POINTERS

    def write(self, lines: Sequence[Line]) -> list[Outcome]:
        """Judge the lines, and store what nothing is wrong with; an outcome for each."""
        ids, unknown = self.named(lines)
        ready = [line for line in lines if line.number not in unknown]
        self._look_up([ids[line.number] for line in ready])
        judged = [self._judged(line, ids[line.number]) for line in ready]
        self.judge_references([item for item in judged if not item.complaints])
        former = self._compare([item for item in judged if not item.complaints])
        store_prices(former, [item.row for item in sound(judged) if item.parts["is_written"]])
        return self.outcomes(lines, unknown, judged)

    def _look_up(self, named: Sequence[Mapping[str, UUID]]) -> None:
        """Read what lines name in this module, products before variants before offers, and keep them from going."""
        place = {"organization_id": current_scope().organization_id, "deleted_at__isnull": True}

        def wanted(name: str) -> set[UUID]:
            return {ids[name] for ids in named if name in ids}

        variants: Any = Variant.objects.filter(pk__in=wanted("variant"), **place)
        parents = dict(variants.values_list("pk", "product_id"))
        products: Any = Product.objects.filter(pk__in={*wanted("product"), *parents.values()}, **place)
        offers: Any = Offer.objects.filter(pk__in=wanted("offer"), **place)
        self._products = _held(products)
        self._variants = _held(variants)
        self._offers = _held(offers)
        kinds = PriceKind.objects.filter(pk__in=wanted("kind"), deleted_at__isnull=True)
        self._kinds = {row.pk: row for row in kinds}
        self._lists = {row.pk: row for row in PriceList.objects.filter(pk__in=wanted("price_list"), **place)}

    def _judged(self, line: Line, ids: Mapping[str, UUID]) -> Judged:
        judged = Judged(
            line, Price(organization_id=current_scope().writing_organization()), True, prepared(line.values)
        )
        self.take(judged, ids)
        self._take_subject(judged)
        self._take_terms(judged)
        self._take_limits(judged)
        judged.parts["is_written"] = True
        judged.complaints += complaints_of(judged.row, PRICE_COLUMNS)
        return judged

    @staticmethod
    def _take_limits(judged: Judged) -> None:
        """Read when and for which quantities the price counts."""
        quantities, period = quantities_of(judged.row), _told_period(judged)
        if not period.is_some:
            judged.complain("valid_until", PERIOD, _("It has to end after it begins."))
        elif period != Period():
            judged.row.valid = range_of(period)
        if quantities.least <= 0:
            judged.complain("min_quantity", QUANTITIES, _("This must be more than zero."))
        if quantities.most is not None and quantities.most < quantities.least:
            judged.complain("max_quantity", QUANTITIES, _("It must not be below the least quantity."))

    def _take_subject(self, judged: Judged) -> None:
        """Find out what the price is for: a variant and an offer bring their product with them."""
        row = judged.row
        for name, known, given in (
            ("variant", self._variants, row.variant_id),
            ("offer", self._offers, row.offer_id),
        ):
            found = known.get(given)
            if given is None:
                continue
            if found is None:
                judged.complain(name, UNKNOWN, _("There is no such record."))
            elif row.product_id not in {None, found.product_id}:
                judged.complain(name, OTHER_PRODUCT, _("It belongs to another product."))
            else:
                row.product_id = found.product_id
        if row.product_id is None:
            judged.complain("product", NO_SUBJECT, _("Name a product or a variant."))
        elif row.product_id not in self._products:
            judged.complain("product", UNKNOWN, _("There is no such record."))

    def _take_terms(self, judged: Judged) -> None:
        """What the kind and the list say where the row says nothing."""
        row = judged.row
        kind, price_list = self._kinds.get(row.kind_id), self._lists.get(row.price_list_id)
        if kind is None:
            judged.complain("kind", UNKNOWN, _("There is no such record."))
        elif "includes_tax" not in judged.values:
            row.includes_tax = kind.display_mode == DisplayMode.GROSS
        if row.price_list_id is not None and price_list is None:
            judged.complain("price_list", UNKNOWN, _("There is no such record."))
        row.currency = row.currency or (price_list.currency if price_list else "") or (kind.currency if kind else "")
        if not row.currency:
            judged.complain("currency", CURRENCY_MISSING, _("Neither the row nor its kind of price says a currency."))
        elif price_list is not None and row.currency != price_list.currency:
            judged.complain("currency", OTHER_CURRENCY, _("The price list is in another currency."))

    def _compare(self, judged: Sequence[Judged]) -> list[Price]:
        """Judge prices against those that are known, and those of lines before; the known ones that are corrected."""
        rows = Price.objects.filter(
            product__in={item.row.product_id for item in judged}, organization_id=current_scope().organization_id
        )
        known: dict[Rank, list[Price]] = defaultdict(list)
        for row in currently_known(rows).select_for_update(no_key=True, of=("self",)).order_by("pk"):
            known[rank_of(row)].append(row)
        taken: dict[Rank, list[Price]] = defaultdict(list)
        corrected = []
        for item in judged:
            rank = rank_of(item.row)
            if overlapping(item.row, taken[rank]):
                item.complain("", OVERLAPS, _("An earlier row of the file has a price for the same."))
                continue
            former = self._against(item, overlapping(item.row, known[rank]))
            corrected += [former] if former is not None else []
            taken[rank] += [] if item.complaints else [item.row]
        return corrected

    @staticmethod
    def _against(item: Judged, rows: Sequence[Price]) -> Price | None:
        """Compare a price with the known ones that it overlaps; the one that it corrects."""
        if not rows:
            return None
        former = rows[0]
        if len(rows) > 1 or _limits(former) != _limits(item.row):
            item.complain("", OVERLAPS, _("There is a price for a part of these quantities and this period already."))
            return None
        item.is_new, item.before, after, item.after = False, {}, item.after, {}
        same = {name: getattr(former, name) == getattr(item.row, name) for name in ("amount", "includes_tax")}
        item.parts["is_written"] = not all(same.values())
        for name in (name for name, is_same in same.items() if not is_same):
            item.tell(name, f"{getattr(former, name)}", after.get(name) or f"{getattr(item.row, name)}")
        return former if item.parts["is_written"] else None


def _held(rows: Any) -> dict[UUID, Any]:
    """The rows, locked in one order."""
    return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}


def _limits(row: Price) -> tuple[Quantities, Period]:
    return quantities_of(row), period_of(row)


def _told_period(judged: Judged) -> Period:
    return Period(judged.values.get("valid_from"), judged.values.get("valid_until"))


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
