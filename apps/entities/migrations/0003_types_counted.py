from django.db import migrations

from apps.kernel.tenancy import operations


# What processes remember of a tenant's types is good for one `fields_version`, as what they remember of its fields.
COUNT_TYPES = """
CREATE TRIGGER count_record_types AFTER INSERT OR UPDATE OR DELETE ON record_type
FOR EACH STATEMENT EXECUTE FUNCTION count_field_definitions();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("entities", "0002_record_types"),
    ]

    operations = [
        operations.RunStatements(COUNT_TYPES),
    ]
