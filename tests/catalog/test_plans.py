"""Under row-level security what a list of products searches for is found by an index."""

from __future__ import annotations

from typing import Final

import pytest
from django.db import connection

from apps.catalog.api.filters import ProductFilters
from apps.catalog.models import Product
from apps.catalog.selectors.closeness import closeness
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.catalog.factories import make_product
from tests.support.databases import admin
from tests.support.scopes import House

COLUMNS: Final = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'product' AND is_generated = 'NEVER'
AND column_name NOT IN ('id', 'title', 'sku')
"""
FILL: Final = """
INSERT INTO product (id, title, sku, {rest}) SELECT uuid7(), 'Birch desk ' || number, 'B-' || number, {rest}
FROM product CROSS JOIN generate_series(1, 20000) AS number WHERE product.id = %(id)s
"""


@pytest.mark.prove
@pytest.mark.committed
def test_a_search_reads_what_it_finds_and_nothing_else(house: House) -> None:
    oak = make_product(house, "Solid oak", sku="S-1")
    with admin(str(connection.settings_dict["NAME"])) as session:
        session.execute("SET session_replication_role = replica")
        [rest] = session.execute(COLUMNS).fetchone() or [""]
        session.execute(FILL.format(rest=rest), {"id": oak.pk})
        session.execute("VACUUM (ANALYZE) product")
    with using_scope(house.scope(house.north)), scoped_transaction():
        rows = ProductFilters({"search": "oak"}, Product.objects.filter(deleted_at__isnull=True)).qs
        plan = rows.annotate(rank=closeness("oak")).order_by("rank", "title", "pk")[:51].explain(analyze=True)
        assert [row.pk for row in rows] == [oak.pk]
    assert plan.count("Bitmap Index Scan on product_containing") == 4, plan
