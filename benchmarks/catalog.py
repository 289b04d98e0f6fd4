"""Prices: a list of products with the best one of each, a thousand lines at once, one decision, and its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.types.range import Range

from apps.auth.models import Session
from apps.auth.tokens import new_access_token
from apps.catalog.calculations.selection import select_best_price
from apps.catalog.calculations.trace import trace_of
from apps.catalog.contracts import CatalogPricing, Layer, PriceContext, PriceRequest, PriceRow, PriceRules
from apps.catalog.models import Price, PriceKind, Product
from apps.kernel import clock
from apps.kernel.bases.former import FormerRow
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.ids import uuid7
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.counting import queries
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.timing import Samples, microseconds_each, milliseconds, take_turns
from benchmarks.web import Call, Line, server
from tests.auth.factories import make_role, make_user
from tests.customers.factories import make_person
from tests.support.scopes import House, make_house, seeding

FULL, SMALL = 100_000, 2_000
EACH, LINES, PAGE, ROWS = 10, 1_000, 50, 50
PATH, STOCK = "/api/catalog/priced-products/", "/stock/products/"
MOST_LIST_MS, MOST_LINES_MS, MOST_US, MOST_QUERIES, MOST_SHARE = 60.0, 60.0, 100.0, 6, 0.15
MOST_OF_PAST = 2.0
ROUNDS, WARM_UP, REPEAT = 60, 10, 50
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)

# A product and its prices, as often as it is wanted; columns that are reckoned are left out.
PRODUCTS = """
INSERT INTO product ({columns}) SELECT {values} FROM product AS row CROSS JOIN generate_series(1, %(count)s::int) AS n
WHERE row.id = %(id)s
"""
PRICES = """
INSERT INTO price ({columns}) SELECT {values} FROM price AS row CROSS JOIN product
WHERE row.product_id = %(id)s AND product.id <> %(id)s AND product.tenant_id = row.tenant_id
"""
COLUMNS = """
SELECT array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
# The lowest price of anybody, without knowing anything about layers, lists, offers and units.
RAW_LIST = """
SELECT product.id, product.title, product.sku, best.amount FROM (
    SELECT * FROM product WHERE tenant_id = %(tenant)s AND deleted_at IS NULL ORDER BY title, id LIMIT 50) AS product
LEFT JOIN LATERAL (
    SELECT amount FROM price WHERE price.tenant_id = %(tenant)s AND price.product_id = product.id
    AND upper_inf(known) AND valid @> now() AND currency = 'EUR' AND min_quantity <= 1
    AND channel_id IS NULL AND customer_id IS NULL
    ORDER BY (customer_group_id IS NULL), amount LIMIT 1) AS best ON true
"""
RAW_LINES = """
SELECT id, product_id, currency, amount, min_quantity, max_quantity, channel_id, customer_id, customer_group_id
FROM price WHERE tenant_id = %(tenant)s AND product_id = ANY(%(products)s) AND upper_inf(known)
"""


def run(options: Options) -> Iterator[Figure]:
    """Load products with ten prices each, ask for pages and lines, then decide on rows in memory."""
    count = options.rows or (FULL if options.full else SMALL)
    bench = _Bench()
    bench.load(count)
    with server() as port:
        yield from bench.page(port, count)
    with using_scope(bench.house.scope(bench.house.root)), scoped_transaction():
        yield bench.lines()
        yield bench.explanation()
    bench.change()
    with using_scope(bench.house.scope(bench.house.root)), scoped_transaction():
        yield bench.past()
    yield from _decision()


