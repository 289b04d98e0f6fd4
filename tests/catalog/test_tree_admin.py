"""Categories and offers in the back office, without a script: what is shown, what can be done, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.catalog.models import Category, Offer
from apps.kernel import clock
from apps.kernel.ids import uuid7
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.catalog.factories import make_category, make_offer, make_product
from tests.sales.factories import make_channel
from tests.support.scopes import House, reading, seeding

TREE = "admin:catalog_category_tree"
MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))


@pytest.fixture
def alice(house: House) -> Client:
    return staff(house, "catalog.*", "sales.channels.view", "audit_logs.*")


def staff(house: House, *features: str) -> Client:
    role = make_role(house, *features)
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def do(client: Client, deed: str, **more: Any) -> Any:
    return client.post(reverse(TREE), {"deed": deed, **more}, follow=True)


def outline(house: House) -> list[tuple[str, str]]:
    """Names of living categories with their parents', in their order."""
    with reading(house.scope()):
        rows = Category.objects.filter(deleted_at__isnull=True).select_related("parent").order_by("depth", "position")
        return [(row.name, row.parent.name if row.parent else "") for row in rows]


def test_a_small_tree_is_open_and_says_what_is_in_it(alice: Client, house: House) -> None:
    clothes = make_category(house, "Clothes")
    make_category(house, "Shirts", clothes, is_active=False)
    shown = text(alice.get(reverse(TREE)))
    for expected in ("Clothes", "Shirts", "inactive", "0 products", 'aria-expanded="true"', "Close all"):
        assert expected in shown, expected


def test_without_categories_it_says_what_to_do(alice: Client) -> None:
    assert "There are no categories yet" in text(alice.get(reverse(TREE)))


def test_only_what_is_open_is_shown(alice: Client, house: House) -> None:
    clothes = make_category(house, "Clothes")
    shirts = make_category(house, "Shirts", clothes)
    make_category(house, "Blouses", shirts)
    closed = text(alice.get(reverse(TREE), {"open": "none"}))
    assert ("Shirts" in closed, 'aria-expanded="false"' in closed) == (False, True)
    opened = text(alice.get(reverse(TREE), {"open": f"{clothes.pk},nonsense"}))
    assert ("Shirts" in opened, "Blouses" in opened) == (True, False)


def test_a_category_is_moved_named_and_added(alice: Client, house: House) -> None:
    one, two = make_category(house, "One"), make_category(house, "Two", position=1)
    answer = do(alice, f"move:{two.pk}:1:root:0")
    assert "“Two” was moved." in text(answer)
    assert "data-undo-seconds" in text(answer)
    assert outline(house) == [("Two", ""), ("One", "")]
    do(alice, f"move:{two.pk}:2:{one.pk}:end")
    assert "The category is called “Second” now." in text(do(alice, f"rename:{two.pk}:3", name="Second"))
    assert "“Third” was added." in text(do(alice, f"add:{one.pk}", name="Third"))
    assert outline(house) == [("One", ""), ("Second", "One"), ("Third", "One")]


def test_menus_say_where_each_can_go(alice: Client, house: House) -> None:
    one, two = make_category(house, "One"), make_category(house, "Two", position=1)
    inner = make_category(house, "Inner", one)
    shown = alice.get(reverse(TREE)).content.decode()
    deeds = {line.split('"')[0] for line in shown.split('name="deed" value="')[1:]} - {""}
    assert deeds == {
        f"move:{one.pk}:1:root:1",
        f"move:{two.pk}:1:root:0",
        f"move:{two.pk}:1:{one.pk}:end",
        f"move:{inner.pk}:1:root:1",
    }


def test_what_cannot_be_done_changes_nothing(alice: Client, house: House) -> None:
    one = make_category(house, "One")
    inner = make_category(house, "Inner", one)
    assert "not below the category" in text(do(alice, f"move:{one.pk}:1:{inner.pk}:end"))
    assert "changed this category meanwhile" in text(do(alice, f"move:{inner.pk}:7:root:end"))
    assert "not there any more" in text(do(alice, f"move:{uuid7()}:1:root:end"))
    assert "may not be blank" in text(do(alice, f"rename:{one.pk}:1", name=" ")) or outline(house)
    for nonsense in ("", "fly", "move:1:2", f"move:{one.pk}:x:root:end", "add", "add:nowhere", f"rename:{one.pk}"):
        assert alice.post(reverse(TREE), {"deed": nonsense}).status_code == 404
    assert outline(house) == [("One", ""), ("Inner", "One")]


def test_categories_of_several_organizations_stand_under_their_names(house: House) -> None:
    make_category(house, "One")
    with seeding(house.scope(house.south)):
        row = Category(name="Two", path="")
        row.path = f"{row.pk}/"
        row.save(force_insert=True)
    role = make_role(house, "catalog.*")
    user = make_user(house, name="Carol", roles=(role,), home_organization_id=house.root.pk)
    shown = signed_in(user).get(reverse(TREE)).content.decode()
    assert [name for name in ("North", "South") if f'<p class="ct-owner">{name}</p>' in shown] == ["North", "South"]
    assert "Add one below" not in shown


