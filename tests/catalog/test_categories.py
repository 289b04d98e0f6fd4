"""Categories over HTTP: the tree, its rules, and what is in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Category, Product
from apps.kernel.ids import uuid7
from tests.catalog.factories import make_category, make_product, seller
from tests.directory.callers import complaints, send
from tests.support.scopes import House, reading, seeding

CATEGORIES, ASSIGNED = "/api/catalog/categories/", "/api/catalog/category-assignments/"
TREE = f"{CATEGORIES}tree/"


def made(bob: Client, name: str, parent: str | None = None, **values: Any) -> str:
    answer = send(bob, "post", CATEGORIES, {"name": name, "parent_id": parent, **values})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def shown(nodes: list[dict[str, Any]]) -> list[Any]:
    """Names, each with those below it."""
    return [{node["name"]: shown(node["children"])} if node["children"] else node["name"] for node in nodes]


def tree(bob: Client, **asked: Any) -> list[Any]:
    answer = bob.get(TREE, asked)
    assert answer.status_code == 200, answer.content
    return shown(answer.json()["results"])


def rows(house: House) -> dict[str, Category]:
    with reading(house.scope(house.north)):
        return {row.name: row for row in Category.objects.all()}


def assert_right(house: House) -> None:
    """Paths and depths are those that the parents say, and nobody living stands below somebody deleted."""
    found = {row.pk: row for row in rows(house).values()}
    for row in found.values():
        parent = found.get(row.parent_id) if row.parent_id else None
        assert row.path == f"{parent.path if parent else ''}{row.pk}/"
        assert row.depth == (parent.depth + 1 if parent else 0)
        assert row.is_deleted or parent is None or not parent.is_deleted


def test_a_category_comes_below_its_parent_and_says_where_it_is(bob: Client, house: House) -> None:
    clothes = made(bob, "Clothes")
    shirts = made(bob, "Shirts", clothes)
    made(bob, "T-shirts", shirts)
    found = bob.get(f"{CATEGORIES}{shirts}/").json()
    assert (found["path_label"], found["depth"], found["slug"]) == ("Clothes / Shirts", 1, "shirts")
    listed = {row["name"]: row for row in bob.get(CATEGORIES).json()["results"]}
    assert {name: (row["child_count"], row["descendant_count"]) for name, row in listed.items()} == {
        "Clothes": (1, 2),
        "Shirts": (1, 1),
        "T-shirts": (0, 0),
    }
    assert listed["T-shirts"]["path_label"] == "Clothes / Shirts / T-shirts"
    assert_right(house)


def test_handles_are_made_from_names_and_are_there_once(bob: Client) -> None:
    slugs = [bob.get(f"{CATEGORIES}{made(bob, 'Łódź & Co')}/").json()["slug"] for _each in range(3)]
    assert slugs == ["lodz-co", "lodz-co-2", "lodz-co-3"]
    assert bob.get(f"{CATEGORIES}{made(bob, '服装')}/").json()["slug"] == "category"
    answer = send(bob, "post", CATEGORIES, {"name": "Other", "slug": "lodz-co"})
    assert (answer.status_code, complaints(answer)) == (409, {"slug": "kernel.duplicate"})
    again = send(bob, "patch", f"{CATEGORIES}{made(bob, 'Other', slug='own')}/", {"name": "Hats", "slug": ""})
    assert again.json()["slug"] == "hats"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": " "}, "name", "blank"),
        ({}, "name", "required"),
        ({"name": "x" * 256}, "name", "max_length"),
        ({"name": "A", "slug": "Not a handle"}, "slug", "invalid"),
        ({"name": "A", "parent_id": str(uuid7())}, "parent_id", "kernel.reference.unknown"),
        ({"name": "A", "parent_id": "home"}, "parent_id", "invalid"),
        ({"name": "A", "position": -1}, "position", "min_value"),
        ({"name": "A", "path": "x"}, "path", "unknown"),
    ],
)
def test_what_is_wrong_is_said_on_its_field(
    bob: Client, house: House, body: dict[str, Any], field: str, code: str
) -> None:
    answer = send(bob, "post", CATEGORIES, body)
    assert (answer.status_code, complaints(answer)) == (400, {field: code})
    assert rows(house) == {}


def test_a_parent_is_of_the_same_organization_and_lives(bob: Client, house: House) -> None:
    elsewhere = seller(house, organization=house.south)
    theirs, gone = made(elsewhere, "Theirs"), made(bob, "Gone")
    assert send(bob, "delete", f"{CATEGORIES}{gone}/").status_code == 204
    for parent in (theirs, gone):
        answer = send(bob, "post", CATEGORIES, {"name": "A", "parent_id": parent})
        assert (answer.status_code, complaints(answer)) == (400, {"parent_id": "kernel.reference.unknown"})
    whole = seller(house, organization=house.root)
    answer = send(whole, "post", f"{CATEGORIES}{theirs}/move/", {"parent_id": made(bob, "Ours")})
    assert complaints(answer) == {"parent_id": "kernel.reference.unknown"}


def test_a_move_takes_everything_below_along(bob: Client, house: House) -> None:
    clothes, sale = made(bob, "Clothes"), made(bob, "Sale")
    shirts = made(bob, "Shirts", clothes)
    made(bob, "T-shirts", shirts)
    made(bob, "Socks", sale)
    answer = send(bob, "post", f"{CATEGORIES}{shirts}/move/", {"parent_id": sale, "position": 0}, if_match='"1"')
    assert answer.status_code == 200, answer.content
    assert (answer.json()["path_label"], answer.json()["version"]) == ("Sale / Shirts", 2)
    assert tree(bob) == ["Clothes", {"Sale": [{"Shirts": ["T-shirts"]}, "Socks"]}]
    assert_right(house)
    assert send(bob, "post", f"{CATEGORIES}{shirts}/move/", {"parent_id": None}).status_code == 200
    assert tree(bob) == ["Clothes", {"Sale": ["Socks"]}, {"Shirts": ["T-shirts"]}]
    assert send(bob, "patch", f"{CATEGORIES}{shirts}/", {"parent_id": clothes, "name": "Tops"}).status_code == 200
    assert tree(bob) == [{"Clothes": [{"Tops": ["T-shirts"]}]}, {"Sale": ["Socks"]}]
    assert_right(house)


def test_a_move_is_undone(bob: Client, house: House) -> None:
    clothes, sale = made(bob, "Clothes"), made(bob, "Sale")
    made(bob, "Shirts", clothes)
    moved = send(bob, "post", f"{CATEGORIES}{clothes}/move/", {"parent_id": sale})
    assert tree(bob) == [{"Sale": [{"Clothes": ["Shirts"]}]}]
    undone = send(bob, "post", f"/api/audit_logs/actions/{moved.headers['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert tree(bob) == [{"Clothes": ["Shirts"]}, "Sale"]
    assert_right(house)


def test_a_move_is_not_undone_under_what_came_since(bob: Client, house: House) -> None:
    clothes, sale = made(bob, "Clothes"), made(bob, "Sale")
    moved = send(bob, "post", f"{CATEGORIES}{clothes}/move/", {"parent_id": sale})
    made(bob, "Shirts", clothes)
    undone = send(bob, "post", f"/api/audit_logs/actions/{moved.headers['X-Action-Id']}/undo/", {})
    assert (undone.status_code, undone.json()["code"]) == (409, "audit_logs.undo.conflict")
    assert tree(bob) == [{"Sale": [{"Clothes": ["Shirts"]}]}]
    assert_right(house)


def test_nothing_comes_below_itself(bob: Client, house: House) -> None:
    clothes = made(bob, "Clothes")
    shirts = made(bob, "Shirts", clothes)
    for method, path, body in (
        ("post", f"{clothes}/move/", {"parent_id": shirts}),
        ("post", f"{clothes}/move/", {"parent_id": clothes}),
        ("patch", f"{clothes}/", {"parent_id": shirts, "name": "X"}),
    ):
        answer = send(bob, method, f"{CATEGORIES}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "catalog.category.circular")
        assert complaints(answer) == {"parent_id": "catalog.category.circular"}
    assert tree(bob) == [{"Clothes": ["Shirts"]}]


def test_a_tree_is_not_endlessly_deep(bob: Client) -> None:
    parent: str | None = None
    for level in range(32):
        parent = made(bob, f"L{level}", parent)
    answer = send(bob, "post", CATEGORIES, {"name": "Deeper", "parent_id": parent})
    assert complaints(answer) == {"parent_id": "catalog.category.too_deep"}
    two = made(bob, "Two")
    made(bob, "Three", two)
    above = bob.get(f"{CATEGORIES}{parent}/").json()["parent_id"]
    answer = send(bob, "post", f"{CATEGORIES}{two}/move/", {"parent_id": above})
    assert complaints(answer) == {"parent_id": "catalog.category.too_deep"}


def test_children_are_arranged(bob: Client, house: House) -> None:
    clothes = made(bob, "Clothes")
    ids = {name: made(bob, name, clothes) for name in "ABC"}
    order = [ids["C"], ids["A"], ids["B"]]
    answer = send(bob, "post", f"{CATEGORIES}reorder/", {"parent_id": clothes, "category_ids": order})
    assert [row["name"] for row in answer.json()["results"]] == ["C", "A", "B"]
    assert tree(bob) == [{"Clothes": ["C", "A", "B"]}]
    for wrong in (order[:2], [*order, order[0]], [*order[:2], str(uuid7())]):
        answer = send(bob, "post", f"{CATEGORIES}reorder/", {"parent_id": clothes, "category_ids": wrong})
        assert (answer.status_code, complaints(answer)) == (
            400,
            {"category_ids": "catalog.category.order_incomplete"},
        )
    whole = seller(house, organization=house.root)
    assert (
        send(whole, "post", f"{CATEGORIES}reorder/", {"parent_id": clothes, "category_ids": order}).status_code == 200
    )
    assert send(bob, "post", f"{CATEGORIES}{ids['B']}/move/", {"parent_id": clothes, "position": 1}).status_code == 200
    assert tree(bob) == [{"Clothes": ["C", "B", "A"]}]
    made(bob, "First", clothes, position=0)
    assert tree(bob) == [{"Clothes": ["First", "C", "B", "A"]}]


def test_children_take_the_place_of_a_deleted_parent(bob: Client, house: House) -> None:
    first, clothes = made(bob, "First"), made(bob, "Clothes")
    made(bob, "Last")
    shirts = made(bob, "Shirts", clothes)
    made(bob, "Trousers", clothes)
    made(bob, "T-shirts", shirts)
    product = make_product(house)
    assert send(bob, "post", f"{CATEGORIES}{clothes}/assign/", {"product_ids": [str(product.pk)]}).status_code == 200
    before = tree(bob)
    deleted = send(bob, "delete", f"{CATEGORIES}{clothes}/")
    assert deleted.status_code == 204
    assert tree(bob) == ["First", {"Shirts": ["T-shirts"]}, "Trousers", "Last"]
    assert bob.get(ASSIGNED).json()["results"] == []
    assert bob.get(f"{CATEGORIES}{clothes}/").status_code == 404
    assert_right(house)
    undone = send(bob, "post", f"/api/audit_logs/actions/{deleted.headers['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert tree(bob) == before
    assert [row["category_id"] for row in bob.get(ASSIGNED).json()["results"]] == [clothes]
    assert first
    assert_right(house)


def test_products_are_put_in_taken_out_and_arranged(bob: Client, house: House) -> None:
    clothes = made(bob, "Clothes")
    ids = [str(make_product(house, title).pk) for title in ("One", "Two", "Three", "Four")]

    def inside() -> list[int]:
        found = bob.get(ASSIGNED, {"category_id": clothes}).json()["results"]
        return [ids.index(row["product_id"]) for row in found]

    def do(what: str, *places: int) -> Any:
        return send(bob, "post", f"{CATEGORIES}{clothes}/{what}/", {"product_ids": [ids[place] for place in places]})

    assert do("assign", 1, 0, 1).json()["product_count"] == 2
    assert do("assign", 0, 3, 2).status_code == 200
    assert inside() == [1, 0, 3, 2]
    assert do("products/order", 2, 0).status_code == 200
    assert inside() == [2, 0, 1, 3]
    assert do("unassign", 0, 3).json()["product_count"] == 2
    assert inside() == [2, 1]
    assert complaints(do("products/order", 2, 0)) == {"product_ids.1": "catalog.category.product_missing"}
    assert complaints(do("products/order", 2, 2)) == {"product_ids.1": "catalog.list.repeated"}
    assert inside() == [2, 1]


def test_foreign_and_missing_products_look_the_same(bob: Client, house: House, other_house: House) -> None:
    clothes = made(bob, "Clothes")
    with seeding(house.scope(house.south)):
        south = Product(title="South")
        south.save(force_insert=True)
    for stranger in (south.pk, make_product(other_house).pk, uuid7()):
        body = {"product_ids": [str(make_product(house).pk), str(stranger)]}
        answer = send(bob, "post", f"{CATEGORIES}{clothes}/assign/", body)
        assert (answer.status_code, complaints(answer)) == (400, {"product_ids.1": "kernel.reference.unknown"})
    assert bob.get(ASSIGNED).json()["results"] == []


def test_the_list_is_filtered(bob: Client, house: House) -> None:
    clothes = made(bob, "Clothes")
    shirts, old = made(bob, "Shirts", clothes), made(bob, "Old", clothes, is_active=False)

    def ids(**asked: Any) -> set[str]:
        return {row["id"] for row in bob.get(CATEGORIES, asked).json()["results"]}

    assert ids(parent_id=clothes) == {shirts, old}
    assert ids(parent_id__isnull="true") == {clothes}
    assert ids(is_active="false") == {old}
    assert ids(ids=f"{shirts},{uuid7()}") == {shirts}
    assert ids(q="Shirts") == {shirts}


def test_a_part_of_the_tree_is_shown(bob: Client) -> None:
    clothes = made(bob, "Clothes")
    shirts = made(bob, "Shirts", clothes, is_active=False)
    made(bob, "T-shirts", shirts)
    made(bob, "Trousers", clothes)
    assert tree(bob, root_id=clothes) == [{"Shirts": ["T-shirts"]}, "Trousers"]
    assert tree(bob, root_id=clothes, depth=1) == ["Shirts", "Trousers"]
    assert tree(bob, depth=1) == ["Clothes"]
    assert tree(bob, is_active="true") == [{"Clothes": ["Trousers"]}]
    assert complaints(bob.get(TREE, {"root_id": str(uuid7())})) == {"root_id": "kernel.reference.unknown"}


def test_the_tree_and_the_list_cost_the_same_however_large(bob: Client, house: House) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert bob.get(address).status_code == 200
        return len(found)

    root = make_category(house, "Root")
    _warm = cost(TREE), cost(CATEGORIES)
    few = cost(TREE), cost(CATEGORIES)
    for number in range(20):
        make_category(house, f"C{number}", make_category(house, f"P{number}", root))
    assert (cost(TREE), cost(CATEGORIES)) == few


def test_whoever_may_only_look_changes_nothing(house: House, bob: Client) -> None:
    clothes = made(bob, "Clothes")
    reader = seller(house, "catalog.categories.view")
    assert reader.get(TREE).status_code == 200
    for method, path in (
        ("post", ""),
        ("patch", f"{clothes}/"),
        ("delete", f"{clothes}/"),
        ("post", f"{clothes}/move/"),
        ("post", "reorder/"),
        ("post", f"{clothes}/assign/"),
    ):
        assert send(reader, method, f"{CATEGORIES}{path}", {"name": "X"}).status_code == 403
    assert seller(house, "catalog.products.view").get(TREE).status_code == 403


def test_another_tenant_sees_nothing(bob: Client, other_house: House) -> None:
    clothes = UUID(made(bob, "Clothes"))
    charlie = seller(other_house)
    assert charlie.get(TREE).json() == {"count": 0, "results": []}
    for path in (f"{CATEGORIES}{clothes}/", f"{CATEGORIES}{uuid7()}/"):
        assert (charlie.get(path).status_code, charlie.get(path).json()["code"]) == (404, "kernel.not_found")
    answer = send(charlie, "post", f"{CATEGORIES}{clothes}/move/", {"parent_id": None})
    assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")
