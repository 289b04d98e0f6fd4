"""Files of the catalog: what stands in them, for whom, and that the import finds nothing to change in them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Category, Price, Product, ProductTagging, Variant
from apps.catalog.models.categories import CategoryAssignment
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.catalog.factories import (
    make_category,
    make_kind,
    make_offer,
    make_price,
    make_price_list,
    make_product,
    make_schema,
    make_tag,
    make_variant,
    saved,
    seller,
)
from tests.catalog.importing import PRICE, PRODUCT, VARIANT, counts, problems, take, work
from tests.directory.callers import client_of, member
from tests.support.scopes import House

pytestmark = pytest.mark.committed
FILES = {
    PRODUCT: "/api/catalog/files/products/",
    VARIANT: "/api/catalog/files/variants/",
    PRICE: "/api/catalog/files/prices/",
}
JANUARY, JUNE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def fill(house: House) -> Product:
    """A shop with something of everything; the shirt has it all."""
    shirt = make_product(
        house,
        '=Shirt, "fine"',
        sku="shirt",
        description="Two\nlines",
        gtu_codes=["GTU_01", "GTU_13"],
        weight=Decimal("0.25"),
        dimensions={"width": "10", "unit": "cm"},
        launch_at=JANUARY,
        option_schema=make_schema(house, code="clothing"),
        product_type="configurable",
    )
    make_product(house, "Without a SKU", sku="")
    place: Category = make_category(house, "Shirts", make_category(house, "Clothes"))
    saved(house, CategoryAssignment(product=shirt, category=place))
    saved(house, ProductTagging(product=shirt, tag=make_tag(house, "New; hot")))
    options = {"size": "s", "colour": "blue"}
    variant = make_variant(house, shirt, sku="v-1", is_default=True, option_values=options, weight=Decimal("0.2"))
    kind = make_kind(house, "regular")
    make_price(house, shirt, kind, "10.5", min_quantity=1, max_quantity=9)
    make_price(house, shirt, kind, "9", min_quantity=10, valid=(JANUARY, JUNE), price_list=make_price_list(house))
    make_price(
        house, shirt, kind, "8", variant=variant, offer=make_offer(house, shirt, JANUARY, JUNE), includes_tax=True
    )
    return shirt


def fetched(client: Client, entity: str, form: str = "csv") -> bytes:
    answer = client.get(FILES[entity], {"format": form})
    assert answer.status_code == 200, answer.content
    pieces: Any = answer
    return b"".join(pieces.streaming_content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("entity", [PRODUCT, VARIANT, PRICE])
def test_a_file_is_imported_without_a_change(house: House, entity: str, form: str) -> None:
    fill(house)
    content = fetched(seller(house), entity, form)
    user = make_user(house, name="Alice", email="alice@example.org", roles=(make_role(house, "*"),))
    with using_scope(house.scope(house.north, actor_id=user.pk)), reading():
        run = work(take(content, entity, f"file.{form}"))
        assert problems(run) == {}
        expected = {PRODUCT: 2, VARIANT: 1, PRICE: 3}[entity]
        assert counts(run) == {"unchanged": expected}
        assert (Product.objects.count(), Variant.objects.count(), Price.objects.count()) == (2, 1, 3)


def test_cells_say_what_people_call_things(house: House) -> None:
    fill(house)
    rows = list(csv.DictReader(io.StringIO(fetched(seller(house), PRODUCT).decode())))
    shirt = next(row for row in rows if row["sku"] == "shirt")
    assert (shirt["title"], shirt["description"]) == ('\'=Shirt, "fine"', "Two\nlines")
    assert (shirt["categories"], shirt["tags"]) == ('["Clothes > Shirts"]', '["New; hot"]')
    assert (shirt["option_schema"], shirt["width"], shirt["dimensions_unit"]) == ("clothing", "10", "cm")
    found = json.loads(fetched(seller(house), VARIANT, "json"))
    assert [(row["product"], row["option_size"], row["option_colour"]) for row in found] == [("shirt", "s", "blue")]
    prices = json.loads(fetched(seller(house), PRICE, "json"))
    assert [(row["kind"], row["amount"], row["valid_from"]) for row in prices] == [
        ("regular", "10.5000", None),
        ("regular", "8.0000", None),
        ("regular", "9.0000", "2026-01-01T00:00:00Z"),
    ]


def test_a_price_that_was_corrected_is_left_out(house: House) -> None:
    fill(house)
    user = make_user(house, name="Alice", email="alice@example.org", roles=(make_role(house, "*"),))
    with using_scope(house.scope(house.north, actor_id=user.pk)), reading():
        work(take("product,kind,currency,amount,max_quantity\nshirt,regular,EUR,11,9\n", PRICE))
    assert sorted(row["amount"] for row in json.loads(fetched(seller(house), PRICE, "json"))) == [
        "11.0000",
        "8.0000",
        "9.0000",
    ]


def test_files_are_for_those_who_see_products_and_of_their_organization(house: House) -> None:
    fill(house)
    nobody = client_of(member(house), organization=house.north)
    for address in FILES.values():
        assert nobody.get(address).status_code == 403
        assert Client().get(address).status_code == 401
    elsewhere = client_of(member(house, "catalog.*"), organization=house.south)
    assert json.loads(fetched(elsewhere, PRODUCT, "json")) == []


def test_an_unknown_form_or_parameter_is_refused(house: House) -> None:
    for question, field in (({"format": "pdf"}, "format"), ({"colour": "red"}, "colour")):
        answer = seller(house).get(FILES[PRODUCT], question)
        assert (answer.status_code, [item["field"] for item in answer.json()["errors"]]) == (400, [field])


def test_the_number_of_queries_does_not_grow_with_the_rows(house: House) -> None:
    def queries() -> int:
        client = seller(house)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            fetched(client, PRODUCT, "json")
        return len(caught)

    fill(house)
    queries()
    few = queries()
    for number in range(20):
        make_product(house, f"Product {number}")
    assert queries() == few


def test_a_file_is_imported_and_taken_back_over_http(house: House) -> None:
    client = seller(house)
    file = io.BytesIO(b"Name,SKU,Tags\nHat,hat-1,Warm\n")
    file.name = "hats.csv"
    made = client.post("/api/imports/", {"file": file, "entity": PRODUCT})
    assert made.status_code == 201, made.content
    run = f"/api/imports/{made.json()['id']}/"
    assert pressed(client, f"{run}start/") == 202
    sweep("work")
    done = client.get(run).json()
    assert (done["state"], done["counts"]["created"]) == ("done", 1)
    assert pressed(client, f"/api/audit_logs/actions/{done['action_id']}/undo/") == 200
    assert json.loads(fetched(client, PRODUCT, "json")) == []


def test_importing_asks_for_what_the_same_by_hand_does(house: House) -> None:
    for entity, feature in ((PRODUCT, "products"), (VARIANT, "variants"), (PRICE, "pricing")):
        file = io.BytesIO(b"sku\nx\n")
        file.name = "file.csv"
        refused = seller(house, "catalog.products.view").post("/api/imports/", {"file": file, "entity": entity})
        assert (refused.status_code, refused.json()["feature"]) == (403, f"catalog.{feature}.manage")


def pressed(client: Client, address: str) -> int:
    return client.post(address, "{}", content_type="application/json").status_code