def test_whoever_may_only_look_has_no_menus(house: House) -> None:
    one = make_category(house, "One")
    reader = staff(house, "catalog.categories.view")
    shown = text(reader.get(reverse(TREE)))
    assert ("One" in shown, "data-rename" in shown, "data-grip" in shown) == (True, False, False)
    assert reader.post(reverse(TREE), {"deed": f"rename:{one.pk}:1", "name": "X"}).status_code == 403
    assert staff(house, "catalog.products.view").get(reverse(TREE)).status_code == 403
    assert outline(house) == [("One", "")]


def test_the_tree_costs_the_same_however_large(alice: Client, house: House) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert alice.get(reverse(TREE)).status_code == 200
        return len(found)

    root = make_category(house, "Root")
    _warm, few = cost(), cost()
    for number in range(15):
        make_category(house, f"C{number}", root)
    assert cost() == few


def test_a_category_is_added_and_changed_by_its_form(alice: Client, house: House) -> None:
    clothes = make_category(house, "Clothes")
    page = alice.get(reverse("admin:catalog_category_add"), {"parent": str(clothes.pk)})
    assert str(page.context["adminform"].form.initial["parent"]) == str(clothes.pk)
    given = {"name": "Shirts", "slug": "", "parent": clothes.pk, "description": "", "is_active": "on"}
    assert alice.post(reverse("admin:catalog_category_add"), given).status_code == 302
    assert outline(house) == [("Clothes", ""), ("Shirts", "Clothes")]
    with reading(house.scope()):
        shirts = Category.objects.get(name="Shirts")
    assert shirts.slug == "shirts"
    change = reverse("admin:catalog_category_change", args=[clothes.pk])
    answer = alice.post(change, {**given, "name": "Clothes", "slug": "clothes", "parent": shirts.pk})
    assert "not below the category" in text(answer)
    listed = text(alice.get(reverse("admin:catalog_category_changelist")))
    assert "Clothes / Shirts" in listed


def test_a_parent_is_deleted_together_with_those_below_and_beside_it(alice: Client, house: House) -> None:
    clothes = make_category(house, "Clothes")
    inner = make_category(house, "Shirts", clothes), make_category(house, "Trousers", clothes, position=1)
    rows = (clothes, *inner, make_category(house, "Sale", position=1))
    address = reverse("admin:catalog_category_changelist")
    body = {"action": "delete_selected", "_selected_action": [str(row.pk) for row in rows]}
    chosen = alice.post(address, {**body, "index": "0"}).context["chosen"]
    alice.post(address, {**body, "confirmed": "yes", "selection": chosen.text})
    assert outline(house) == []


def test_offers_are_listed_by_state_and_channel(alice: Client, house: House) -> None:
    shirt, web = make_product(house, "Linen shirt"), make_channel(house, name="Web shop")
    make_offer(house, shirt, MAY, JUNE, title="Spring")
    make_offer(house, shirt, JUNE, JULY, title="", channel_id=web.pk)

    def rows(**asked: Any) -> list[str]:
        answer = alice.get(reverse("admin:catalog_offer_changelist"), asked)
        assert answer.status_code == 200
        return sorted(row.shown_title for row in answer.context["cl"].result_list)

    with clock.frozen(JUNE):
        assert rows() == ["Linen shirt", "Spring"]
        assert rows(state="running") == ["Linen shirt"]
        assert rows(state="over") == ["Spring"]
        assert rows(state="planned") == []
        assert rows(channel=str(web.pk)) == ["Linen shirt"]
        assert rows(channel="none") == ["Spring"]
        assert rows(channel=str(uuid7())) == []
        assert "Web shop" in text(alice.get(reverse("admin:catalog_offer_changelist")))


def test_an_offer_is_added_and_changed_by_its_form(alice: Client, house: House) -> None:
    shirt = make_product(house)
    given = {
        "product": shirt.pk,
        "variant": "",
        "kind": "promotion",
        "is_active": "on",
        "starts_at": "2026-05-01T00:00",
        "ends_at": "2026-04-01T00:00",
        "channel_id": "",
        "title": "Spring",
        "description": "",
    }
    refused = alice.post(reverse("admin:catalog_offer_add"), given)
    assert "An offer ends after it has begun." in text(refused)
    assert alice.post(reverse("admin:catalog_offer_add"), {**given, "ends_at": "2026-06-01T00:00"}).status_code == 302
    with reading(house.scope()):
        offer = Offer.objects.get()
    assert (offer.product_id, offer.title) == (shirt.pk, "Spring")
    page = reverse("admin:catalog_offer_change", args=[offer.pk])
    assert alice.get(page).status_code == 200
    del given["product"]
    assert alice.post(page, {**given, "ends_at": "2026-07-01T00:00", "title": "Summer"}).status_code == 302
    with reading(house.scope()):
        assert Offer.objects.get().title == "Summer"
