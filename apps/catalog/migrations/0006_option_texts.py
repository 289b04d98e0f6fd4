# Values of options are texts, whatever kind the option is of: numbers without needless digits, `true` and `false`.

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import migrations

from apps.kernel.tenancy import operations

MANY = 1000


def write_texts(apps: Any, tenant_id: UUID) -> None:
    """Only variants with a number or a boolean among their values are touched."""
    rows = apps.get_model("catalog", "Variant").objects.using("owner").exclude(option_values={})
    changed = []
    for row in rows.only("option_values").iterator(chunk_size=MANY):
        texts = {code: as_text(value) for code, value in row.option_values.items()}
        if texts != row.option_values:
            row.option_values = texts
            changed.append(row)
    rows.bulk_update(changed, ["option_values"], batch_size=MANY)


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{Decimal(str(value)).normalize():f}" if value else "0"
    return str(value)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_category_ranks")]

    operations = [operations.ForEachTenant(write_texts, "keep values of options as texts")]
