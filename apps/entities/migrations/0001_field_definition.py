import apps.kernel.clock
import apps.kernel.ids
import apps.kernel.references.fields
import apps.kernel.tenancy.columns
import django.core.validators
from django.db import migrations, models

from apps.kernel.tenancy import operations


COUNT_FIELDS = """
CREATE OR REPLACE FUNCTION count_field_definitions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE tenant_standing SET fields_version = fields_version + 1
    WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid;
    RETURN NULL;
END $$;
CREATE TRIGGER count_field_definitions AFTER INSERT OR UPDATE OR DELETE ON field_definition
FOR EACH STATEMENT EXECUTE FUNCTION count_field_definitions();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("kernel", "0012_fields_version"),
    ]

    operations = [
        migrations.CreateModel(
            name='FieldDefinition',
            fields=[
                ('id', models.UUIDField(default=apps.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', apps.kernel.tenancy.columns.TenantColumn(editable=False)),
                ('created_at', models.DateTimeField(default=apps.kernel.clock.now, editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(default=apps.kernel.clock.now, editable=False, verbose_name='changed')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('deleted_at', models.DateTimeField(editable=False, null=True, verbose_name='deleted')),
                ('for_organization_id', apps.kernel.references.fields.ReferenceField('directory.organization', blank=True, null=True, on_deletion='keep', verbose_name='only in organization')),
                ('entity', models.CharField(max_length=100, verbose_name='record type')),
                ('key', models.CharField(max_length=64, validators=[django.core.validators.RegexValidator('\\A[a-z][a-z0-9_]{0,63}\\Z', 'Use a–z, 0–9 and _, beginning with a letter.')], verbose_name='key')),
                ('label', models.CharField(max_length=120, verbose_name='label')),
                ('kind', models.CharField(choices=[('text', 'text'), ('multiline', 'long text'), ('richtext', 'formatted text'), ('integer', 'whole number'), ('decimal', 'decimal number'), ('boolean', 'yes or no'), ('date', 'date'), ('datetime', 'date and time'), ('select', 'choice'), ('multiselect', 'several choices'), ('currency', 'amount of money'), ('relation', 'link to a record'), ('dictionary', 'entry of a dictionary'), ('url', 'web address'), ('email', 'e-mail address'), ('phone', 'phone number'), ('file', 'file')], max_length=12, verbose_name='kind')),
                ('is_required', models.BooleanField(default=False, verbose_name='required')),
                ('default', models.JSONField(blank=True, null=True, verbose_name='default')),
                ('options', models.JSONField(blank=True, default=list, verbose_name='options')),
                ('minimum', models.CharField(blank=True, default='', max_length=40, verbose_name='minimum')),
                ('maximum', models.CharField(blank=True, default='', max_length=40, verbose_name='maximum')),
                ('min_length', models.PositiveIntegerField(blank=True, null=True, verbose_name='shortest length')),
                ('max_length', models.PositiveIntegerField(blank=True, null=True, verbose_name='greatest length')),
                ('pattern', models.CharField(blank=True, default='', max_length=190, verbose_name='pattern')),
                ('is_unique', models.BooleanField(default=False, verbose_name='unique')),
                ('help', models.CharField(blank=True, default='', max_length=500, verbose_name='help')),
                ('group', models.CharField(blank=True, default='', max_length=80, verbose_name='group')),
                ('order', models.PositiveIntegerField(default=0, verbose_name='order')),
                ('is_visible', models.BooleanField(default=True, verbose_name='shown in forms')),
                ('is_filterable', models.BooleanField(default=True, verbose_name='filterable')),
                ('is_searchable', models.BooleanField(default=False, verbose_name='searchable')),
                ('is_listed', models.BooleanField(default=False, verbose_name='shown in lists')),
                ('is_encrypted', models.BooleanField(default=False, verbose_name='encrypted')),
                ('target', models.CharField(blank=True, default='', max_length=100, verbose_name='links to')),
                ('dictionary', models.CharField(blank=True, default='', max_length=100, verbose_name='dictionary')),
                ('field_set', models.CharField(blank=True, default='', max_length=64, verbose_name='field set')),
            ],
            options={
                'verbose_name': 'custom field',
                'verbose_name_plural': 'custom fields',
                'db_table': 'field_definition',
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant_id', 'entity', 'order', 'id'], name='field_definition_entity'), models.Index(fields=['tenant_id', 'label', 'id'], name='field_definition_label'), models.Index(fields=['tenant_id', 'created_at', 'id'], name='field_definition_created')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('for_organization_id__isnull', True)), fields=('tenant_id', 'entity', 'key'), name='field_definition_once'), models.UniqueConstraint(condition=models.Q(('for_organization_id__isnull', False)), fields=('tenant_id', 'entity', 'key', 'for_organization_id'), name='field_definition_once_there'), models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]*$')), name='field_definition_key_form'), models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'multiline', 'richtext', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'select', 'multiselect', 'currency', 'relation', 'dictionary', 'url', 'email', 'phone', 'file'])), name='field_definition_kind_known')],
            },
        ),
        operations.TenantTable("FieldDefinition"),
        operations.RunStatements(COUNT_FIELDS),
    ]
