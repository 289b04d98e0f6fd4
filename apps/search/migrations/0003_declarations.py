"""Digests of what was declared when an index was made, and when workers were last started."""

from django.db import migrations, models

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_custom_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchindex",
            name="declared",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.CreateModel(
            name="SearchDeclarations",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("digest", models.TextField()),
            ],
            options={
                "db_table": "search_declarations",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="search_declarations_one_row"),
                ],
            },
        ),
        operations.GlobalTable("SearchDeclarations"),
    ]
