"""Indexes for every list of events and deliveries, and for what followed from an event."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def newest_first(column: str, name: str, condition: models.Q | None = None) -> AddIndexConcurrently:
    return AddIndexConcurrently(
        model_name="outboxevent",
        index=models.Index(fields=["tenant_id", column, "created_at", "id"], condition=condition, name=name),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("kernel", "0008_keep_known"),
    ]

    operations = [
        newest_first("name", "outbox_name"),
        newest_first("correlation_id", "outbox_correlation"),
        newest_first("causation_id", "outbox_causation", models.Q(("causation_id__isnull", False))),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(fields=["tenant_id", "created_at", "id"], name="event_delivery_time"),
        ),
    ]
