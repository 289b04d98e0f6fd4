import apps.kernel.ids
import apps.kernel.tenancy.columns
from django.db import migrations, models

from apps.kernel.tenancy import operations
from apps.kernel.tenancy.remembering import REMEMBER_FORMER, REMEMBER_RETURNED


class Migration(migrations.Migration):
    dependencies = [("kernel", "0016_payloads_say_id")]

    operations = [
        migrations.CreateModel(
            name="FormerRow",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("tenant_id", apps.kernel.tenancy.columns.TenantColumn(editable=False)),
                ("organization_id", apps.kernel.tenancy.columns.OwnerColumn(editable=False, null=True)),
                ("table_name", models.TextField()),
                ("row_id", models.UUIDField()),
                ("key_id", models.UUIDField()),
                ("existed_from", models.DateTimeField()),
                ("gone_at", models.DateTimeField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField()),
                ("facts", models.JSONField()),
            ],
            options={
                "db_table": "former_row",
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant_id", "key_id", "known_until", "known_from"], name="former_row_key"),
                    models.Index(fields=["tenant_id", "row_id", "known_until"], name="former_row_row"),
                ],
            },
        ),
        operations.TenantTable("FormerRow"),
        operations.RunStatements(REMEMBER_FORMER, REMEMBER_RETURNED),
    ]
