"""What roles get from the translations module."""

from __future__ import annotations

from collections.abc import Mapping

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("translations.*",),
    "admin": ("translations.*",),
    "employee": ("translations.view",),
}
