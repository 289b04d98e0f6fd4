"""Whether the demonstration's database already is what the sources would make of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

# What provisions, migrates and seeds; a change anywhere else needs no new look at the database.
_SOURCES = (
    "locks/*.txt",
    "apps/**/migrations/*.py",
    "apps/**/management/commands/provision_db.py",
    "apps/**/management/commands/seed_demo.py",
    "apps/**/provision*.py",
    "apps/**/setup.py",
    "apps/**/demo*.py",
    "apps/**/demo/*",
    "apps/**/*.sql",
)


def digest_of_sources(folder: Path, identity: str) -> str:
    """One value for these sources and the database called `identity`."""
    digest = hashlib.sha256(identity.encode())
    for path in sorted({path for pattern in _SOURCES for path in folder.glob(pattern) if path.is_file()}):
        digest.update(f"\0{path.relative_to(folder)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, digest: str) -> bool:
    """Whether `stamp` holds `digest`."""
    try:
        return stamp.read_text().strip() == digest
    except OSError:
        return False
