from django.db import migrations

from apps.kernel.eventbus.closing import END_COMMAND
from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0010_kept_answers")]

    operations = [operations.RunStatements(END_COMMAND)]
