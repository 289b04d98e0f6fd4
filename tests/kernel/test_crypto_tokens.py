"""Tokens, digests of the installation, installation keys, and password hashes."""

from __future__ import annotations

import base64
import hashlib

import pytest
from django.contrib.auth.hashers import check_password, make_password
from pytest_django import Settings

from apps.kernel.crypto.checks import check_bcrypt_cost, check_keks
from apps.kernel.crypto.errors import DecryptionFailed, EncryptionUnavailable
from apps.kernel.crypto.keks import kek_id, parse_keks, unwrap, wrap
from apps.kernel.crypto.passwords import CostedBCryptSHA256PasswordHasher
from apps.kernel.crypto.tokens import installation_digest, matches, new_token
from config import settings as installed

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_token_is_random_and_only_its_digest_is_kept() -> None:
    plain, digest = new_token()
    assert (len(plain), digest) == (43, hashlib.sha256(plain.encode()).digest())
    assert new_token()[0] != plain


@pytest.mark.parametrize("other", ["", "x", "\ud800", "a" * 43])
def test_a_token_matches_its_own_digest_only(other: str) -> None:
    plain, digest = new_token()
    assert matches(plain, digest)
    assert matches(plain, memoryview(digest))  # type: ignore[arg-type]
    assert not matches(other, digest)


def test_the_installation_digest_needs_the_pepper_and_ignores_spelling(settings: Settings) -> None:
    settings.AGORA_PEPPER = b"one"
    digest = installation_digest(" Bob@Example.com")
    assert installation_digest("bob@example.com") == digest
    settings.AGORA_PEPPER = b"two"
    assert installation_digest("bob@example.com") != digest
    settings.AGORA_PEPPER = b""
    with pytest.raises(EncryptionUnavailable):
        installation_digest("bob@example.com")


def test_installation_keys_are_read_newest_first() -> None:
    text = f"{base64.b64encode(NEW).decode()}, {base64.b64encode(OLD).decode()},"
    assert parse_keks(text) == [NEW, OLD]
    assert parse_keks("") == []


@pytest.mark.parametrize("text", ["c2hvcnQ=", "no base64!", base64.b64encode(b"x" * 33).decode()])
def test_a_bad_installation_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match="key-encryption key") as caught:
        parse_keks(text)
    assert text not in str(caught.value)


def test_the_newest_key_wraps_and_every_listed_key_unwraps(settings: Settings) -> None:
    settings.AGORA_KEKS = [OLD]
    name, wrapped = wrap(b"secret", bound_to=b"a")
    settings.AGORA_KEKS = [NEW, OLD]
    assert (name, unwrap(name, wrapped, bound_to=b"a")) == (kek_id(OLD), b"secret")
    assert wrap(b"secret", bound_to=b"a")[0] == kek_id(NEW)


def test_a_wrapped_key_opens_only_with_its_key_and_its_binding(settings: Settings) -> None:
    settings.AGORA_KEKS = [OLD]
    name, wrapped = wrap(b"secret", bound_to=b"a")
    for bound_to, altered in ((b"b", wrapped), (b"a", wrapped[:-1]), (b"a", b"")):
        with pytest.raises(DecryptionFailed):
            unwrap(name, altered, bound_to=bound_to)
    settings.AGORA_KEKS = [NEW]
    with pytest.raises(DecryptionFailed):
        unwrap(name, wrapped, bound_to=b"a")


def test_without_installation_keys_nothing_is_wrapped_or_unwrapped(settings: Settings) -> None:
    settings.AGORA_KEKS = []
    with pytest.raises(EncryptionUnavailable):
        wrap(b"secret", bound_to=b"a")
    with pytest.raises(EncryptionUnavailable):
        unwrap("x", b"", bound_to=b"a")


def test_passwords_are_hashed_at_the_cost_of_the_settings(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = installed.PASSWORD_HASHERS
    settings.AGORA_BCRYPT_COST = 10
    hashed = make_password("x" * 200)
    assert hashed.startswith("bcrypt_sha256$$2b$10$")
    assert (check_password("x" * 200, hashed), check_password("x" * 199, hashed)) == (True, False)
    settings.AGORA_BCRYPT_COST = 11
    assert CostedBCryptSHA256PasswordHasher().must_update(hashed)


def test_a_cost_under_ten_is_not_used_and_complained_about(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = installed.PASSWORD_HASHERS
    settings.AGORA_BCRYPT_COST = 4
    assert make_password("secret").startswith("bcrypt_sha256$$2b$10$")
    assert [message.id for message in check_bcrypt_cost(None)] == ["kernel.E043"]
    settings.AGORA_BCRYPT_COST = 10
    assert check_bcrypt_cost(None) == []


@pytest.mark.parametrize(
    ("keks", "ids"),
    [([], []), ([NEW, OLD], []), ([b"short"], ["kernel.E041"]), ([NEW, NEW], ["kernel.E042"])],
)
def test_short_and_doubled_installation_keys_are_complained_about(
    settings: Settings, keks: list[bytes], ids: list[str]
) -> None:
    settings.AGORA_KEKS = keks
    assert [message.id for message in check_keks(None)] == ids
