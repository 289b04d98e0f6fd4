import apps.kernel.bases.keys
import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.tenancy.columns
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Dashboard",
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
                ("owner_id", models.UUIDField(blank=True, editable=False, null=True, verbose_name="owner")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, default="", max_length=500, verbose_name="description")),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("today", "Today"),
                            ("yesterday", "Yesterday"),
                            ("last_7_days", "Last 7 days"),
                            ("last_30_days", "Last 30 days"),
                            ("last_90_days", "Last 90 days"),
                            ("this_week", "This week"),
                            ("last_week", "Last week"),
                            ("this_month", "This month"),
                            ("last_month", "Last month"),
                            ("this_quarter", "This quarter"),
                            ("last_quarter", "Last quarter"),
                            ("this_year", "This year"),
                            ("last_year", "Last year"),
                        ],
                        default="last_30_days",
                        max_length=20,
                        verbose_name="period",
                    ),
                ),
                ("items", models.JSONField(default=list, editable=False, verbose_name="widgets")),
                ("is_shared", models.BooleanField(default=False, editable=False, verbose_name="shared with everybody")),
                (
                    "shared_roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        blank=True,
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="shared with roles",
                    ),
                ),
            ],
            options={
                "verbose_name": "dashboard",
                "verbose_name_plural": "dashboards",
                "db_table": "dashboard",
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant_id", "name", "id"], name="dashboard_name"),
                    models.Index(fields=["tenant_id", "owner_id", "id"], name="dashboard_owner"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StartPage",
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
                ("holder", models.CharField(choices=[("user", "a person's"), ("role", "a role's")], max_length=4)),
                ("holder_id", models.UUIDField()),
                (
                    "dashboard",
                    apps.kernel.bases.keys.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="start_pages",
                        to="dashboards.dashboard",
                    ),
                ),
            ],
            options={
                "verbose_name": "start page",
                "verbose_name_plural": "start pages",
                "db_table": "dashboard_start_page",
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant_id", "holder", "holder_id"), name="dashboard_start_page_once"
                    )
                ],
            },
        ),
        operations.TenantTable("Dashboard"),
        operations.TenantTable("StartPage"),
    ]
