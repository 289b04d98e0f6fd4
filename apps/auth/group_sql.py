"""SQL that keeps each role's hidden group: the app role writes roles, and only these triggers write groups."""

from __future__ import annotations

# A role gets its group with its row, keeps it for life, and takes it along. The group is named by the role's id,
# so that the global table tells nothing. A row that undo brings back asks for its former number, which is given
# where it is free and was given out before.
KEEP_ROLE_GROUP = r"""
CREATE OR REPLACE FUNCTION keep_role_group() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    former integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM auth_group WHERE id = OLD.group_id AND name = OLD.id::text;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.group_id IS NOT NULL THEN
        NEW.group_id := OLD.group_id;
        RETURN NEW;
    END IF;
    SELECT last_value INTO former FROM auth_group_id_seq WHERE NEW.group_id BETWEEN 1 AND last_value;
    INSERT INTO auth_group (id, name) SELECT NEW.group_id, NEW.id::text WHERE former IS NOT NULL
        ON CONFLICT DO NOTHING;
    INSERT INTO auth_group (name) VALUES (NEW.id::text) ON CONFLICT (name) DO NOTHING;
    SELECT id INTO NEW.group_id FROM auth_group WHERE name = NEW.id::text;
    RETURN NEW;
END $$
"""
# A grant of a role carries the role's group, whatever was given.
MATCH_ROLE_GROUP = r"""
CREATE OR REPLACE FUNCTION match_role_group() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.group_id := (SELECT group_id FROM staff_role WHERE id = NEW.role_id);
    RETURN NEW;
END $$
"""
ROLE_TRIGGERS = (
    "CREATE TRIGGER keep_group BEFORE INSERT OR UPDATE ON staff_role FOR EACH ROW EXECUTE FUNCTION keep_role_group()",
    "CREATE TRIGGER drop_group AFTER DELETE ON staff_role FOR EACH ROW EXECUTE FUNCTION keep_role_group()",
)
GRANT_TRIGGER = (
    "CREATE TRIGGER match_group BEFORE INSERT OR UPDATE ON staff_role_grant"
    " FOR EACH ROW EXECUTE FUNCTION match_role_group()"
)
