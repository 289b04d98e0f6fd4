"""SQL that keeps rows of the ledger of consents as they were written."""

from __future__ import annotations

# Evidence is compared by its fingerprint, which outlives a rotation of keys. Tenant and organization are for the walls.
KEEP_CONSENTS = (
    r"""
CREATE OR REPLACE FUNCTION keep_consents() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    pointers CONSTANT text[] := '{customer_id,purpose_id,tenant_id,organization_id}';
BEGIN
    IF row_facts(to_jsonb(NEW), '{evidence}') - pointers IS DISTINCT FROM
       row_facts(to_jsonb(OLD), '{evidence}') - pointers THEN
        RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'AG004';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER keep_consents BEFORE UPDATE ON consent FOR EACH ROW EXECUTE FUNCTION keep_consents()",
)
