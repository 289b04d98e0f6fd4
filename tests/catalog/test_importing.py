"""Files into products, variants and prices: by SKU, judged row by row, written by set, with one undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from apps.auth.models import User
from apps.catalog.models import (
    CategoryAssignment,
    Price,
    Product,
    ProductTag,
    ProductTagging,
    Variant,
)
from apps.catalog.services import load_prices, load_products, load_variants
from apps.catalog.services.importing.rows import Lines
from apps.customers.models import CustomerGroup
from apps.customers.services import erase_person
from apps.kernel.bases.bitemporal import currently_known
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.imports.planning.orders import Fate, Line, Mode, Outcome
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading
from apps.sales.models import Channel
from tests.auth.factories import make_role, make_user
from tests.catalog.factories import (
    make_category,
    make_conversion,
    make_kind,
    make_offer,
    make_price,
    make_price_list,
    make_product,
    make_schema,
    make_tag,
    make_variant,
    saved,
)
from tests.catalog.importing import PRICE, VARIANT, counts, problems, take, targets, work
from tests.currencies.factories import make_currency
from tests.customers.factories import make_person
from tests.dictionaries.factories import make_dictionary
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed
GTU = ["GTU_01", "GTU_02"]
JANUARY, JUNE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def shop(house: House) -> Iterator[House]:
    """Everything below is done in North by somebody who may."""
    user = make_user(house, name="Alice", email="alice@example.org", roles=(make_role(house, "*"),))
    with using_scope(house.scope(house.north, actor_id=user.pk)), reading():
        yield house


def product(sku: str) -> Product:
    found: Product = Product.objects.get(sku=sku, deleted_at__isnull=True)
    return found


def amounts(owner: Product) -> list[str]:
    rows = currently_known(Price.objects.filter(product=owner)).order_by("min_quantity", "valid", "amount")
    return [f"{row.amount.normalize():f}" for row in rows]


@pytest.mark.parametrize(
    "header",
    [
        "Nazwa;Indeks;Kategorie;Tagi;Opis",
        "Artikelbezeichnung;Artikelnummer;Kategorien;Schlagwörter;Beschreibung",
        "Nombre;Referencia;Categorías;Etiquetas;Descripción",
        "Name;SKU;Categories;Tags;Description",
    ],
)
def test_columns_are_known_in_every_language(shop: House, header: str) -> None:
    assert targets(take(f"{header}\na;b;c;d;e\n"))[:4] == ["title", "sku", "categories", "tags"]


RICH = (
    "title,sku,country_of_origin,weight,gtu_codes,un_number,width,height,dimensions_unit,categories,tags,age_min\n"
    'Gin,gin-1,pl,0.75,"GTU_01;GTU_01",1170,7.5,30,cm,Drinks > Spirits,"New; Épicé",18\n'
)


def test_a_row_becomes_a_product_with_all_that_belongs_to_it(shop: House) -> None:
    drinks = make_category(shop, "Drinks")
    spirits = make_category(shop, "Spirits", drinks)
    make_category(shop, "Spirits", make_category(shop, "Car care"))
    new = make_tag(shop, "New")
    run = work(take(RICH))
    assert (counts(run), problems(run)) == ({"created": 1}, {})
    gin = product("gin-1")
    assert (gin.country_of_origin, gin.weight, gin.gtu_codes) == ("PL", Decimal("0.7500"), ["GTU_01"])
    assert (gin.un_number, gin.age_min) == ("UN1170", 18)
    assert gin.dimensions == {"width": "7.5", "height": "30", "unit": "cm"}
    assert gin.organization_id == shop.north.pk
    assert [row.category_id for row in CategoryAssignment.objects.filter(product=gin)] == [spirits.pk]
    labels = ProductTag.objects.filter(taggings__product=gin).order_by("label").values_list("label", "slug")
    assert list(labels) == [("New", new.slug), ("Épicé", "epice")]


def test_products_of_a_file_keep_their_places_in_categories_and_new_ones_come_last(shop: House) -> None:
    shirts, sale = make_category(shop, "Shirts"), make_category(shop, "Sale")
    for place, sku in enumerate(("one", "two")):
        row = make_product(shop, sku, sku=sku)
        saved(shop, CategoryAssignment(product=row, category=shirts, position=place))
    work(take("title,sku,categories\nOne,one,Sale; Shirts\nTwo,two,Shirts\nThree,three,Shirts\n"))
    rows = CategoryAssignment.objects.order_by("position", "pk").values_list("product__sku", "position", "rank")
    assert list(rows.filter(category=shirts)) == [("one", 0, 1), ("two", 1, 0), ("three", 2, 0)]
    assert list(rows.filter(category=sale)) == [("one", 0, 0)]


def test_the_same_file_again_changes_nothing(shop: House) -> None:
    make_category(shop, "Spirits", make_category(shop, "Drinks"))
    work(take(RICH))
    assert counts(work(take(RICH))) == {"unchanged": 1}
    assert product("gin-1").version == 1


def test_products_are_met_by_sku_whatever_its_capitals_and_an_import_has_one_undo(shop: House) -> None:
    old = make_product(shop, "Shirt", sku="SHIRT-1", subtitle="Plain")
    tag = make_tag(shop, "Old")
    saved(shop, ProductTagging(product=old, tag=tag))
    run = work(take("sku,title,subtitle,tags\nshirt-1,Blouse,,Fresh\nnew-1,Hat,Warm,Fresh\n"), key=("sku",))
    assert counts(run) == {"created": 1, "updated": 1}
    old.refresh_from_db()
    # Blank cells leave what there is; a list takes the place of the one before.
    assert (old.title, old.subtitle, old.sku, old.version) == ("Blouse", "Plain", "shirt-1", 2)
    assert list(ProductTagging.objects.filter(product=old).values_list("tag__label", flat=True)) == ["Fresh"]
    assert run.action_id is not None
    undo(run.action_id)
    old.refresh_from_db()
    assert (old.title, old.sku) == ("Shirt", "SHIRT-1")
    assert list(ProductTagging.objects.filter(product=old).values_list("tag", flat=True)) == [tag.pk]
    assert not Product.objects.filter(sku="new-1").exists()
    assert not ProductTag.objects.filter(label="Fresh").exists()


COLUMNS = "title,sku,handle,weight,country_of_origin,min_order_quantity,max_order_quantity,tax_class,categories"
WRONG = f"""{COLUMNS},unit,sales_unit
Good,ok-1,,,,,,,,,
,no-title,,,,,,,,,
Bad sku,a b,,,,,,,,,
Heavy,h-1,,-1,,,,,,,
Far,f-1,,,POL,,,,,,
Odd,o-1,,,,5,2,,,,
Tax,t-1,,,,,,nothing,,,
Where,w-1,,,,,,,Nowhere,,
Unit,u-1,,,,,,,,,box
Twin,OK-1,,,,,,,,,
Handle,h-2,taken,,,,,,,,
"""


def test_each_wrong_row_says_why_and_the_others_go_in(shop: House) -> None:
    make_product(shop, "Old", handle="taken")
    run = work(take(WRONG), key=("sku",))
    assert problems(run) == {
        3: [("title", "kernel.import.required")],
        4: [("sku", "invalid")],
        5: [("weight", "min_value")],
        6: [("country_of_origin", "invalid"), ("country_of_origin", "max_length")],
        7: [("max_order_quantity", "catalog.product.out_of_order")],
        8: [("tax_class", "kernel.reference.unknown")],
        9: [("categories", "kernel.reference.unknown")],
        10: [("unit", "catalog.uom.default_unit_missing")],
        11: [("sku", "catalog.import.taken")],
        12: [("handle", "catalog.import.taken")],
    }
    assert (counts(run), product("ok-1").title) == ({"created": 1, "error": 10}, "Good")


def test_a_check_writes_nothing(shop: House) -> None:
    run = work(take("title,sku,tags\nHat,hat-1,Warm\n"), rehearse=True)
    assert (counts(run), Product.objects.count(), ProductTag.objects.count()) == ({"created": 1}, 0, 0)
    assert run.previews[0]["after"] == {"title": "Hat", "sku": "hat-1", "tags": "Warm"}


def test_products_of_another_organization_are_not_met(shop: House) -> None:
    theirs = Product(title="Theirs", sku="hat-1")
    with seeding(shop.scope(shop.south)):
        theirs.save(force_insert=True)
    assert counts(work(take("title,sku\nHat,hat-1\n"))) == {"created": 1}
    with seeding(shop.scope(shop.south)):
        theirs.refresh_from_db()
    assert (theirs.title, Product.objects.count()) == ("Theirs", 1)


def test_options_of_variants_have_columns_and_are_judged_against_the_schema(shop: House) -> None:
    shirt = make_product(shop, "Shirt", sku="shirt", option_schema=make_schema(shop))
    make_product(shop, "Bolt", sku="bolt")
    run = take(
        "product,sku,size,Colour,is_default,barcode_type,barcode\n"
        "shirt,v-1,S,Blue,yes,ean13,590 1234 123457\n"
        "shirt,v-2,XXL,red,,,\n"
        "shirt,v-3,,red,,,\n"
        "shirt,v-4,s,BLUE,,,\n"
        "bolt,v-5,s,,,,\n"
        "shirt,v-6,m,red,,ean13,5901234123450\n"
        "nothing,v-7,m,,,,\n"
        "shirt,v-8,l,red,yes,,\n",
        VARIANT,
    )
    assert targets(run) == ["product", "sku", "option_size", "option_colour", "is_default", "barcode_type", "barcode"]
    run = work(run, key=("sku",))
    assert problems(run) == {
        3: [("option_size", "catalog.option.choice")],
        4: [("option_size", "catalog.option.required")],
        5: [("options", "catalog.import.taken")],
        6: [("option_size", "catalog.option.unknown")],
        7: [("barcode", "catalog.barcode.check_digit")],
        8: [("product", "kernel.reference.unknown")],
        9: [("is_default", "catalog.variant.default_twice")],
    }
    made = Variant.objects.get(product=shirt)
    assert (made.name, made.option_values) == ("S / Blue", {"size": "s", "colour": "blue"})
    assert (made.is_default, made.barcode) == (True, "5901234123457")


def test_a_new_default_takes_the_place_of_the_one_before(shop: House) -> None:
    shirt = make_product(shop, "Shirt", sku="shirt")
    first = make_variant(shop, shirt, "First", sku="v-1", is_default=True)
    run = work(take("product,sku,name,is_default\nshirt,v-2,Second,true\n", VARIANT), key=("sku",))
    assert counts(run) == {"created": 1}
    first.refresh_from_db()
    assert (first.is_default, Variant.objects.get(sku="v-2").is_default) == (False, True)
    assert run.action_id is not None
    undo(run.action_id)
    first.refresh_from_db()
    assert first.is_default


def test_options_may_stand_in_one_cell(shop: House) -> None:
    make_product(shop, "Shirt", sku="shirt", option_schema=make_schema(shop))
    run = work(take('product,sku,name,options\nshirt,v-1,Mine,"size=m; colour=red"\n', VARIANT), key=("sku",))
    assert counts(run) == {"created": 1}
    assert Variant.objects.get().option_values == {"size": "m", "colour": "red"}


def test_another_amount_for_the_same_is_a_correction(shop: House) -> None:
    shirt = make_product(shop, "Shirt", sku="shirt")
    kind = make_kind(shop, "regular", currency="EUR", display_mode="including-tax")
    held = make_price(shop, shirt, kind, "10", includes_tax=True)
    text = "product,kind,amount,min_quantity,max_quantity\nshirt,regular,{}\n"
    run = work(take(text.format("10,,"), PRICE))
    assert (counts(run), amounts(shirt)) == ({"unchanged": 1}, ["10"])
    run = work(take(text.format("12.5,1,"), PRICE))
    assert (counts(run), problems(run), amounts(shirt)) == ({"updated": 1}, {}, ["12.5"])
    held.refresh_from_db()
    assert not held.is_known
    assert run.action_id is not None
    undo(run.action_id)
    assert amounts(shirt) == ["10"]


WRONG_PRICES = """product,variant,kind,currency,amount,min_quantity,max_quantity,valid_from,valid_until,price_list
shirt,,regular,EUR,10,1,9,,,
shirt,,regular,EUR,9,10,,,,
shirt,,regular,EUR,8,5,20,,,
shirt,,regular,EUR,8,1,9,,,
,v-1,regular,PLN,40,,,2026-01-01,2026-06-01,
,v-1,regular,PLN,45,,,2026-06-01,,
,v-1,regular,PLN,50,,,2026-05-31,2026-07-01,
shirt,,regular,EUR,-5,,,,,
shirt,,regular,EUR,12.34567,100,,,,
shirt,,regular,EUR,1234567890123,100,,,,
shirt,,regular,EUR,1e999,100,,,,
shirt,,regular,,1,100,,,,
shirt,,regular,EUR,1,9,3,,,
shirt,,regular,EUR,1,0,,,,
shirt,,regular,EUR,1,,,2026-02-01,2026-01-01,
bolt,v-1,regular,EUR,1,,,,,
,,regular,EUR,1,,,,,
shirt,,nothing,EUR,1,,,,,
shirt,,regular,EUR,1,,,,,yen
shirt,,regular,,0,,,,,yen
"""


def test_prices_that_overlap_and_everything_else_that_is_wrong(shop: House) -> None:
    shirt = make_product(shop, "Shirt", sku="shirt")
    make_variant(shop, shirt, sku="v-1")
    make_product(shop, "Bolt", sku="bolt")
    make_kind(shop, "regular")
    make_price_list(shop, code="yen", currency="JPY")
    run = work(take(WRONG_PRICES, PRICE))
    assert problems(run) == {
        4: [("", "catalog.price.overlaps")],
        5: [("", "catalog.price.overlaps")],
        8: [("", "catalog.price.overlaps")],
        9: [("amount", "min_value")],
        10: [("amount", "max_decimal_places")],
        11: [("amount", "max_whole_digits")],
        12: [("amount", "kernel.import.number")],
        13: [("currency", "catalog.price.currency_missing")],
        14: [("max_quantity", "catalog.price.min_above_max")],
        15: [("min_quantity", "catalog.price.quantity_not_positive")],
        16: [("valid_until", "catalog.price.end_before_start")],
        17: [("variant", "catalog.price.of_another_product")],
        18: [("product", "catalog.price.no_product")],
        19: [("kind", "kernel.reference.unknown")],
        20: [("currency", "catalog.price.other_than_list")],
    }
    assert (counts(run), amounts(shirt)) == ({"created": 5, "error": 15}, ["0", "10", "40", "45", "9"])
    first = Price.objects.get(amount=40)
    assert first.valid == Range(JANUARY, JUNE, "[)")


def test_products_of_files_are_judged_and_kept_as_everywhere(shop: House) -> None:
    rope = make_product(shop, "Rope", sku="rope", unit="m")
    make_conversion(shop, rope, unit="roll")
    make_dictionary(shop, "m", "roll", "kg", key="unit", owner=shop.north)
    text = (
        "title,sku,handle,unit,un_number,gtu_codes,country_of_origin,width,height\n"
        " Spray   can ,can,Spray-CAN,kg,un 1950,gtu_02; GTU_01,pl,2.50,\n"
        "Rope,rope,,roll,,,,,\n"
        "Crate,crate,,crate,,,,,\n"
        "Huge,huge,,,,,,1234567890123,-1\n"
    )
    run = work(take(text), key=("sku",))
    assert problems(run) == {
        3: [("unit", "catalog.uom.unit_is_base")],
        4: [("unit", "catalog.uom.unit_not_found")],
        5: [("width", "invalid"), ("height", "invalid")],
    }
    can = product("can")
    assert (can.title, can.handle, can.un_number, can.gtu_codes) == ("Spray can", "spray-can", "UN1950", GTU)
    assert (can.country_of_origin, can.dimensions) == ("PL", {"width": "2.5"})


def test_prices_of_files_are_judged_as_everywhere(shop: House) -> None:
    shirt, hat = make_product(shop, "Shirt", sku="shirt"), make_product(shop, "Hat", sku="hat")
    web = saved(shop, Channel(code="web", name="Web shop"))
    offer = make_offer(shop, shirt, JANUARY, JUNE, channel_id=web.pk)
    of_red = make_offer(shop, shirt, JANUARY, JUNE, variant=make_variant(shop, shirt, sku="red"))
    make_kind(shop, "regular", currency="EUR")
    make_price_list(shop, code="web", channel_id=web.pk)
    make_currency(shop, "EUR", is_base=True)
    text = (
        "product,kind,amount,offer,price_list,currency,channel,valid_from\n"
        f"shirt,regular,9,{offer.pk},,,,\n"
        "shirt,regular,8,,web,,,\n"
        f"hat,regular,7,{offer.pk},,,,\n"
        f"shirt,regular,6,{of_red.pk},,,,\n"
        "shirt,regular,5,,,PLN,,\n"
        "shirt,regular,4,,,,,0001-01-01\n"
    )
    run = work(take(text, PRICE))
    assert problems(run) == {
        4: [("offer", "catalog.price.of_another_product")],
        5: [("offer", "catalog.price.of_another_variant")],
        6: [("currency", "catalog.price.currency_not_held")],
        7: [("valid_from", "catalog.price.moment_out_of_range")],
    }
    assert {row.channel_id for row in Price.objects.filter(product=shirt)} == {web.pk}
    assert (amounts(shirt), amounts(hat)) == (["8", "9"], [])


def test_prices_are_added_or_corrected_and_nothing_else(shop: House) -> None:
    run = take("product,kind,amount\nx,y,1\n", PRICE)
    assert run.options["mode"] == Mode.CREATE


def test_whom_a_price_is_for_is_said_by_what_people_call_them(shop: House) -> None:
    shirt = make_product(shop, "Shirt", sku="shirt")
    make_kind(shop, "regular", currency="EUR")
    group = saved(shop, CustomerGroup(code="whole", name="Wholesalers"))
    channel = saved(shop, Channel(code="web", name="Web shop"))
    anybody = User.objects.get(name="Alice")
    run = work(
        take(
            "product,kind,amount,user,customer_group,channel\n"
            "shirt,regular,9,ALICE@example.org,,\n"
            "shirt,regular,8,,wholesalers,\n"
            "shirt,regular,7,,,WEB\n"
            f"shirt,regular,6,{uuid7()},,\n"
            "shirt,regular,5,nobody@example.org,,\n",
            PRICE,
        )
    )
    unknown = [("user", "kernel.reference.unknown")]
    assert (counts(run), problems(run)) == ({"created": 3, "error": 2}, {5: unknown, 6: unknown})
    found = {row.amount: (row.user_id, row.customer_group_id, row.channel_id) for row in Price.objects.all()}
    assert found == {9: (anybody.pk, None, None), 8: (None, group.pk, None), 7: (None, None, channel.pk)}
    assert amounts(shirt) == ["7", "8", "9"]


Load = Callable[[Lines], list[Outcome]]


@pytest.mark.parametrize(
    ("load", "values"),
    [
        (load_products, {"title": "Hat", "sku": "hat-{}", "tags": ["Warm"], "categories": ["Hats"]}),
        (load_variants, {"product": "shirt", "sku": "v-{}", "name": "Name {}"}),
        (load_prices, {"product": "shirt", "kind": "regular", "currency": "EUR", "amount": Decimal(9)}),
    ],
)
def test_a_batch_asks_as_much_for_fifty_rows_as_for_two(shop: House, load: Load, values: dict[str, Any]) -> None:
    make_product(shop, "Shirt", sku="shirt")
    make_kind(shop, "regular")
    make_category(shop, "Hats")
    make_tag(shop, "Warm")

    def line(number: int) -> Line:
        own = {name: value.format(number) if isinstance(value, str) else value for name, value in values.items()}
        more = {} if "sku" in own else {"min_quantity": Decimal(number), "max_quantity": Decimal(number)}
        return Line(number, {**own, **more})

    def queries(first: int, count: int) -> int:
        lines = [line(number) for number in range(first, first + count)]
        with CaptureQueriesContext(connection) as caught:
            done = load(Lines(lines))
        assert [item.fate for item in done] == [Fate.CREATED] * count
        return len(caught)

    queries(1, 2)
    assert queries(100, 50) == queries(10, 2)


def test_nobody_who_was_erased_gets_a_price_from_a_file(shop: House) -> None:
    ada, joan = make_person(shop, "Ada Lovelace"), make_person(shop, "Joan Clarke")
    shirt, kind = make_product(shop, "Shirt", sku="shirt"), make_kind(shop, "regular", currency="EUR")
    make_price(shop, shirt, kind, customer_id=joan.pk)
    for person in (ada, joan):
        erase_person(person.pk, name=person.display_name, reason="Letter")
    rows = f"shirt,regular,5,{ada.pk}\nshirt,regular,6,{joan.pk}\nshirt,regular,7,\n"
    run = work(take(f"product,kind,amount,customer\n{rows}", PRICE))
    erased = [("customer", "customers.person.erased")]
    assert (counts(run), problems(run)) == ({"created": 1, "updated": 1, "error": 1}, {2: erased})
    assert not Price.objects.filter(customer_id=ada.pk).exists()
