"""SQL that keeps what rows said before they were changed or deleted, in tables of models that are `remembered`."""

from __future__ import annotations

from apps.kernel.tenancy.wall import TableWall

PREFIX = "remember_"

# SECURITY DEFINER: the app role only reads former rows, so that nobody rewrites what was said. Row by row, because a
# trigger with a condition costs nothing where none of the columns changed, and most changes are about others.
# A change counts from the time that its statement puts on the row, else from when its action began. What would have
# been said for no time at all is left out, so periods of one row never overlap.
# The first version is known since ever, and not since NULL: an index serves no `OR`.
# A row that came to another key was never there before, where that key is asked for.
# Arguments: the column that questions find rows by, and then the columns that are kept.
REMEMBER_FORMER = r"""
CREATE OR REPLACE FUNCTION remember_former() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said CONSTANT jsonb := to_jsonb(OLD);
    key CONSTANT uuid := (said ->> TG_ARGV[0])::uuid;
    kept CONSTANT jsonb := (SELECT jsonb_object_agg(name, said -> name) FROM unnest(TG_ARGV[1:]) AS name);
    ever CONSTANT timestamptz := '0001-01-01 00:00:00+00';
    new_key uuid := key;
    moment timestamptz;
    since timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        moment := nullif(NEW.updated_at, OLD.updated_at);
        new_key := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    END IF;
    IF moment IS NULL THEN
        SELECT created_at INTO moment FROM action
        WHERE id = nullif(current_setting('app.action_id', true), '')::uuid;
    END IF;
    moment := coalesce(moment, clock_timestamp());
    SELECT max(known_until) INTO since FROM former_row WHERE tenant_id = OLD.tenant_id AND row_id = OLD.id;
    IF coalesce(since < moment, true) THEN
        INSERT INTO former_row (id, tenant_id, organization_id, table_name, row_id, key_id, existed_from, gone_at,
                                known_from, known_until, facts)
        VALUES (uuid7(), OLD.tenant_id, (said ->> 'organization_id')::uuid, TG_TABLE_NAME, OLD.id, key,
                OLD.created_at, (said ->> 'deleted_at')::timestamptz, coalesce(since, ever), moment, kept);
    END IF;
    IF new_key <> key THEN
        INSERT INTO former_row (id, tenant_id, organization_id, table_name, row_id, key_id, existed_from, gone_at,
                                known_from, known_until, facts)
        SELECT uuid7(), OLD.tenant_id, (said ->> 'organization_id')::uuid, TG_TABLE_NAME, OLD.id, new_key,
               OLD.created_at, moment, coalesce(max(known_until), ever), moment, kept
        FROM former_row WHERE tenant_id = OLD.tenant_id AND row_id = OLD.id AND key_id = new_key
        HAVING coalesce(max(known_until) < moment, true);
    END IF;
    RETURN NULL;
END $$
"""
# Undo brings deleted rows back with their ids: in the meantime they were gone.
REMEMBER_RETURNED = r"""
CREATE OR REPLACE FUNCTION remember_returned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO former_row (id, tenant_id, organization_id, table_name, row_id, key_id, existed_from, gone_at,
                            known_from, known_until, facts)
    SELECT uuid7(), f.tenant_id, f.organization_id, f.table_name, f.row_id, f.key_id, f.existed_from, f.known_until,
           f.known_until, n.updated_at, f.facts
    FROM new_rows n CROSS JOIN LATERAL (
        SELECT * FROM former_row WHERE tenant_id = n.tenant_id AND row_id = n.id
        ORDER BY known_until DESC LIMIT 1) AS f
    WHERE f.known_until < n.updated_at;
    RETURN NULL;
END $$
"""


def remembering_statements(wall: TableWall) -> list[str]:
    """SQL of the triggers that keep former rows; run again at every `migrate`, so that the columns are today's."""
    if not wall.remembered:
        return []
    arguments = ", ".join(f"'{column}'" for column in (wall.remembered_by, *wall.remembered))
    old, new = (", ".join(f'{row}."{column}"' for column in sorted(watched(wall))) for row in ("OLD", "NEW"))
    table = f'ON "{wall.table}"'
    return [
        f"CREATE OR REPLACE TRIGGER {PREFIX}changed AFTER UPDATE {table} FOR EACH ROW"
        f" WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) EXECUTE FUNCTION remember_former({arguments})",
        f"CREATE OR REPLACE TRIGGER {PREFIX}gone AFTER DELETE {table} FOR EACH ROW"
        f" EXECUTE FUNCTION remember_former({arguments})",
        f"CREATE OR REPLACE TRIGGER {PREFIX}returned AFTER INSERT {table} REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION remember_returned()",
    ]


def watched(wall: TableWall) -> set[str]:
    """Columns that make another version: those that are kept, the key, and whether the row lives."""
    return {*wall.remembered, wall.remembered_by, *(["deleted_at"] if wall.soft_deleted else [])}


def trigger_names(wall: TableWall) -> set[str]:
    """Names of these triggers."""
    return {f"{PREFIX}{event}" for event in ("changed", "gone", "returned")} if wall.remembered else set()
