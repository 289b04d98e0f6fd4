"""Names that follow, and normal forms of e-mails, phones and domains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.customers.calculations import (
    Likeness,
    Reason,
    Side,
    Traits,
    by_field,
    chosen_sides,
    first_of,
    following,
    held_whole,
    joined,
    likeness,
    needed_similarity,
    normal_domain,
    normal_email,
    normal_phone,
    similarity,
    taken_from,
)
from apps.customers.calculations.likeness import trigrams


@pytest.mark.parametrize(
    ("shown", "former", "derived", "expected"),
    [
        ("", "", "Ada Lovelace", "Ada Lovelace"),
        ("Ada Lovelace", "Ada Lovelace", "Ada King", "Ada King"),
        ("The Countess", "Ada Lovelace", "Ada King", "The Countess"),
        ("  ", "Ada Lovelace", "Ada Lovelace", "Ada Lovelace"),
        ("The Countess", "", "", "The Countess"),
    ],
)
def test_a_display_name_follows_until_somebody_chooses_one(
    shown: str, former: str, derived: str, expected: str
) -> None:
    assert following(shown, former=former, derived=derived) == expected


def test_names_are_put_together_without_blanks() -> None:
    assert joined(" Ada ", "") == "Ada"
    assert joined("", "") == ""
    assert first_of("", " Engines Ltd ") == "Engines Ltd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("żaneta@żółw.pl", None),  # a mailbox beyond ASCII needs servers that few have
        ("info@żółw.pl", "info@xn--w-uga1v8h.pl"),
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("ada", None),
        ("ada@", None),
        ("@example.org", None),
        ("ada@example", None),
        ("ada@exa mple.org", None),
        ("a@b@example.org", None),
        (f"ada@{'a' * 64}.org", None),
    ],
)
def test_an_email_has_one_form(text: str, expected: str | None) -> None:
    assert normal_email(text) == expected


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+48 22 123 45 67", "", "+48221234567"),
        ("0048 22 123 45 67", "PL", "+48221234567"),
        ("22 123 45 67", "PL", "+48221234567"),
        ("22 123 45 67", "", None),
        ("(030) 901820", "de", "+4930901820"),
        ("+44 20 7946 0958 ext. 12", "", "+442079460958;ext=12"),
        ("+48", "", None),
        ("no number", "PL", None),
        ("", "PL", None),
    ],
)
def test_a_phone_has_one_form(text: str, region: str, expected: str | None) -> None:
    assert normal_phone(text, region=region) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.Engines.example/about?x=1", "engines.example"),
        ("engines.example:8080", "engines.example"),
        ("ENGINES.example.", "engines.example"),
        ("localhost", None),
        ("", None),
    ],
)
def test_a_domain_has_one_form(text: str, expected: str | None) -> None:
    assert normal_domain(text) == expected


@given(st.text(max_size=80))
def test_normal_forms_are_their_own_and_nothing_breaks_them(text: str) -> None:
    for normal in (normal_email, normal_phone, normal_domain):
        found = normal(text)
        assert found is None or normal(found) == found


ADA = Traits("ada lovelace", frozenset({"a@example.org"}), frozenset({"+4420"}), "", frozenset({("sw1", "london")}))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Traits(), Likeness(0, ())),
        (Traits("grace hopper", places=ADA.places), Likeness(30, (Reason.PLACE,))),
        (Traits("ada lovelace"), Likeness(75, (Reason.SAME_NAME,))),
        (Traits("ada king", emails=ADA.emails), Likeness(85, (Reason.EMAIL,))),
        (Traits("", phones=ADA.phones, places=ADA.places), Likeness(79, (Reason.PHONE, Reason.PLACE))),
        (Traits("x", domain="a.example"), Likeness(0, ())),
        (ADA, Likeness(99, (Reason.EMAIL, Reason.SAME_NAME, Reason.PHONE, Reason.PLACE))),
    ],
)
def test_likeness_is_made_of_its_reasons(other: Traits, expected: Likeness) -> None:
    assert likeness(ADA, other) == expected
    assert likeness(other, ADA) == expected


@given(st.text(alphabet="abc ", max_size=20), st.text(alphabet="abc ", max_size=20))
def test_similarity_is_the_same_from_both_sides_and_whole_for_the_same_words(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, " ".join(reversed(one.split()))) == (1 if one.split() else 0)


def test_a_side_is_chosen_or_proposed() -> None:
    this, other = {"a": "", "b": "x", "c": 0, "d": "x"}, {"a": "y", "b": "", "c": 5, "d": "y", "e": False}
    assert chosen_sides(this, other, choices={"d": "this"}, newer=Side.OTHER) == {
        "a": Side.OTHER,
        "b": Side.THIS,
        "c": Side.OTHER,
        "d": Side.THIS,
        "e": Side.OTHER,
    }
    assert chosen_sides(this, other, choices={}, newer=Side.THIS)["c"] == Side.THIS


def test_custom_values_are_taken_field_by_field() -> None:
    this, other = {"fee": 5, "fee.currency": "EUR", "size": 1}, {"fee": 7, "fee.currency": "PLN", "hue": "red"}
    sides = {"fee": Side.OTHER, "size": Side.THIS, "hue": Side.OTHER}
    assert taken_from(by_field(this), by_field(other), sides) == {
        "fee": 7,
        "fee.currency": "PLN",
        "size": 1,
        "hue": "red",
    }


WORDS = st.lists(st.text(alphabet="abcde", min_size=1, max_size=9), min_size=1, max_size=4).map(" ".join)


@given(WORDS, WORDS, st.booleans())
def test_names_that_are_less_near_than_needed_make_nobody_likely(one: str, other: str, supported: bool) -> None:
    places = ADA.places if supported else frozenset[tuple[str, str]]()
    found = likeness(Traits(one, places=places), Traits(other, places=places))
    if similarity(one, other) < needed_similarity(supported=supported):
        assert not found.is_likely


def test_the_needed_similarity_is_hardly_more_careful_than_it_must_be() -> None:
    assert needed_similarity(supported=False) == pytest.approx(0.8083, abs=0.0001)
    assert needed_similarity(supported=True) == pytest.approx(0.6040, abs=0.0001)


@given(WORDS, st.data())
def test_whoever_is_near_enough_holds_one_of_the_groups_whole(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    other = f"{text[:at]}{data.draw(st.text(alphabet='ab ', max_size=2))}{text[at + data.draw(st.integers(0, 2)) :]}"
    for near in (0.5, 0.604, 0.8, 0.8083, 1.0):
        groups = held_whole(text, near=near)
        if similarity(text, other) >= near:
            assert not groups or any(trigrams(other).issuperset(group) for group in groups)


@pytest.mark.parametrize(
    ("text", "near", "groups"),
    [
        ("anna kowalska", 0.8083, [["ann", "owa", "lsk"], ["nna", "wal", "ska"], ["kow", "als"]]),
        ("anna kowalska", 1, [["ann", "nna", "kow", "owa", "wal", "als", "lsk", "ska"]]),
        ("anna anna", 0.8, [["  a", "ann", "na "], [" an", "nna"]]),
        ("li", 0.8, [["  l", " li", "li "]]),
        ("", 0.8, []),
    ],
)
def test_groups_share_no_trigrams_and_are_one_more_than_may_be_lacking(
    text: str, near: float, groups: list[list[str]]
) -> None:
    assert held_whole(text, near=near) == groups
