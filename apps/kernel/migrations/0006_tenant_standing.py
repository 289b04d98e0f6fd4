from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_history_indexes")]

    operations = [
        migrations.CreateModel(
            name="TenantStanding",
            fields=[
                ("tenant_id", models.UUIDField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField(default=1)),
                ("is_open", models.BooleanField(default=False)),
            ],
            options={"db_table": "tenant_standing"},
        ),
        operations.GlobalTable("TenantStanding"),
    ]
