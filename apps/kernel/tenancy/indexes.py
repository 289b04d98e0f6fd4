"""Triggers that keep the global indexes in step with the rows, undo and raw SQL included."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from apps.kernel.tenancy.operations import DatabaseOnly

# A row counts while it is not soft-deleted and its column is not empty. Arguments: kind, column.
KEEP_CREDENTIAL = r"""
CREATE OR REPLACE FUNCTION keep_credential() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    former text := CASE WHEN was ->> 'deleted_at' IS NULL THEN was ->> TG_ARGV[1] END;
    current text := CASE WHEN now ->> 'deleted_at' IS NULL THEN now ->> TG_ARGV[1] END;
BEGIN
    IF former IS NOT DISTINCT FROM current THEN RETURN NULL; END IF;
    IF former IS NOT NULL THEN
        DELETE FROM credential_index
        WHERE kind = TG_ARGV[0] AND subject_id = (was ->> 'id')::uuid AND tenant_id = (was ->> 'tenant_id')::uuid;
    END IF;
    IF current IS NOT NULL THEN
        INSERT INTO credential_index (kind, digest, tenant_id, subject_id)
        VALUES (TG_ARGV[0], current::bytea, (now ->> 'tenant_id')::uuid, (now ->> 'id')::uuid);
    END IF;
    RETURN NULL;
END $$
"""
KEEP_HANDLE = r"""
CREATE OR REPLACE FUNCTION keep_handle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    former text := CASE WHEN was ->> 'deleted_at' IS NULL THEN was ->> TG_ARGV[1] END;
    current text := CASE WHEN now ->> 'deleted_at' IS NULL THEN now ->> TG_ARGV[1] END;
BEGIN
    IF former IS NOT DISTINCT FROM current THEN RETURN NULL; END IF;
    IF former IS NOT NULL THEN
        DELETE FROM handle_index WHERE kind = TG_ARGV[0] AND value = former
        AND organization_id = (was ->> 'id')::uuid;
    END IF;
    IF current IS NOT NULL THEN
        INSERT INTO handle_index (kind, value, tenant_id, organization_id)
        VALUES (TG_ARGV[0], current, (now ->> 'tenant_id')::uuid, (now ->> 'id')::uuid);
    END IF;
    RETURN NULL;
END $$
"""


class _KeepIndex(DatabaseOnly):
    function = ""

    def __init__(self, model: str, kind: str, column: str) -> None:
        self.model = model
        self.kind = kind
        self.column = column

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the trigger."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(
            f'CREATE TRIGGER keep_{self.kind} AFTER INSERT OR UPDATE OR DELETE ON "{table}"'
            f" FOR EACH ROW EXECUTE FUNCTION {self.function}('{self.kind}', '{self.column}')"
        )

    def describe(self) -> str:
        """What `migrate` prints."""
        return f"Keep the {self.kind} index of {self.model}"


class KeepCredential(_KeepIndex):
    """Have the database keep `credential_index` in step with a digest column."""

    function = "keep_credential"


class KeepHandle(_KeepIndex):
    """Have the database keep `handle_index` in step with a column."""

    function = "keep_handle"
