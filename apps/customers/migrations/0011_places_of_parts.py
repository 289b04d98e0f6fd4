"""What belongs to a customer or an interaction stands in its organization, also what was written from one above."""

from typing import Any
from uuid import UUID

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

from apps.kernel.tenancy import operations

PARTS = (
    ("Tagging", "customer", "Customer"),
    ("Membership", "customer", "Customer"),
    ("Participant", "interaction", "Interaction"),
    ("OccurrenceChange", "interaction", "Interaction"),
)


def follow_the_owner(apps: Any, tenant_id: UUID) -> None:
    """Rows went to the organization that was selected, where those who see their owner do not see them."""
    for name, key, owner in PARTS:
        rows = apps.get_model("customers", name).objects.using("owner")
        owners = apps.get_model("customers", owner).objects.using("owner").filter(pk=OuterRef(f"{key}_id"))
        place = Subquery(owners.values("organization_id")[:1])
        rows.exclude(organization_id=F(f"{key}__organization_id")).update(organization_id=place)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0010_employment_roles"),
    ]

    operations = [
        operations.ForEachTenant(follow_the_owner, "bring parts of customers to their organization"),
    ]
