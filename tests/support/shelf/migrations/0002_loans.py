from django.db import migrations, models

import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.references.fields
import apps.kernel.tenancy.columns
from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [("shelf", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Loan",
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
                    "book_id",
                    apps.kernel.references.fields.ReferenceField(
                        "shelf.book", on_deletion="delete", verbose_name="book"
                    ),
                ),
                ("reader", models.CharField(blank=True, default="", max_length=40, verbose_name="reader")),
                ("way", models.CharField(blank=True, default="", max_length=10, verbose_name="way")),
                (
                    "fee",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=19, null=True, verbose_name="fee"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("is_reminded", models.BooleanField(default=False, verbose_name="reminded")),
                ("remark", models.TextField(blank=True, default="", verbose_name="remark")),
            ],
            options={
                "verbose_name": "loan",
                "verbose_name_plural": "loans",
                "db_table": "shelf_loan",
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("tenant_id", "book_id"), name="shelf_loan_once")],
            },
        ),
        operations.TenantTable("Loan"),
    ]
