from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0011_end_command")]

    operations = [
        migrations.AddField("tenantstanding", "fields_version", models.BigIntegerField(default=1, db_default=1)),
    ]
