"""People have several roles in one company."""

from typing import Any
from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models

import apps.kernel.bases.keys
import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.references.fields
import apps.kernel.tenancy.columns
from apps.kernel.tenancy import operations

MANY = 1000


def keep_roles(apps: Any, tenant_id: UUID) -> None:
    """The one role of each place of work is the first of many."""
    places = apps.get_model("customers", "PersonCompany").objects.using("owner").exclude(role_id=None)
    role = apps.get_model("customers", "PersonCompanyRole")
    rows = places.values_list("pk", "organization_id", "role_id").iterator(chunk_size=MANY)
    drafts = (
        role(tenant_id=tenant_id, organization_id=place, place_id=pk, role_id=role_id) for pk, place, role_id in rows
    )
    role.objects.using("owner").bulk_create(list(drafts), batch_size=MANY)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_reaching_alone"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonCompanyRole",
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
                ("organization_id", apps.kernel.tenancy.columns.OrganizationColumn(editable=False)),
                (
                    "role_id",
                    apps.kernel.references.fields.ReferenceField(
                        "dictionaries.entry",
                        on_deletion="protect",
                        verbose_name="role",
                        within="customers.company_role",
                    ),
                ),
                (
                    "place",
                    apps.kernel.bases.keys.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="customers.personcompany",
                        verbose_name="place of work",
                    ),
                ),
            ],
            options={
                "verbose_name": "role in a company",
                "verbose_name_plural": "roles in companies",
                "db_table": "person_company_role",
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="personcompanyrole",
            index=models.Index(fields=["tenant_id", "role_id"], name="person_company_role_role"),
        ),
        migrations.AddConstraint(
            model_name="personcompanyrole",
            constraint=models.UniqueConstraint(
                fields=("tenant_id", "place", "role_id"), name="person_company_role_once"
            ),
        ),
        operations.TenantTable("PersonCompanyRole"),
        operations.ForEachTenant(keep_roles, "keep the roles of people in companies"),
        migrations.RemoveField(model_name="personcompany", name="role_id"),
    ]