class _Bench:
    """A house with a customer of two groups, a channel, and a product that all others are copies of."""

    def __init__(self) -> None:
        self.house: House = make_house("Benchmark")
        self.channel, self.others = uuid7(), [uuid7(), uuid7()]
        self.groups, self.product = [uuid7(), uuid7()], Product(title="Product 0", sku="P0")
        self.customer: UUID = make_person(self.house).pk
        with seeding(self.house.scope(self.house.root)):
            self.product.save(force_insert=True)
            for price in self._prices():
                price.save(force_insert=True)

    def _prices(self) -> list[Price]:
        regular, sale = (
            PriceKind(code="regular", title="Regular"),
            PriceKind(code="sale", title="Sale", is_promotion=True),
        )
        for kind in (regular, sale):
            kind.save(force_insert=True)
        soon = clock.now() + timedelta(days=30)
        scopes: list[dict[str, Any]] = [
            {"max_quantity": Decimal(9)},
            {"min_quantity": Decimal(10)},
            {"channel_id": self.channel},
            {"channel_id": self.others[0]},
            {"customer_group_id": self.groups[0]},
            {"customer_group_id": self.others[1]},
            {"customer_id": self.customer},
            {"customer_id": uuid7()},
            {"currency": "USD"},
            {"kind": sale, "valid": Range(soon, None, "[)")},
        ]
        return [
            Price(
                product=self.product,
                amount=Decimal(10 + number),
                **{"kind": regular, "currency": "EUR", **scope},
            )
            for number, scope in enumerate(scopes)
        ]

    def load(self, count: int) -> None:
        """Copy the product and its prices."""
        made = {"id": "uuid7()", "title": "'Product ' || n", "sku": "'P' || n"}
        priced = {
            "id": "uuid7()",
            "product_id": "product.id",
            "amount": "row.amount + abs(hashtext(product.sku)) %% 500",
        }
        with loading() as session:
            session.execute(_copy(session, PRODUCTS, "product", made), {"count": count - 1, "id": self.product.pk})
            session.execute(_copy(session, PRICES, "price", priced), {"id": self.product.pk})

    def page(self, port: int, count: int) -> Iterator[Figure]:
        """The list, beside both baselines."""
        asked = urlencode(
            {"price_currency": "EUR", "price_customer_id": self.customer, "price_channel_id": self.channel}
        )
        told = {"X-Bench-Tenant": str(self.house.tenant.pk), "X-Bench-Organizations": str(self.house.root.pk)}
        calls = {"ours": Call(f"{PATH}?{asked}&count=none", self._signed_in()), "stock": Call(STOCK, told)}
        with Line(port) as line:
            readings = {name: milliseconds(lambda call=call: line.ask(call)) for name, call in calls.items()}  # type: ignore[misc]
            readings["raw"] = milliseconds(self._raw_page)
            taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
        name = f"list of {PAGE} of {count:,} products with the best price of each, p95"
        yield _listed(name, taken, "stock", "a stock ModelViewSet that shows all prices of each, same tables and wall")
        yield _listed(f"{name}, beside the bare query", taken, "raw", "the bare query in a scoped transaction")

    def _signed_in(self) -> dict[str, str]:
        user = make_user(self.house, email="ada@example.org", roles=(make_role(self.house, "catalog.*"),))
        with using_scope(self.house.scope()), scoped_transaction():
            session = Session(
                digest=token_digest("benchmark"), user_id=user.pk, expires_at=clock.now() + timedelta(hours=2)
            )
            session.save(force_insert=True)
            token = new_access_token(session)
        return {"Authorization": f"Bearer {token}", "X-Organization-Id": str(self.house.root.pk)}

    def _raw_page(self) -> None:
        with using_scope(self.house.scope(self.house.root)), scoped_transaction(), connection.cursor() as cursor:
            cursor.execute(RAW_LIST, {"tenant": self.house.tenant.pk})
            assert len(cursor.fetchall()) == PAGE

    def lines(self) -> Figure:
        """A thousand lines of as many products."""
        pricing, asked = service(CatalogPricing), self._requests(LINES)
        products = [request.product_id for request in asked]
        assert all(pricing.prices_for(asked))
        count = queries(lambda: pricing.prices_for(asked))
        readings = {
            "ours": milliseconds(lambda: pricing.prices_for(asked)),
            "raw": milliseconds(lambda: self._raw_lines(products)),
        }
        taken = take_turns(readings, rounds=ROUNDS // 2, warm_up=WARM_UP // 2)
        value = taken["ours"].median
        return Figure(
            f"prices_for {LINES:,} lines of products with {EACH} prices",
            value,
            baseline=taken["raw"].median,
            against=f"the bare statement that fetches their {LINES * EACH:,} prices",
            target=f"< {MOST_LINES_MS:.0f} ms, ≤ 4 queries",
            met=value < MOST_LINES_MS and count <= 4,
            note=f"{count} queries, one of them for the customer's groups",
        )

    def change(self) -> None:
        """Change what the lines depend on, and back again: each product leaves two former rows."""
        ids = [request.product_id for request in self._seen(LINES)]
        for is_quote_only in (True, False):
            with seeding(self.house.scope(self.house.root)):
                Product.objects.filter(pk__in=ids).update(is_quote_only=is_quote_only, updated_at=clock.now())

    def _seen(self, count: int) -> list[PriceRequest]:
        with using_scope(self.house.scope(self.house.root)), scoped_transaction():
            return self._requests(count)

    def past(self) -> Figure:
        """The lines as they were before the changes, beside the lines of today."""
        pricing, today = service(CatalogPricing), self._requests(LINES)
        begun = min(FormerRow.objects.values_list("known_until", flat=True)) - timedelta(microseconds=1)
        then = [replace(request, known_at=begun) for request in today]
        assert all(pricing.prices_for(then))
        count = queries(lambda: pricing.prices_for(then))
        readings = {
            "then": milliseconds(lambda: pricing.prices_for(then)),
            "now": milliseconds(lambda: pricing.prices_for(today)),
        }
        taken = take_turns(readings, rounds=ROUNDS // 2, warm_up=WARM_UP // 2)
        value, beside = taken["then"].median, taken["now"].median
        return Figure(
            f"prices_for {LINES:,} lines as they were known before {2 * LINES:,} changes",
            value,
            baseline=beside,
            against="the same lines today",
            target=f"≤ {MOST_OF_PAST:.1f}×, ≤ 4 queries",
            met=value <= beside * MOST_OF_PAST and count <= 4,
            note=f"{count} queries",
        )

    def _raw_lines(self, products: Sequence[UUID]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW_LINES, {"tenant": self.house.tenant.pk, "products": list(products)})
            assert len(cursor.fetchall()) == LINES * EACH

    def _requests(self, count: int) -> list[PriceRequest]:
        ids = Product.objects.order_by("title", "pk").values_list("pk", flat=True)[:count]
        return [
            PriceRequest(pk, "EUR", channel_id=self.channel, customer_id=self.customer, quantity=Decimal(2))
            for pk in ids
        ]

    def explanation(self) -> Figure:
        """One price with its reasons, beside the price alone."""
        pricing, [asked] = service(CatalogPricing), self._requests(1)
        readings = {
            "price": milliseconds(lambda: pricing.prices_for([asked])),
            "reasons": milliseconds(lambda: pricing.explained([asked])),
        }
        taken = take_turns(readings, rounds=ROUNDS * 4, warm_up=WARM_UP)
        value, alone = taken["reasons"].median, taken["price"].median
        return Figure(
            f"one price explained, of a product with {EACH}",
            value,
            baseline=alone,
            against="the price alone, by the same service",
            target=f"≤ {1 + MOST_SHARE:.2f}×",
            met=value <= alone * (1 + MOST_SHARE),
        )


def _copy(session: psycopg.Connection[Any], statement: str, table: str, other: Mapping[str, str]) -> str:
    """The statement with the table's own columns, some of them with other values."""
    [names] = session.execute(COLUMNS, [table]).fetchone() or [[]]
    values = [other.get(name, f'row."{name}"') for name in names]
    return statement.format(columns=", ".join(f'"{name}"' for name in names), values=", ".join(values))


def _listed(name: str, taken: Mapping[str, Samples], baseline: str, against: str) -> Figure:
    ours = taken["ours"].p95
    return Figure(
        name,
        ours,
        baseline=taken[baseline].p95,
        against=against,
        target=f"< {MOST_LIST_MS:.0f} ms",
        met=ours < MOST_LIST_MS,
        note=f"median {taken['ours'].median:.1f} ms",
    )


def _decision() -> Iterator[Figure]:
    """Fifty prices that all fit, which is the most work, and fifty that mostly do not."""
    dice = Random(1)  # noqa: S311
    product, channel, group = uuid7(), uuid7(), uuid7()
    context = PriceContext(
        "EUR",
        clock.now(),
        quantity=Decimal(12),
        channel_id=channel,
        customer_group_ids=frozenset({group}),
        tax_rate=Decimal(23),
    )
    fitting = [_row(dice, product) for _ in range(ROWS)]
    scopes: tuple[dict[str, Any], ...] = (
        {},
        {"channel_id": channel},
        {"channel_id": uuid7()},
        {"customer_id": uuid7()},
        {"customer_group_id": group},
    )
    mixed = [row._replace(**dice.choice(scopes)) for row in fitting]
    rules = PriceRules(tuple(Layer))
    for name, rows in (("that all fit", fitting), ("of which some fit", mixed)):
        decision = select_best_price(rows, context)
        traced = partial(trace_of, decision, context, rules=rules, rates={})
        readings = {
            "select": microseconds_each(partial(select_best_price, rows, context), repeat=REPEAT),
            "trace": microseconds_each(traced, repeat=REPEAT),
        }
        taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
        value = taken["select"].median
        target = f"< {MOST_US:.0f} µs"
        yield Figure(f"one decision over {ROWS} prices {name}", value, "µs", target=target, met=value < MOST_US)
        yield Figure(f"its trace with the digest, {name}", taken["trace"].median, "µs")


def _row(dice: Random, product: UUID) -> PriceRow:
    return PriceRow(
        uuid7(),
        product,
        "EUR",
        Decimal(dice.randrange(10_000, 10**7)).scaleb(-4),
        includes_tax=dice.random() < 0.3,
        min_quantity=Decimal(dice.choice((1, 1, 5, 10))),
        valid_from=dice.choice((None, LONG_AGO)),
        known_from=LONG_AGO,
    )
