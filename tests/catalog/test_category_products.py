"""Products in categories in the back office: a category's page, the action on a selection, the form of a product."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import Category, CategoryAssignment, Product
from apps.catalog.selectors import products_in
from apps.kernel.commands.models import Action
from apps.kernel.extensions.tabs import tabs_of
from apps.kernel.ids import uuid7
from apps.kernel.registry.entities import ENTITIES
from tests.auth.factories import make_role, make_user, reading_in
from tests.backoffice.conftest import signed_in
from tests.catalog.factories import make_category, make_product, saved
from tests.support.scopes import House, reading, seeding

LIST = "/backend/catalog/product/"


def staff(house: House, *features: str) -> Client:
    role = make_role(house, *features)
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


@pytest.fixture
def alice(house: House) -> Client:
    return staff(house, "catalog.*", "audit_logs.*")


@pytest.fixture
def shirts(house: House) -> Category:
    return make_category(house, "Shirts", make_category(house, "Clothes"))


def address(category: Category, **more: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"category": category.pk, **more}.items())
    return f"{reverse('admin:catalog_category_products')}?{query}"


def fill(house: House, category: Category, *titles: str) -> list[Product]:
    found = [make_product(house, title) for title in titles]
    for place, row in enumerate(found):
        saved(house, CategoryAssignment(category=category, product=row, position=place))
    return found


def inside(house: House, category: Category) -> list[str]:
    with reading(house.scope(house.north)):
        return [row.product.title for row in products_in(category)]


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def offered(answer: Any) -> list[str]:
    """Ids of the actions that the button of the message takes back."""
    return re.findall(r'name="action" value="([0-9a-f-]{36})"', answer.content.decode())


def commands(house: House) -> list[str]:
    with reading_in(house):
        return list(
            Action.objects.exclude(command__startswith="tests.").order_by("pk").values_list("command", flat=True)
        )


def test_products_are_put_in_while_one_types(alice: Client, house: House, shirts: Category) -> None:
    assert "There are no products in this category yet" in words(alice.get(address(shirts)))
    one, two = make_product(house, "One"), make_product(house, "Two")
    asked = {"app_label": "catalog", "model_name": "categoryassignment", "field_name": "product", "term": "Tw"}
    found = alice.get(reverse("admin:references"), asked).json()["results"]
    assert [item["text"] for item in found] == ["Two"]
    body = {"add": "1", "products": [found[0]["id"], str(one.pk), str(two.pk)]}
    answer = alice.post(address(shirts), body, follow=True)
    assert "2 products were put in." in words(answer)
    assert "data-undo-seconds" in words(answer)
    assert "Clothes / Shirts" in words(answer)
    assert inside(house, shirts) == ["Two", "One"]
    assert commands(house) == ["catalog.category.assign"]


def test_rows_are_moved_and_taken_out_with_one_undo(alice: Client, house: House, shirts: Category) -> None:
    one, two, three, four = fill(house, shirts, "One", "Two", "Three", "Four")
    body = {"row": [three.pk, two.pk, one.pk, four.pk], "remove": [two.pk]}
    answer = alice.post(address(shirts), body, follow=True)
    assert "The products of “Shirts” were saved." in words(answer)
    assert inside(house, shirts) == ["Three", "One", "Four"]
    offer = offered(answer)
    assert commands(house) == ["catalog.category.unassign", "catalog.category.reorder_products"]
    assert len(offer) == 2
    assert alice.post(reverse("admin:undo"), {"action": offer, "next": LIST}).status_code == 302
    assert inside(house, shirts) == ["One", "Two", "Three", "Four"]


def test_buttons_move_without_a_script(alice: Client, house: House, shirts: Category) -> None:
    one, two, three = rows = fill(house, shirts, "One", "Two", "Three")
    sent = {"row": [row.pk for row in rows]}
    alice.post(address(shirts), {**sent, "move": f"{three.pk}:-1"})
    assert inside(house, shirts) == ["One", "Three", "Two"]
    alice.post(address(shirts), {"row": [one.pk, three.pk, two.pk], "move": f"{one.pk}:1"})
    assert inside(house, shirts) == ["Three", "One", "Two"]
    alice.post(address(shirts), {"move": f"{two.pk}:first"})
    assert inside(house, shirts) == ["Two", "Three", "One"]
    before = commands(house)
    alice.post(address(shirts), {"row": [two.pk, three.pk, one.pk], "move": f"{uuid7()}:1"})
    assert commands(house) == before


def test_what_others_do_meanwhile_stays(alice: Client, house: House, shirts: Category) -> None:
    one, two, three, four = fill(house, shirts, "One", "Two", "Three", "Four")
    with seeding(house.scope(house.north)):
        CategoryAssignment.objects.filter(product=one).delete()
    alice.post(address(shirts), {"row": [three.pk, two.pk, one.pk]})  # Four came after the page was opened
    assert inside(house, shirts) == ["Three", "Two", "Four"]
    assert four


def test_a_long_category_has_pages(alice: Client, house: House, shirts: Category) -> None:
    rows = fill(house, shirts, *(f"P{number:03}" for number in range(103)))
    second = alice.get(address(shirts, page=2))
    assert "101 to 103 of 103" in words(second)
    assert [line["label"] for line in second.context["lines"]] == ["P100", "P101", "P102"]
    body = {"row": [row.pk for row in (rows[102], rows[101], rows[100])]}
    assert alice.post(address(shirts, page=2), body).headers["Location"] == address(shirts, page=2)
    assert inside(house, shirts)[98:] == ["P098", "P099", "P102", "P101", "P100"]
    alice.post(address(shirts, page=2), {"move": f"{rows[100].pk}:first"})
    assert inside(house, shirts)[:2] == ["P100", "P000"]
    assert alice.get(address(shirts, page="nonsense")).context["page"].number == 1


def test_the_page_costs_the_same_however_many(alice: Client, house: House, shirts: Category) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert alice.get(address(shirts)).status_code == 200
        return len(found)

    fill(house, shirts, "One")
    _warm, few = cost(), cost()
    fill(house, shirts, *(f"P{number}" for number in range(20)))
    assert cost() == few


def test_nothing_and_nonsense_are_refused(alice: Client, house: House, shirts: Category) -> None:
    fill(house, shirts, "One", "Two")
    assert "Choose a product." in words(alice.post(address(shirts), {"add": "1"}))
    assert "There is no such record." in words(alice.post(address(shirts), {"add": "1", "products": ["nonsense"]}))
    assert "There is no such record." in words(alice.post(address(shirts), {"add": "1", "products": [uuid7()]}))
    for body in ({"row": ["nonsense"]}, {"remove": ["nonsense"]}):
        assert alice.post(address(shirts), body).status_code == 404
    assert (inside(house, shirts), commands(house)) == (["One", "Two"], [])


def test_foreign_and_missing_categories_look_the_same(
    alice: Client, house: House, other_house: House, shirts: Category
) -> None:
    page = reverse("admin:catalog_category_products")
    for key in (make_category(other_house, "Foreign").pk, uuid7(), "nonsense"):
        assert alice.get(f"{page}?category={key}").status_code == 404
    assert alice.get(page).headers["Location"] == reverse("admin:catalog_category_tree")
    with seeding(house.scope(house.north)):
        Category.objects.filter(pk=shirts.pk).update(deleted_at=shirts.created_at)
    assert alice.get(address(shirts)).status_code == 404


def test_whoever_may_only_look_changes_nothing(house: House, shirts: Category) -> None:
    [one] = fill(house, shirts, "One")
    reader = staff(house, "catalog.categories.view", "catalog.products.view")
    shown = words(reader.get(address(shirts)))
    assert ("One" in shown, "data-move" in shown, 'name="remove"' in shown, "Put in" in shown) == (True, *[False] * 3)
    for body in ({"remove": [one.pk]}, {"add": "1", "products": [make_product(house, "Two").pk]}):
        assert reader.post(address(shirts), body).status_code == 403
    assert inside(house, shirts) == ["One"]
    for feature in ("catalog.categories.view", "catalog.products.view"):
        assert staff(house, feature).get(address(shirts)).status_code == 403


def test_categories_lead_to_their_products(alice: Client, house: House, shirts: Category) -> None:
    with reading_in(house):
        assert [(item[0], item[2]) for item in tabs_of(shirts)][:1] == [("catalog.category_products", address(shirts))]
    for name in ("catalog_category_changelist", "catalog_category_tree", "catalog_category_change"):
        args = [shirts.pk] if name.endswith("change") else []
        assert address(shirts) in alice.get(reverse(f"admin:{name}", args=args)).content.decode()


def choose(*products: Product) -> dict[str, Any]:
    return {"action": "put_into_category", ACTION_CHECKBOX_NAME: [str(item.pk) for item in products]}


def test_a_selection_is_put_into_a_category_as_one_action(alice: Client, house: House, shirts: Category) -> None:
    one, two = make_product(house, "One"), make_product(house, "Two")
    asked = alice.post(LIST, choose(one, two))
    assert "Put 2 products into a category" in words(asked)
    body = {**choose(one), "confirmed": "yes", "selection": asked.context["chosen"].text}
    missing = alice.post(LIST, body)
    assert (missing.status_code, "This field is required." in words(missing)) == (400, True)
    assert ("One" in words(missing), "Two" in words(missing)) == (True, True)
    done = alice.post(LIST, {**body, "category": str(shirts.pk)}, follow=True)
    assert "2 products are in “Shirts” now." in words(done)
    assert inside(house, shirts) == ["One", "Two"]
    assert commands(house) == ["catalog.category.assign"]
    assert len(offered(done)) == 1
    assert alice.post(reverse("admin:undo"), {"action": offered(done), "next": LIST}).status_code == 302
    assert inside(house, shirts) == []


def test_products_of_another_organization_are_named(house: House, shirts: Category) -> None:
    role = make_role(house, "catalog.*")
    carol = signed_in(make_user(house, name="Carol", roles=(role,), home_organization_id=house.root.pk))
    own = make_product(house, "Own")
    with seeding(house.scope(house.south)):
        other = Product(title="Other")
        other.save(force_insert=True)
    selection = carol.post(LIST, choose(own, other)).context["chosen"].text
    body = {**choose(own), "confirmed": "yes", "selection": selection, "category": str(shirts.pk)}
    answer = carol.post(LIST, body)
    assert (answer.status_code, "“Other” belongs to another organization" in words(answer)) == (400, True)
    gone = carol.post(LIST, {**body, "category": str(uuid7())})
    assert "There is no such record." in words(gone)
    assert inside(house, shirts) == []


def test_who_may_not_fill_categories_is_not_offered_it(house: House, shirts: Category) -> None:
    one = make_product(house, "One")
    seller = staff(house, "catalog.products.manage", "catalog.categories.view")
    assert "put_into_category" not in seller.get(LIST).content.decode()
    assert staff(house, "catalog.*").get(LIST).content.decode().count('"put_into_category"') >= 1
    seller.post(LIST, {**choose(one), "confirmed": "yes", "selection": one.pk.hex, "category": str(shirts.pk)})
    assert inside(house, shirts) == []


def test_categories_are_found_and_shown_with_their_paths(alice: Client, house: House, shirts: Category) -> None:
    other = make_category(house, "Shirts", make_category(house, "Sale"))
    asked = {"app_label": "catalog", "model_name": "categoryassignment", "field_name": "category", "term": "shirt"}
    found = alice.get(reverse("admin:references"), asked).json()["results"]
    assert [(item["id"], item["text"]) for item in found] == [
        (str(shirts.pk), "Clothes / Shirts"),
        (str(other.pk), "Sale / Shirts"),
    ]
    [one] = fill(house, shirts, "One")
    form = alice.get(reverse("admin:catalog_product_change", args=[one.pk])).content.decode()
    assert f'<option value="{shirts.pk}" selected>Clothes / Shirts</option>' in " ".join(form.split())
    with reading_in(house):
        assert ENTITIES["catalog.category"].labels([shirts.pk]) == {shirts.pk: "Shirts"}
