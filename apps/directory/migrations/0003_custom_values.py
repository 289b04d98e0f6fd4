import apps.kernel.bases.customs
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0002_tree_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='custom',
            field=apps.kernel.bases.customs.CustomValues(verbose_name='custom fields'),
        ),
    ]
