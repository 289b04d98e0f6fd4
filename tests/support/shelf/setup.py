"""What roles get from the shelf."""

from __future__ import annotations

from collections.abc import Mapping

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("shelf.*",),
    "admin": ("shelf.*",),
    "employee": ("shelf.books.view",),
}
