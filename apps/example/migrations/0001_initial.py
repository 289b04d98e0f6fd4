from django.db import migrations, models

import apps.kernel.bases.customs
import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.references.fields
import apps.kernel.tenancy.columns
from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0012_fields_version")]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("custom", apps.kernel.bases.customs.CustomValues(verbose_name="custom fields")),
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
                ("organization_id", apps.kernel.tenancy.columns.OrganizationColumn(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                ("deleted_at", models.DateTimeField(editable=False, null=True, verbose_name="deleted")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "currency_id",
                    apps.kernel.references.fields.ReferenceField(
                        "currencies.currency", blank=True, null=True, on_deletion="clear", verbose_name="currency"
                    ),
                ),
                ("is_done", models.BooleanField(default=False, verbose_name="done")),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "db_table": "example_reminder",
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant_id", "title", "id"], name="example_reminder_title"),
                    models.Index(fields=["tenant_id", "created_at", "id"], name="example_reminder_created"),
                    models.Index(fields=["tenant_id", "currency_id"], name="example_reminder_currency_id"),
                    models.Index(fields=["tenant_id", "organization_id"], name="example_reminder_organization"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrencyStance",
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
                (
                    "currency_id",
                    apps.kernel.references.fields.ReferenceField(
                        "currencies.currency", on_deletion="delete", verbose_name="currency"
                    ),
                ),
                (
                    "attitude",
                    models.CharField(
                        choices=[("open", "Without limits"), ("careful", "Careful"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                        verbose_name="stance",
                    ),
                ),
                (
                    "ceiling",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=19, null=True, verbose_name="ceiling"),
                ),
                ("remark", models.TextField(blank=True, default="", verbose_name="remark")),
            ],
            options={
                "verbose_name": "stance",
                "verbose_name_plural": "stances",
                "db_table": "example_currency_stance",
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant_id", "currency_id"), name="example_currency_stance_once")
                ],
            },
        ),
        operations.TenantTable("Reminder"),
        operations.TenantTable("CurrencyStance"),
    ]
