"""Guardian's own tables are not made here: nothing may look for them when users, groups or permissions go."""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermission, UserObjectPermission


def leave_out_guardian_tables() -> None:
    """Let Django's collector pass over guardian's own models, whose tables would stand outside the walls."""
    for model in (UserObjectPermission, GroupObjectPermission):
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey):
                field.remote_field.on_delete = models.DO_NOTHING
