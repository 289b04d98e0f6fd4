from django.db import migrations

from apps.kernel.commands.capture import CAPTURE_IMAGES
from apps.kernel.tenancy import operations
from apps.kernel.tenancy.keeping import KEEP_KNOWN_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_eventbus")]

    operations = [operations.RunStatements(KEEP_KNOWN_FUNCTION, CAPTURE_IMAGES)]
