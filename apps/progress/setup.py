"""What roles get by default."""

from __future__ import annotations

from collections.abc import Mapping

from apps.progress.features import MANAGE

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("progress.*",),
    "admin": (MANAGE,),
}
