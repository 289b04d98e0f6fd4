import apps.kernel.bases.customs
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('currencies', '0004_rate_fetching'),
    ]

    operations = [
        migrations.AddField(
            model_name='currency',
            name='custom',
            field=apps.kernel.bases.customs.CustomValues(verbose_name='custom fields'),
        ),
    ]
