"""Pages of dictionaries in the back office."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.dictionaries.factories import entry_of, genres, make_dictionary, make_entry, offered
from tests.support.scopes import House
from tests.support.shelf.factories import make_book

PAGE = "admin:dictionaries_dictionary_"
VALUE = "admin:dictionaries_dictionaryentry_"


def browser(house: House, *features: str, north: bool = False) -> Client:
    """Somebody who works in the whole house, or in North only."""
    listed = [house.north.pk] if north else None
    role = make_role(house, *(features or ("dictionaries.*", "audit_logs.*")), organization_ids=listed)
    home = house.north if north else house.root
    user = make_user(house, name="Alice", roles=(role,), home_organization_id=home.pk)
    return signed_in(user)


@pytest.fixture
def alice(house: House) -> Client:
    return browser(house)


def text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())


def test_a_new_dictionary_leads_to_its_values(alice: Client, house: House) -> None:
    answer = alice.post(
        reverse(f"{PAGE}add"),
        {"name": "Sources", "key": "", "description": "", "sort_mode": "position", "level": "tenant"},
    )
    assert answer.status_code == 302, text(answer)
    assert answer["Location"].endswith("/values/")
    assert "There are no values yet" in text(alice.get(answer["Location"]))


def test_who_sees_a_part_is_not_asked_for_whom(house: House) -> None:
    bob = browser(house, north=True)
    page = reverse(f"{PAGE}add")
    assert 'name="level"' not in text(bob.get(page))
    answer = bob.post(page, {"name": "Sources", "key": "own", "description": "", "sort_mode": "position"})
    assert answer.status_code == 302
    assert "North" in text(bob.get(reverse(f"{PAGE}changelist")))


def test_a_wrong_key_is_said_beside_its_field(alice: Client) -> None:
    answer = alice.post(reverse(f"{PAGE}add"), {"name": "Sources", "key": "Ä ", "sort_mode": "position"})
    assert answer.status_code == 200
    assert "beginning with a letter or a digit." in text(answer)


def test_values_are_moved_by_buttons_and_by_dragging(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "a", "b", "c", owner=house.root)
    page = reverse(f"{PAGE}values", args=[parent.pk])
    ids = {value: entry_of(house, parent, value).pk for value in "abc"}
    answer = alice.post(page, {"move": f"{ids['c']}:-1"}, follow=True)
    assert offered(house, parent) == ["a", "c", "b"]
    assert "Arranged." in text(answer)
    alice.post(page, {"order": ",".join(str(ids[value]) for value in "bca")})
    assert offered(house, parent) == ["b", "c", "a"]
    for bad in ({"move": "nonsense:1"}, {"order": str(ids["a"])}, {}):
        assert alice.post(page, bad).status_code == 302
    assert offered(house, parent) == ["b", "c", "a"]


def test_what_comes_from_above_is_shown_and_not_changed(house: House) -> None:
    parent = make_dictionary(house, "a", "b", owner=house.root)
    first = entry_of(house, parent, "a").pk
    bob = browser(house, north=True)
    page = reverse(f"{PAGE}values", args=[parent.pk])
    assert "comes from above" in text(bob.get(page))
    assert 'name="move"' not in text(bob.get(page))
    assert bob.post(page, {"move": f"{first}:1"}).status_code == 403
    assert bob.get(reverse(f"{VALUE}merge", args=[first])).status_code == 403
    assert bob.get(reverse(f"{PAGE}delete", args=[parent.pk])).status_code == 403
    assert 'name="_save"' not in text(bob.get(reverse(f"{VALUE}change", args=[first])))
    assert offered(house, parent) == ["a", "b"]


def test_a_hidden_dictionary_has_no_page(house: House) -> None:
    hidden = make_dictionary(house, "a", owner=house.south)
    value = entry_of(house, hidden, "a").pk
    bob = browser(house, north=True)
    for name, record in ((f"{PAGE}values", hidden.pk), (f"{PAGE}change", hidden.pk), (f"{VALUE}merge", value)):
        assert bob.get(reverse(name, args=[record])).status_code == 404
    assert str(value) not in text(bob.get(reverse(f"{VALUE}changelist")))
    assert str(hidden.pk) not in text(bob.get(reverse(f"{VALUE}changelist")))


def test_a_merge_is_shown_before_it_is_done(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", "novels", owner=house.root)
    wrong, right = (entry_of(house, parent, value).pk for value in ("novels", "Novel"))
    make_book(house, "Dune", genre_id=wrong, scope=house.scope(house.south))
    page = reverse(f"{VALUE}merge", args=[wrong])
    assert "What would move" not in text(alice.get(page))
    preview = text(alice.get(page, {"into": str(right)}))
    assert '<th scope="row">Books</th><td class="ag-number">1</td>' in preview
    assert genres(house) == {"Dune": "novels"}
    answer = alice.post(page, {"into": right, "expected_version": 1}, follow=True)
    assert "novels was merged into Novel." in text(answer)
    assert "Undo" in text(answer)
    assert genres(house) == {"Dune": "Novel"}


@pytest.mark.parametrize("into", ["", "nonsense", "self"])
def test_a_merge_into_nothing_is_refused_in_the_form(alice: Client, house: House, into: str) -> None:
    parent = make_dictionary(house, "Novel", "novels", owner=house.root)
    wrong = entry_of(house, parent, "novels").pk
    answer = alice.post(reverse(f"{VALUE}merge", args=[wrong]), {"into": wrong if into == "self" else into})
    assert answer.status_code == 200
    assert offered(house, parent) == ["Novel", "novels"]


def test_a_stale_merge_is_refused(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", "novels", owner=house.root)
    wrong, right = (entry_of(house, parent, value).pk for value in ("novels", "Novel"))
    answer = alice.post(reverse(f"{VALUE}merge", args=[wrong]), {"into": right, "expected_version": 7})
    assert answer.status_code == 412
    assert offered(house, parent) == ["Novel", "novels"]


def test_deleting_a_value_in_use_shows_the_way_out(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", owner=house.root)
    novel = entry_of(house, parent, "Novel").pk
    make_book(house, genre_id=novel, scope=house.scope(house.south))
    page = reverse(f"{VALUE}delete", args=[novel])
    assert reverse(f"{VALUE}merge", args=[novel]) in text(alice.get(page))
    answer = alice.post(page)
    assert answer.status_code == 409
    assert "1 × books" in text(answer)
    assert "It cannot be deleted" in text(alice.get(reverse(f"{PAGE}delete", args=[parent.pk])))
    assert offered(house, parent) == ["Novel"]


def test_a_value_that_nobody_uses_goes_and_may_be_brought_back(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", owner=house.root)
    answer = alice.post(reverse(f"{VALUE}delete", args=[entry_of(house, parent, "Novel").pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(f"{PAGE}values", args=[parent.pk])
    assert offered(house, parent) == []


def test_the_list_of_values_counts_use_and_filters_by_dictionary(alice: Client, house: House) -> None:
    parent, other = make_dictionary(house, "Novel", owner=house.root), make_dictionary(house, "Red", name="Colours")
    make_entry(house, other, "Blue", position=1, color="#0000FF")
    make_book(house, genre_id=entry_of(house, parent, "Novel").pk)
    page = reverse(f"{VALUE}changelist")
    assert text(alice.get(page)).count("di-chip__text") == 3
    shown = text(alice.get(page, {"dictionary": str(other.pk)}))
    assert shown.count("di-chip__text") == 2
    assert 'fill="#0000FF"' in shown
    assert text(alice.get(page, {"dictionary": str(house.root.pk)})).count("di-chip__text") == 0


def test_a_new_value_begins_in_the_dictionary_that_one_comes_from(alice: Client, house: House) -> None:
    parent = make_dictionary(house, owner=house.root)
    page = reverse(f"{VALUE}add")
    assert f'<option value="{parent.pk}" selected>' in text(alice.get(page, {"dictionary": str(parent.pk)}))
    body = {"dictionary": parent.pk, "value": "Novel", "label": "", "color": "", "icon": "", "tone": "neutral"}
    assert alice.post(page, {**body, "color": "red"}).status_code == 200
    assert alice.post(page, body)["Location"] == reverse(f"{PAGE}values", args=[parent.pk])
    assert offered(house, parent) == ["Novel"]
