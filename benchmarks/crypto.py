"""Encryption, decryption and look-up digests: microseconds for one value."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from apps.kernel.crypto.envelope import Place, blind_index, seal, unseal
from apps.kernel.crypto.keys import current_keys
from apps.kernel.crypto.tokens import installation_digest, matches, new_token
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.figures import Figure
from benchmarks.houses import ids, staff_scope
from benchmarks.options import Options
from benchmarks.timing import microseconds_each, take_turns

ADDRESS = "alice.kowalska@example.com"
SIZES = {"an e-mail address": ADDRESS.encode(), "2 kB": b"x" * 2_000}
REPEAT, ROUNDS, WARM_UP = 500, 40, 5
BARE = "AES-256-GCM alone, with the same key size and data"
PLAIN_DIGEST = "SHA-256 alone, of a token"
DIGEST = "HMAC-SHA256 alone, of the same text"


@dataclass(frozen=True, slots=True)
class Pair:
    """A call of the crypto room and what it cannot do without."""

    name: str
    call: Callable[[], object]
    bare: Callable[[], object]
    against: str


def run(options: Options) -> Iterator[Figure]:
    """Measure each pair in turns, with the keys of a new tenant."""
    scope = staff_scope(ids(1)[0], ids(1))
    with using_scope(scope), scoped_transaction():
        current_keys()
    with using_scope(scope):
        for pair in (*_envelopes(), *_digests()):
            readings = {name: microseconds_each(getattr(pair, name), repeat=REPEAT) for name in ("call", "bare")}
            taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
            yield Figure(pair.name, taken["call"].median, "µs", baseline=taken["bare"].median, against=pair.against)


def _envelopes() -> Iterator[Pair]:
    place = Place(current_keys().tenant_id, "person", "email")
    cipher, data = AESGCM(os.urandom(32)), place.additional_data
    for name, plain in SIZES.items():
        nonce = os.urandom(12)
        sealed, envelope = cipher.encrypt(nonce, plain, data), seal(plain, place, keys=current_keys())
        yield Pair(
            f"encrypt {name}",
            lambda plain=plain: seal(plain, place, keys=current_keys()),  # type: ignore[misc]
            lambda plain=plain: cipher.encrypt(os.urandom(12), plain, data),  # type: ignore[misc]
            BARE,
        )
        yield Pair(
            f"decrypt {name}",
            lambda envelope=envelope: unseal(envelope, place, keys=current_keys()),  # type: ignore[misc]
            lambda nonce=nonce, sealed=sealed: cipher.decrypt(nonce, sealed, data),  # type: ignore[misc]
            BARE,
        )


def _digests() -> Iterator[Pair]:
    def bare() -> bytes:
        return hmac.digest(b"p" * 32, ADDRESS.encode(), hashlib.sha256)

    def sha() -> bytes:
        return hashlib.sha256(token.encode()).digest()

    token, digest = new_token()
    yield Pair("blind index", lambda: blind_index(ADDRESS, pepper=current_keys().pepper), bare, DIGEST)
    yield Pair("digest of the installation", lambda: installation_digest(ADDRESS), bare, DIGEST)
    yield Pair("new token", new_token, sha, PLAIN_DIGEST)
    yield Pair("comparison of a token", lambda: matches(token, digest), sha, PLAIN_DIGEST)
