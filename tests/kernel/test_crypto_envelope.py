"""The bytes of an encrypted value: they open in their place, with their key, unaltered, or not at all."""

from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.crypto.envelope import (
    Place,
    TenantKeys,
    blind_index,
    key_version,
    normalised,
    seal,
    stored_fingerprint,
    unseal,
)
from apps.kernel.crypto.errors import DecryptionFailed

TENANT, OTHER = UUID(int=1), UUID(int=2)
PLACE = Place(TENANT, "person", "email")
KEYS = TenantKeys(TENANT, b"p" * 32, {1: AESGCM(b"1" * 32), 2: AESGCM(b"2" * 32)}, 2)
OLD_KEYS = TenantKeys(TENANT, KEYS.pepper, {1: KEYS.ciphers[1]}, 1)
INDEX = b"i" * 32


@given(st.binary(max_size=200), st.sampled_from([b"", INDEX]))
def test_what_is_sealed_opens_again(plain: bytes, index: bytes) -> None:
    envelope = seal(plain, PLACE, keys=KEYS, index=index)
    assert unseal(envelope, PLACE, keys=KEYS, indexed=bool(index)) == plain
    assert len(envelope) == 2 + 16 + len(index) + 12 + len(plain) + 16


def test_the_layout_is_version_fingerprint_index_and_the_rest() -> None:
    envelope = seal(b"x", PLACE, keys=KEYS, index=INDEX)
    assert (envelope[:2], envelope[18:50]) == (b"\x00\x02", INDEX)
    assert (key_version(envelope), stored_fingerprint(envelope)) == (2, envelope[2:18])


@given(st.binary(max_size=40), st.data())
def test_one_altered_bit_anywhere_is_noticed(plain: bytes, data: st.DataObject) -> None:
    envelope = bytearray(seal(plain, PLACE, keys=KEYS))
    place = data.draw(st.integers(0, len(envelope) * 8 - 1))
    envelope[place // 8] ^= 1 << place % 8
    with pytest.raises(DecryptionFailed):
        unseal(bytes(envelope), PLACE, keys=KEYS)


@given(st.binary(max_size=80))
def test_bytes_that_are_no_envelope_are_refused(junk: bytes) -> None:
    for indexed in (False, True):
        with pytest.raises(DecryptionFailed):
            unseal(junk, PLACE, keys=KEYS, indexed=indexed)


@pytest.mark.parametrize(
    "elsewhere",
    [Place(OTHER, "person", "email"), Place(TENANT, "company", "email"), Place(TENANT, "person", "phone")],
)
def test_a_value_that_was_moved_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(DecryptionFailed):
        unseal(seal(b"x", PLACE, keys=KEYS), elsewhere, keys=KEYS)


def test_another_key_of_the_same_version_does_not_open() -> None:
    wrong = TenantKeys(TENANT, KEYS.pepper, {2: AESGCM(b"3" * 32)}, 2)
    with pytest.raises(DecryptionFailed):
        unseal(seal(b"x", PLACE, keys=KEYS), PLACE, keys=wrong)


def test_old_versions_open_with_the_new_ring_and_new_ones_not_with_the_old() -> None:
    assert unseal(seal(b"x", PLACE, keys=OLD_KEYS), PLACE, keys=KEYS) == b"x"
    with pytest.raises(DecryptionFailed):
        unseal(seal(b"x", PLACE, keys=KEYS), PLACE, keys=OLD_KEYS)


def test_equal_values_differ_in_all_but_the_fingerprint() -> None:
    first, second = seal(b"x", PLACE, keys=KEYS), seal(b"x", PLACE, keys=KEYS)
    assert first[:18] == second[:18]
    assert first[18:30] != second[18:30]
    assert first[30:] != second[30:]


def test_the_fingerprint_outlives_the_data_key_and_nothing_else() -> None:
    def mark(plain: bytes, place: Place, keys: TenantKeys) -> bytes:
        return stored_fingerprint(seal(plain, place, keys=keys))

    other_pepper = TenantKeys(OTHER, b"q" * 32, KEYS.ciphers, 2)
    base = mark(b"x", PLACE, KEYS)
    assert mark(b"x", PLACE, OLD_KEYS) == base
    assert base not in {
        mark(b"y", PLACE, KEYS),
        mark(b"x", Place(TENANT, "person", "phone"), KEYS),
        mark(b"x", Place(TENANT, "company", "email"), KEYS),
        mark(b"x", PLACE, other_pepper),
    }


def test_keys_do_not_show_in_their_repr() -> None:
    assert repr(KEYS) == f"TenantKeys(tenant_id={TENANT!r}, newest=2)"


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Bob@Example.COM", "bob@example.com"),
        ("  bob@example.com\n", "bob@example.com"),
        ("Zoe\u0308@example.com", "zo\u00eb@example.com"),
        ("bob@M\u00fcnchen.example", "bob@xn--mnchen-3ya.example"),
        ("bob@xn--mnchen-3ya.example", "bob@xn--mnchen-3ya.example"),
        ("+48123456789", "+48123456789"),
        ("", ""),
        ("a@b@\u00fc..x", "a@b@\u00fc..x"),
    ],
)
def test_values_are_compared_in_one_form(written: str, compared: str) -> None:
    assert normalised(written) == compared


def test_a_blind_index_depends_on_the_normalised_value_and_the_pepper() -> None:
    base = blind_index("Bob@Example.com", pepper=b"p" * 32)
    assert len(base) == 32
    assert blind_index(" bob@example.com", pepper=b"p" * 32) == base
    assert base not in {
        blind_index("rob@example.com", pepper=b"p" * 32),
        blind_index("Bob@Example.com", pepper=b"q" * 32),
    }


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_can_be_looked_up(text: str) -> None:
    assert len(blind_index(text, pepper=b"p")) == 32
    assert normalised(normalised(text)) == normalised(text)
