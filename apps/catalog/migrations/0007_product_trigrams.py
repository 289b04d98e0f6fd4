"""What lists of products search in, by its trigrams."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("catalog", "0006_option_texts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=GinIndex(
                OpClass("tenant_id", "uuid_ops"),
                OpClass("title", "gin_trgm_ops"),
                OpClass("subtitle", "gin_trgm_ops"),
                OpClass("sku", "gin_trgm_ops"),
                OpClass("handle", "gin_trgm_ops"),
                condition=models.Q(("deleted_at__isnull", True)),
                fastupdate=True,
                gin_pending_list_limit=1024,
                name="product_containing",
            ),
        ),
    ]
