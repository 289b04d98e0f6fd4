"""What roles get by default, and a file for demonstrations."""

from __future__ import annotations

from collections.abc import Mapping

from apps.attachments.services.samples import attach_sample
from apps.kernel.tenancy.scope import Scope

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("attachments.*",),
    "admin": ("attachments.*",),
}


def seed_examples(scope: Scope) -> None:
    """Give the tenant a file to look at."""
    attach_sample(scope)
