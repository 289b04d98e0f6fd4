import apps.kernel.bases.customs
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('staff_auth', '0003_object_grants'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='custom',
            field=apps.kernel.bases.customs.CustomValues(verbose_name='custom fields'),
        ),
    ]
