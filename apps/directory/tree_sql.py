"""The database's own check of the organization tree: whoever writes, paths are right and there is no circle."""

from __future__ import annotations

# What is in front of the tenant's id in the key of the advisory lock that writers of its tree take.
TREE_LOCK = "organization tree "

# A path ends in the node's own id, so a circle would need an endless path: right paths are a tree.
# The row is read again, because a deferred trigger sees the row of its own statement, not today's. The lock
# lets writers follow one another (undo and raw SQL too), so that each check sees what the others committed.
ORGANIZATION_PATH_CHECK = f"""
CREATE OR REPLACE FUNCTION check_organization_path() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('{TREE_LOCK}' || NEW.tenant_id, 0));
    PERFORM FROM organization node
    LEFT JOIN organization parent ON parent.tenant_id = node.tenant_id AND parent.id = node.parent_id
    WHERE node.tenant_id = NEW.tenant_id AND (node.id = NEW.id OR node.parent_id = NEW.id)
      AND (node.path IS DISTINCT FROM coalesce(parent.path, '') || node.id || '/'
           OR node.depth IS DISTINCT FROM coalesce(parent.depth + 1, 0)
           OR (node.deleted_at IS NULL AND parent.deleted_at IS NOT NULL));
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = 'organization',
            CONSTRAINT = 'organization_path_right',
            MESSAGE = 'the organization tree would be wrong at or below ' || NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER organization_path_right
AFTER INSERT OR UPDATE OF parent_id, path, depth, deleted_at ON organization
DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION check_organization_path();
"""

# Counts a tenant's tree up: for every statement on its organizations, and for every change of the tenant itself.
TREE_VERSION = """
CREATE OR REPLACE FUNCTION count_organization_tree() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE tenant_standing SET version = version + 1
    WHERE tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION note_tenant_standing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM tenant_standing WHERE tenant_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO tenant_standing (tenant_id, version, is_open)
    VALUES (NEW.id, 1, NEW.status IN ('trial', 'active'))
    ON CONFLICT (tenant_id)
    DO UPDATE SET version = tenant_standing.version + 1, is_open = excluded.is_open;
    RETURN NULL;
END $$;
INSERT INTO tenant_standing (tenant_id, version, is_open)
SELECT id, 1, status IN ('trial', 'active') FROM tenant;
CREATE TRIGGER count_organization_tree AFTER INSERT OR UPDATE OR DELETE ON organization
FOR EACH STATEMENT EXECUTE FUNCTION count_organization_tree();
CREATE TRIGGER note_tenant_standing AFTER INSERT OR UPDATE OR DELETE ON tenant
FOR EACH ROW EXECUTE FUNCTION note_tenant_standing();
"""
