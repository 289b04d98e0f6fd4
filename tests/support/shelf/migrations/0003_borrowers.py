from django.db import migrations, models

import apps.kernel.references.fields


class Migration(migrations.Migration):
    dependencies = [("shelf", "0002_loans")]

    operations = [
        migrations.AddField(
            "loan",
            "borrower_id",
            apps.kernel.references.fields.ReferenceField(
                "customers.customer", blank=True, null=True, on_deletion="protect", verbose_name="borrower"
            ),
        ),
        migrations.AddConstraint(
            "loan",
            models.UniqueConstraint(fields=("tenant_id", "borrower_id", "due_on"), name="shelf_loan_borrower_day"),
        ),
    ]
