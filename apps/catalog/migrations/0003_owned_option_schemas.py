from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_category_paths"),
    ]

    operations = [
        migrations.AddField(
            model_name="optionschema",
            name="is_owned",
            field=models.BooleanField(default=False, editable=False, verbose_name="of one product"),
        ),
    ]
