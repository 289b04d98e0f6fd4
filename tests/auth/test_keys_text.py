"""Texts of API keys: their form and checksum, and the terms on which a key may be used."""

from __future__ import annotations

import re
import string
from ipaddress import ip_address

import pytest

from apps.auth.services.key_secrets import ALPHABET, checksum, is_key, new_secret, prefix_of
from apps.auth.services.key_terms import KeyTerms, admits, terms_of
from apps.kernel import clock

FORM = re.compile(r"mk_[0-9A-Za-z]{8}\.[0-9A-Za-z]{48}")


def test_a_new_key_has_the_form_that_scanners_look_for() -> None:
    made = [new_secret() for _ in range(50)]
    assert all(FORM.fullmatch(secret) and is_key(secret) for secret in made)
    assert len(set(made)) == 50
    assert prefix_of(made[0]) == made[0][:11]


def test_a_checksum_is_the_crc_of_the_text_in_base_62() -> None:
    assert set(ALPHABET) == {*string.digits, *string.ascii_letters}
    assert checksum("") == "000000"
    assert checksum("mk_abc") == "3GOP4Z"


def test_no_single_mistake_passes() -> None:
    secret = new_secret()
    for place, character in enumerate(secret):
        wrong = "a" if character != "a" else "b"
        assert not is_key(secret[:place] + wrong + secret[place + 1 :])


GARBAGE = {
    "nothing": "",
    "prefix": "mk_",
    "letters": "x" * 60,
    "cut": new_secret()[:-1],
    "longer": new_secret() + "a",
    "blank": f" {new_secret()}",
}


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_key(text: str) -> None:
    assert not is_key(text)
    assert not is_key(f"{new_secret()}\n")
    assert not is_key(new_secret().replace("mk_", "mk_٣", 1))


@pytest.mark.parametrize(
    ("listed", "address", "admitted"),
    [
        ([], None, True),
        ([], "198.51.100.7", True),
        (["203.0.113.0/24"], "203.0.113.9", True),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", True),
        (["203.0.113.0/24"], "203.0.114.9", False),
        (["203.0.113.0/24"], "2001:db8::1", False),
        (["2001:db8::/32", "203.0.113.0/24"], "2001:db8:7::1", True),
        (["203.0.113.0/24"], None, False),
    ],
)
def test_an_address_list_admits_what_lies_in_it(listed: list[str], address: str | None, admitted: bool) -> None:
    assert admits(listed, ip_address(address) if address else None) is admitted


def terms(end: int | None = None, addresses: tuple[str, ...] = (), per_minute: int | None = None) -> KeyTerms:
    moment = None if end is None else clock.now().replace(year=end, month=1, day=1).isoformat()
    return terms_of({"expires_at": moment, "addresses": list(addresses), "per_minute": per_minute})


NET, HOST, OTHER = "203.0.113.0/24", "203.0.113.7/32", "2001:db8::/32"


@pytest.mark.parametrize(
    ("former", "present", "loosened"),
    [
        (terms(), terms(), []),
        (terms(), terms(2040, (NET,), 60), []),
        (terms(2040), terms(2039), []),
        (terms(2040), terms(2041), ["expires_at"]),
        (terms(2040), terms(), ["expires_at"]),
        (terms(addresses=(NET,)), terms(addresses=(HOST,)), []),
        (terms(addresses=(NET,)), terms(addresses=(HOST, OTHER)), ["addresses"]),
        (terms(addresses=(HOST,)), terms(addresses=(NET,)), ["addresses"]),
        (terms(addresses=(HOST,)), terms(), ["addresses"]),
        (terms(per_minute=60), terms(per_minute=61), ["per_minute"]),
        (terms(per_minute=60), terms(), ["per_minute"]),
        (terms(per_minute=60), terms(per_minute=59), []),
    ],
)
def test_terms_are_loosened_by_more_time_more_places_and_more_requests(
    former: KeyTerms, present: KeyTerms, loosened: list[str]
) -> None:
    assert list(present.loosened_since(former)) == loosened
