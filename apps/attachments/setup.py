"""What roles get by default."""

from __future__ import annotations

from collections.abc import Mapping

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("attachments.*",),
    "admin": ("attachments.*",),
}
