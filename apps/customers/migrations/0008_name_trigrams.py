"""The trigrams of names, each mixed with its tenant, so that an index reads of one tenant's names only."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from apps.kernel.tenancy import operations

# `trigram_keys` in calculations/likeness.py makes the same numbers.
NAME_TRIGRAMS = """
CREATE OR REPLACE FUNCTION customer_name_trigrams(tenant uuid, name text, kind text) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT ('x' || left(encode(sha256(convert_to(
        tenant::text || substr(word, at, 3), 'UTF8')), 'hex'), 8))::bit(32)::integer), '{}')
    FROM (SELECT '  ' || part || ' ' AS word
        FROM unnest(string_to_array(nullif(customer_name_key(name, kind), ''), ' ')) AS part) AS words,
        generate_series(1, length(word) - 2) AS at
$$
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0007_restricted_indexes"),
    ]

    operations = [
        operations.RunStatements(NAME_TRIGRAMS),
        migrations.AddField(
            model_name="customer",
            name="name_trigrams",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("tenant_id", "name", "kind", function="customer_name_trigrams"),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
            ),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("deleted_at__isnull", True)),
                fastupdate=False,
                fields=["name_trigrams"],
                name="customer_name_trigrams",
            ),
        ),
        RemoveIndexConcurrently(model_name="customer", name="customer_like_name"),
    ]
