"""What roles get from the back office."""

from __future__ import annotations

from collections.abc import Mapping

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("backoffice.*",),
    "admin": ("backoffice.*",),
    "employee": ("backoffice.views.use",),
}
