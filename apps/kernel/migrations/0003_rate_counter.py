"""The limiter's counters: unlogged, with room on each page so that counting stays where the row is."""

from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_django_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCounter",
            fields=[
                ("digest", models.BinaryField(primary_key=True, serialize=False)),
                ("hits", models.PositiveIntegerField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "rate_counter",
                "indexes": [models.Index(fields=["expires_at"], name="rate_counter_expiry")],
            },
        ),
        operations.GlobalTable("RateCounter"),
        operations.RunStatements(
            "ALTER TABLE rate_counter SET UNLOGGED",
            "ALTER TABLE rate_counter SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)",
        ),
    ]
