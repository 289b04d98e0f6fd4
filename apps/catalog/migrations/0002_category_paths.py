# A path ends in the node's own id and begins with its parent's path, whoever writes: commands, undo, raw SQL.

from django.db import migrations

from apps.kernel.tenancy import operations

# A moved subtree is written by one statement that names `parent_id` for all of its rows: only the moved one has
# another parent, so only that one is looked at.
KEEP_TREE = """
CREATE OR REPLACE FUNCTION category_keep_tree() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    above uuid;
    level integer := 0;
BEGIN
    IF NEW.parent_id IS NULL THEN RETURN NULL; END IF;
    IF TG_OP = 'UPDATE' AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('categories of ' || NEW.organization_id::text, 0));
    IF EXISTS (SELECT FROM category WHERE id = NEW.parent_id AND organization_id <> NEW.organization_id) THEN
        RAISE EXCEPTION 'the parent of a category belongs to another organization'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'category_of_one_organization', TABLE = 'category';
    END IF;
    above := NEW.parent_id;
    WHILE above IS NOT NULL LOOP
        IF above = NEW.id OR level > 1000 THEN
            RAISE EXCEPTION 'a category cannot stand below itself'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'category_no_circle', TABLE = 'category';
        END IF;
        SELECT parent_id INTO above FROM category WHERE id = above;
        level := level + 1;
    END LOOP;
    RETURN NULL;
END $$
"""
# The row is read again, because a deferred trigger (undo defers them) sees the row of its own statement, not today's.
KEEP_PATHS = """
CREATE OR REPLACE FUNCTION category_keep_paths() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    own category;
    above category;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('categories of ' || NEW.organization_id::text, 0));
    SELECT * INTO own FROM category WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT * INTO above FROM category WHERE tenant_id = NEW.tenant_id AND id = own.parent_id;
    IF own.path IS DISTINCT FROM coalesce(above.path, '') || own.id || '/'
        OR own.depth IS DISTINCT FROM coalesce(above.depth + 1, 0)
        OR (own.deleted_at IS NULL AND above.deleted_at IS NOT NULL)
        OR EXISTS (
            SELECT FROM category child WHERE child.tenant_id = NEW.tenant_id AND child.parent_id = NEW.id
            AND (child.path IS DISTINCT FROM own.path || child.id || '/'
                OR child.depth IS DISTINCT FROM own.depth + 1
                OR (child.deleted_at IS NULL AND own.deleted_at IS NOT NULL)))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = 'category', CONSTRAINT = 'category_path_right',
            MESSAGE = 'the tree of categories would be wrong at or below ' || NEW.id;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER category_path_right AFTER INSERT OR UPDATE OF parent_id, path, depth, deleted_at ON category
DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION category_keep_paths()
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [operations.RunStatements(KEEP_TREE, KEEP_PATHS, TRIGGER)]
