"""A real password hasher that counts its runs of bcrypt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.test import override_settings

from tests.support.hashing import QuickHasher


class CountingHasher(QuickHasher):
    """Every run of bcrypt passes through `encode`."""

    runs: ClassVar[int] = 0

    def encode(self, password: str, salt: Any) -> str:
        """Count and hash."""
        type(self).runs += 1
        return str(super().encode(password, salt))


@contextmanager
def counting() -> Iterator[type[CountingHasher]]:
    """Hash with the counting hasher inside the block."""
    path = f"{CountingHasher.__module__}.{CountingHasher.__qualname__}"
    with override_settings(PASSWORD_HASHERS=[path]):
        CountingHasher.runs = 0
        yield CountingHasher
