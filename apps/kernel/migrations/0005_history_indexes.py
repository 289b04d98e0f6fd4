"""Indexes for every question that the history may be asked, and the function that says what counts."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from apps.kernel.commands.history.undone import ACTION_COUNTS
from apps.kernel.tenancy import operations

OUTERMOST = models.Q(("parent_id__isnull", True))


def newest_first(column: str, name: str) -> AddIndexConcurrently:
    return AddIndexConcurrently(
        model_name="action",
        index=models.Index(fields=["tenant_id", column, "created_at", "id"], condition=OUTERMOST, name=name),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("kernel", "0004_worker_heartbeat"),
    ]

    operations = [
        operations.RunStatements(ACTION_COUNTS),
        AddIndexConcurrently(
            model_name="action",
            index=models.Index(fields=["tenant_id", "correlation_id"], name="action_correlation"),
        ),
        newest_first("resource_entity", "action_resource_entity"),
        newest_first("organization_id", "action_organization"),
        newest_first("actor_kind", "action_actor_kind"),
        newest_first("source", "action_source"),
        AddIndexConcurrently(
            model_name="action",
            index=models.Index(
                fields=["tenant_id", "command", "created_at", "id"],
                opclasses=["uuid_ops", "text_pattern_ops", "timestamptz_ops", "uuid_ops"],
                condition=OUTERMOST,
                name="action_command",
            ),
        ),
        AddIndexConcurrently(
            model_name="rowimage",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["before"],
                opclasses=["jsonb_path_ops"],
                condition=models.Q(("operation", "D")),
                name="row_image_gone",
            ),
        ),
    ]
