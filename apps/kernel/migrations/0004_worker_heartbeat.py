"""Signs of life of the workers."""

from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_rate_counter"),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerHeartbeat",
            fields=[
                ("queue", models.TextField(primary_key=True, serialize=False)),
                ("worker", models.TextField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "worker_heartbeat",
            },
        ),
        operations.GlobalTable("WorkerHeartbeat"),
    ]
