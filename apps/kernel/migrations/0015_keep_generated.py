from django.db import migrations

from apps.kernel.tenancy import operations
from apps.kernel.tenancy.keeping import KEEP_KNOWN_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("kernel", "0014_erasure")]

    operations = [operations.RunStatements(KEEP_KNOWN_FUNCTION)]
