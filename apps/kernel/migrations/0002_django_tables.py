"""What the app role may read of Django's own tables."""

from django.db import migrations

from apps.kernel.tenancy import operations


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        operations.RunStatements(
            "GRANT SELECT ON django_content_type, auth_permission, auth_group, django_migrations TO agora_app",
        ),
    ]
