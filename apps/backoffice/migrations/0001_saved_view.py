import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.tenancy.columns
from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(default=apps.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("tenant_id", apps.kernel.tenancy.columns.TenantColumn(editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=apps.kernel.clock.now, editable=False, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=apps.kernel.clock.now, editable=False, verbose_name="changed"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("deleted_at", models.DateTimeField(editable=False, null=True, verbose_name="deleted")),
                ("list", models.CharField(editable=False, max_length=100, verbose_name="list")),
                (
                    "owner_kind",
                    models.CharField(
                        choices=[("user", "user"), ("role", "role")],
                        default="user",
                        editable=False,
                        max_length=4,
                        verbose_name="whose",
                    ),
                ),
                ("owner_id", models.UUIDField(editable=False, verbose_name="owner")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("settings", models.JSONField(default=dict, editable=False, verbose_name="settings")),
                ("is_default", models.BooleanField(default=False, editable=False, verbose_name="default")),
                ("is_pinned", models.BooleanField(default=False, verbose_name="in the navigation")),
                ("is_linked", models.BooleanField(default=False, verbose_name="open to whoever has the link")),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "db_table": "saved_view",
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["tenant_id", "name", "id"], name="saved_view_name")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True)),
                        fields=("tenant_id", "owner_id", "list", "name"),
                        name="saved_view_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True), ("is_default", True)),
                        fields=("tenant_id", "owner_id", "list"),
                        name="saved_view_default_once",
                    ),
                ],
            },
        ),
        operations.TenantTable("SavedView"),
    ]
