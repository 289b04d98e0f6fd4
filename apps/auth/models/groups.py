"""The hidden group of a role: a column that the database fills."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import models

from apps.kernel.bases.keys import TenantForeignKey


class HiddenGroupField(TenantForeignKey):
    """The group that stands for a role in grants on records; triggers write it, whatever is given."""

    db_returning = True

    def __init__(self, to: Any = Group, on_delete: Any = models.DO_NOTHING, **kwargs: Any) -> None:
        kwargs |= {"null": True, "editable": False, "db_index": False}
        super().__init__(to, on_delete, **kwargs)
