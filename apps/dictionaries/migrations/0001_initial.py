import apps.kernel.bases.keys
import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.references.fields
import apps.kernel.tenancy.columns
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Dictionary",
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
                (
                    "owner_id",
                    apps.kernel.references.fields.ReferenceField(
                        "directory.organization",
                        blank=True,
                        editable=False,
                        null=True,
                        on_deletion="protect",
                        verbose_name="organization",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        max_length=100,
                        validators=[django.core.validators.RegexValidator("^[a-z0-9][a-z0-9_.-]*$")],
                        verbose_name="key",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("description", models.TextField(blank=True, default="", max_length=2000, verbose_name="description")),
                ("is_system", models.BooleanField(default=False, editable=False, verbose_name="needed by a module")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "sort_mode",
                    models.CharField(
                        choices=[
                            ("position", "as arranged"),
                            ("label_asc", "by label"),
                            ("label_desc", "by label, backwards"),
                            ("value_asc", "by value"),
                            ("value_desc", "by value, backwards"),
                            ("created_asc", "oldest first"),
                            ("created_desc", "newest first"),
                        ],
                        default="position",
                        max_length=12,
                        verbose_name="order of values",
                    ),
                ),
            ],
            options={
                "verbose_name": "dictionary",
                "verbose_name_plural": "dictionaries",
                "db_table": "dictionary",
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant_id", "key", "id"], name="dictionary_key"),
                    models.Index(fields=["tenant_id", "name", "id"], name="dictionary_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True)),
                        fields=("tenant_id", "owner_id", "key"),
                        name="dictionary_key_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[a-z0-9][a-z0-9_.-]*$")), name="dictionary_key_form"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DictionaryEntry",
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
                ("value", models.CharField(max_length=150, verbose_name="value")),
                ("normalized_value", models.CharField(editable=False, max_length=450)),
                ("label", models.CharField(blank=True, max_length=150, verbose_name="label")),
                (
                    "color",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=7,
                        validators=[django.core.validators.RegexValidator("^(#[0-9A-Fa-f]{6})?$")],
                        verbose_name="colour",
                    ),
                ),
                (
                    "icon",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=64,
                        validators=[django.core.validators.RegexValidator("^[a-z0-9_]*$")],
                        verbose_name="icon",
                    ),
                ),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("neutral", "neutral"),
                            ("info", "information"),
                            ("success", "success"),
                            ("warning", "warning"),
                            ("danger", "danger"),
                        ],
                        default="neutral",
                        max_length=10,
                        verbose_name="tone",
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0, editable=False, verbose_name="position")),
                ("is_default", models.BooleanField(default=False, verbose_name="default")),
                ("merged_into_id", models.UUIDField(editable=False, null=True, verbose_name="merged into")),
                (
                    "dictionary",
                    apps.kernel.bases.keys.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="dictionaries.dictionary",
                        verbose_name="dictionary",
                    ),
                ),
            ],
            options={
                "verbose_name": "value",
                "verbose_name_plural": "values",
                "db_table": "dictionary_entry",
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant_id", "position", "id"], name="dictionary_entry_position"),
                    models.Index(fields=["tenant_id", "label", "id"], name="dictionary_entry_label"),
                    models.Index(fields=["tenant_id", "dictionary", "position"], name="dictionary_entry_of"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True)),
                        fields=("tenant_id", "dictionary", "normalized_value"),
                        name="dictionary_entry_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True), ("is_default", True)),
                        fields=("tenant_id", "dictionary"),
                        name="dictionary_entry_default_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("color__regex", "^(#[0-9A-Fa-f]{6})?$")), name="dictionary_entry_color_form"
                    ),
                ],
            },
        ),
        operations.TenantTable("Dictionary"),
        operations.TenantTable("DictionaryEntry"),
    ]
