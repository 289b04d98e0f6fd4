from typing import Any
from uuid import UUID

from django.db import migrations, models
from django.db.models import F

from apps.kernel.tenancy import operations


def keep_main_categories(apps: Any, tenant_id: UUID) -> None:
    """The order of a product's categories stood in the column that sorts the products of a category."""
    rows = apps.get_model("catalog", "CategoryAssignment").objects.using("owner")
    rows.exclude(rank=F("position")).update(rank=F("position"))


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_moving"),
    ]

    operations = [
        migrations.AddField(
            model_name="categoryassignment",
            name="rank",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="rank"),
        ),
        operations.ForEachTenant(keep_main_categories, "keep the main categories of products"),
    ]
