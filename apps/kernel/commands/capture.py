"""SQL functions of the audit: facts of a row, and the trigger that writes row images."""

from __future__ import annotations

# What counts as a change: everything but bookkeeping columns; an encrypted column counts by its fingerprint
# (bytes 3 to 18 of the envelope, in the hexadecimal text form of bytea), which outlives key rotation.
ROW_FACTS = r"""
CREATE OR REPLACE FUNCTION row_facts(image jsonb, encrypted text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN encrypted = '{}' THEN image - '{version,updated_at}'::text[]
    ELSE (image - '{version,updated_at}'::text[]) || coalesce((
        SELECT jsonb_object_agg(name, substr(image ->> name, 7, 32))
        FROM unnest(encrypted) AS name WHERE image ->> name IS NOT NULL), '{}'::jsonb)
    END
$$
"""

STATEMENT_SEQUENCE = "CREATE SEQUENCE IF NOT EXISTS row_image_stmt"

# SECURITY DEFINER: the app role cannot insert images itself, so it cannot forge them. The action must have
# been written by this very transaction, so an old action's id is worth nothing.
# Arguments: tenant column, fingerprint of the table's shape, encrypted columns, 'load' where a declared load
# may pass without images.
# Without nested loops, because the session's first plan of the join is kept, and it counts on as many rows as the
# statement before it happened to touch: after one changed row, ten thousand would be joined each with each.
CAPTURE_IMAGES = r"""
CREATE OR REPLACE FUNCTION capture_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
DECLARE
    running uuid := nullif(current_setting('app.action_id', true), '')::uuid;
    secret text[] := string_to_array(TG_ARGV[2], ',');
    loading text[];
    statement bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
    ELSIF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    SELECT loads INTO loading FROM action WHERE id = running AND txid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'write to % outside a command', TG_TABLE_NAME USING ERRCODE = 'AG001';
    END IF;
    IF TG_ARGV[3] = 'load' AND TG_TABLE_NAME = ANY (loading) THEN
        RETURN NULL;
    END IF;
    statement := nextval('row_image_stmt');
    IF TG_OP = 'INSERT' THEN
        INSERT INTO row_image (action_id, stmt, tenant_id, organization_id, table_name, row_id, operation, after,
                               fingerprint)
        SELECT running, statement, (j ->> TG_ARGV[0])::uuid, (j ->> 'organization_id')::uuid,
               TG_TABLE_NAME, (j ->> 'id')::uuid, 'I', j, TG_ARGV[1]
        FROM (SELECT to_jsonb(n) AS j FROM new_rows n) AS rows;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (SELECT bit_xor(uuid_hash_extended(id, 0)) FROM old_rows)
           IS DISTINCT FROM (SELECT bit_xor(uuid_hash_extended(id, 0)) FROM new_rows) THEN
            RAISE EXCEPTION 'ids in % never change', TG_TABLE_NAME USING ERRCODE = 'AG002';
        END IF;
        INSERT INTO row_image (action_id, stmt, tenant_id, organization_id, table_name, row_id, operation, before,
                               after, fingerprint)
        SELECT running, statement, (j ->> TG_ARGV[0])::uuid, (j ->> 'organization_id')::uuid,
               TG_TABLE_NAME, (j ->> 'id')::uuid, 'U', b, j, TG_ARGV[1]
        FROM (SELECT to_jsonb(o) AS b, to_jsonb(n) AS j FROM old_rows o JOIN new_rows n USING (id)
              WHERE o IS DISTINCT FROM n) AS rows
        WHERE row_facts(b, secret) IS DISTINCT FROM row_facts(j, secret);
    ELSE
        INSERT INTO row_image (action_id, stmt, tenant_id, organization_id, table_name, row_id, operation, before,
                               fingerprint)
        SELECT running, statement, (j ->> TG_ARGV[0])::uuid, (j ->> 'organization_id')::uuid,
               TG_TABLE_NAME, (j ->> 'id')::uuid, 'D', j, TG_ARGV[1]
        FROM (SELECT to_jsonb(o) AS j FROM old_rows o) AS rows;
    END IF;
    RETURN NULL;
END $$
"""
