"""Indexes for timelines, the latest interactions of one customer, and for the few rows that not everybody sees."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def restricted(model_name: str, table: str) -> AddIndexConcurrently:
    return AddIndexConcurrently(
        model_name=model_name,
        index=models.Index(
            fields=["tenant_id", "id"], condition=models.Q(("is_restricted", True)), name=f"{table}_restricted"
        ),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0006_privacy"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(
                fields=["tenant_id", "customer", "occurred_at", "id"],
                condition=models.Q(("deleted_at__isnull", True), ("status", "done")),
                name="interaction_done",
            ),
        ),
        restricted("person", "person"),
        restricted("company", "company"),
        restricted("deal", "deal"),
        restricted("interaction", "interaction"),
    ]
