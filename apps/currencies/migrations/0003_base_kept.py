from django.db import migrations

from apps.kernel.tenancy import operations

# Deferred, because the base is handed on in two statements. At the end of the transaction the session may see other
# organizations than the row's, or none, so the function looks with the eyes of the row's own.
KEEP_BASE = """
CREATE OR REPLACE FUNCTION keep_base_currency() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    tenant text := current_setting('app.tenant_id', true);
    seen text := current_setting('app.orgs', true);
    lost boolean;
BEGIN
    PERFORM set_config('app.tenant_id', OLD.tenant_id::text, true), set_config('app.orgs', OLD.organization_id::text, true);
    lost := EXISTS (SELECT FROM exchange_rate
                    WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id AND upper_inf(known))
        AND NOT EXISTS (SELECT FROM currency
                        WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id
                          AND is_base AND deleted_at IS NULL);
    PERFORM set_config('app.tenant_id', coalesce(tenant, ''), true), set_config('app.orgs', coalesce(seen, ''), true);
    IF lost THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = 'currency', CONSTRAINT = 'currency_base_kept',
            MESSAGE = 'the organization has rates and would have no base currency';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER currency_base_kept
AFTER UPDATE OF is_base, deleted_at, organization_id OR DELETE ON currency
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_base) EXECUTE FUNCTION keep_base_currency();
"""


class Migration(migrations.Migration):
    dependencies = [("currencies", "0002_exchange_rate")]

    operations = [operations.RunStatements(KEEP_BASE)]
