from django.db import migrations, models

import apps.kernel.crypto.fields
from apps.kernel.tenancy import operations

# Answers that were kept in the clear go, and their requests are told that they were done. The owner changes rows of
# all tenants only while the wall does not hold for the owner.
FORGET_CLEAR_ANSWERS = """
ALTER TABLE idempotency_record NO FORCE ROW LEVEL SECURITY;
UPDATE idempotency_record SET is_secret = true, record = NULL WHERE record IS NOT NULL;
ALTER TABLE idempotency_record FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0009_event_lists")]

    operations = [
        operations.RunStatements(FORGET_CLEAR_ANSWERS),
        migrations.RemoveField("idempotencyrecord", "record"),
        migrations.AddField(
            "idempotencyrecord", "record", apps.kernel.crypto.fields.EncryptedTextField(null=True)
        ),
        migrations.AddField("idempotencyrecord", "done_by", models.UUIDField(null=True)),
        migrations.RemoveIndex("idempotencyrecord", "idempotency_record_age"),
        migrations.AddIndex(
            "idempotencyrecord", models.Index(fields=["tenant_id", "created_at"], name="idempotency_record_age")
        ),
    ]
