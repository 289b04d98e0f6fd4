"""Only the owner role changes tables."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    """Everything is read and written as the app role; migrations run as the owner."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only on the owner's connection."""
        return db == "owner"
