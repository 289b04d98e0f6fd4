"""SQL that makes cached access stale: any change of users, roles or grants counts the tenant's version up."""

from __future__ import annotations

TABLES = ("staff_user", "staff_role", "staff_role_acl", "staff_user_acl", "staff_user_role")

BUMP_ACCESS_VERSION = r"""
CREATE OR REPLACE FUNCTION bump_access_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO staff_access_version (tenant_id, version)
    VALUES (nullif(current_setting('app.tenant_id', true), '')::uuid, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET version = staff_access_version.version + 1;
    RETURN NULL;
END $$
"""
KEY_TABLES = ("staff_api_key", "staff_api_key_role")


def triggers(*tables: str) -> tuple[str, ...]:
    """Statements that let changes of the tables count the version up."""
    return tuple(
        f"CREATE TRIGGER bump_access_version AFTER INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION bump_access_version()"
        for table in tables
    )


TRIGGERS = triggers(*TABLES)
