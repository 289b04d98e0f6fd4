"""SQL that keeps facts from being deleted or overwritten, in the tables of `Bitemporal` models."""

from __future__ import annotations

# Closed by default: the app role has neither the right to delete nor that to change other columns, and for everybody
# else there is this trigger. A deletion of a whole tenant needs both keys: it runs as the table's owner (a SECURITY
# DEFINER function of agora_owner, which the app role cannot make and whose role it cannot take), and it names the
# tenant in `app.deleted_tenant`, which alone opens nothing. Arguments of the trigger name generated columns: these are
# reckoned after it has run, so that a new row seems to have none of them, and they follow from columns that it sees.
KEEP_KNOWN_FUNCTION = r"""
CREATE OR REPLACE FUNCTION keep_known() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bookkeeping CONSTANT text[] := '{known,updated_at}'::text[] || coalesce(TG_ARGV, '{}');
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
           AND current_setting('app.deleted_tenant', true) = OLD.tenant_id::text THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'AG003';
    END IF;
    IF NOT upper_inf(OLD.known) OR upper_inf(NEW.known) OR isempty(NEW.known)
       OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known)
       OR to_jsonb(NEW) - bookkeeping IS DISTINCT FROM to_jsonb(OLD) - bookkeeping THEN
        RAISE EXCEPTION 'rows of % are never changed, only closed once', TG_TABLE_NAME USING ERRCODE = 'AG004';
    END IF;
    RETURN NEW;
END $$
"""
