from django.db import migrations

from apps.directory.tree_sql import TREE_VERSION
from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial"), ("kernel", "0006_tenant_standing")]

    operations = [operations.RunStatements(TREE_VERSION)]
