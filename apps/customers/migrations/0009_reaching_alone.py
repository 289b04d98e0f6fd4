"""E-mails, phones and addresses are written one by one as well: they have versions, and lists of all of them an order."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def version(model_name: str) -> migrations.AddField:
    field = models.PositiveIntegerField(default=1, editable=False, verbose_name="version")
    return migrations.AddField(model_name=model_name, name="version", field=field)


def listed(model_name: str, name: str) -> list[AddIndexConcurrently]:
    orders = {"created": ["tenant_id", "created_at", "id"], "place": ["tenant_id", "organization_id"]}
    return [
        AddIndexConcurrently(model_name=model_name, index=models.Index(fields=fields, name=f"{name}_{short}"))
        for short, fields in orders.items()
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0008_name_trigrams"),
    ]

    operations = [
        version("contactpoint"),
        version("address"),
        *listed("contactpoint", "contact_point"),
        *listed("address", "address"),
    ]
