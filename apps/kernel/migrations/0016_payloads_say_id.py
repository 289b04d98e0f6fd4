# Lifecycle events say the record's id as `id`, too; functions keep it when the rest of a payload is erased.

from django.db import migrations

from apps.kernel.commands.erasing import ERASE_HISTORY
from apps.kernel.eventbus.closing import END_COMMAND
from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0015_keep_generated")]

    operations = [operations.RunStatements(END_COMMAND, ERASE_HISTORY)]
