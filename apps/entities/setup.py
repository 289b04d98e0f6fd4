"""What roles get from the entities module."""

from __future__ import annotations

from collections.abc import Mapping

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("entities.*",),
    "admin": ("entities.*",),
    "employee": ("entities.definitions.view",),
}
