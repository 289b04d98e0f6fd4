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
            name="TenantLocale",
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
                ("locale", models.CharField(max_length=12, verbose_name="language")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "language of translations",
                "verbose_name_plural": "languages of translations",
                "db_table": "translation_locale",
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant_id", "locale"), name="translation_locale_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Translation",
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
                ("entity", models.CharField(max_length=100, verbose_name="kind of record")),
                ("record_id", models.UUIDField(verbose_name="record")),
                ("locale", models.CharField(max_length=12, verbose_name="language")),
                ("field", models.CharField(max_length=100, verbose_name="field")),
                ("value", models.TextField(verbose_name="text")),
                ("source_digest", models.CharField(max_length=32, verbose_name="made from")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "db_table": "translation",
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["tenant_id", "entity", "locale", "field", "record_id"], name="translation_of_kind"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant_id", "entity", "record_id", "locale", "field"), name="translation_once"
                    )
                ],
            },
        ),
        operations.TenantTable("Translation"),
        operations.TenantTable("TenantLocale"),
    ]
