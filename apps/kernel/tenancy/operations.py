"""Migration operations that raise the wall, and that write data with the owner's hands tied as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from apps.kernel.tenancy.shapes import sync_shape
from apps.kernel.tenancy.wall import build_statements, key_name, key_statements, only_columns, wall_of


class DatabaseOnly(Operation):
    """An operation that changes the database and not the model state."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the state as it is."""

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Do nothing: the table itself goes with its own operation."""


class TenantTable(DatabaseOnly):
    """Raise the wall around a model's table: policies, grants, composite keys, image triggers."""

    def __init__(self, model: str) -> None:
        self.model = model

    def describe(self) -> str:
        """What `migrate` prints."""
        return f"Raise the tenant wall around {self.model}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Run the statements of the wall as the code has it today, for the columns that are there by now."""
        wall = wall_of(current_model(app_label, self.model))
        fields = to_state.apps.get_model(app_label, self.model)._meta.local_concrete_fields
        wall = only_columns(wall, {field.column for field in fields})
        for statement in (*build_statements(wall), *key_statements(wall)):
            schema_editor.execute(statement, None)
        sync_shape(schema_editor.connection, wall)


class GlobalTable(TenantTable):
    """Give the app role exactly the listed grants on a table that belongs to no tenant."""

    def describe(self) -> str:
        """What `migrate` prints."""
        return f"Set the grants of {self.model}"


class RunStatements(DatabaseOnly):
    """Run SQL as the owner, who sees no tenant's rows unless the wall is lowered: functions, triggers, grants."""

    def __init__(self, *statements: str) -> None:
        self.statements = statements

    def describe(self) -> str:
        """What `migrate` prints."""
        return "Create functions and triggers"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Run them in order."""
        for statement in self.statements:
            schema_editor.execute(statement, None)


class AddTenantForeignKey(DatabaseOnly):
    """Add the composite key of a column that came later, validating the rows that are there.

    The owner too is under FORCE row-level security, which would hide every row from the validation:
    FORCE is lifted from both tables for the length of the statement, inside the migration's transaction.
    """

    def __init__(self, model: str, field: str) -> None:
        self.model = model
        self.field = field

    def describe(self) -> str:
        """What `migrate` prints."""
        return f"Add the tenant key {self.model}.{self.field}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Add the key of this one field."""
        model = current_model(app_label, self.model)
        column = model._meta.get_field(self.field).column
        wall = wall_of(model)
        [key] = [item for item in wall.keys if item.column == column]
        tables = sorted({wall.table, key.target})
        for table in tables:
            schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        name = f'"{key_name(wall.table, column)}"'
        schema_editor.execute(next(item for item in key_statements(wall) if name in item))
        for table in tables:
            schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


class ForEachTenant(DatabaseOnly):
    """Run `change(apps, tenant_id)` once in each tenant's scope; `reason` is stored with the action.

    A bare RunPython would silently change nothing, because the owner sees no tenant's rows.
    """

    reduces_to_sql = False

    def __init__(self, change: Callable[[Any, UUID], None], reason: str) -> None:
        self.change = change
        self.reason = reason

    def describe(self) -> str:
        """What `migrate` prints."""
        return f"For each tenant: {self.reason}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Open each tenant's scope and one action in it, and run the change."""
        from apps.kernel.commands.migrating import change_each_tenant  # noqa: PLC0415 - the command room needs models

        change_each_tenant(schema_editor.connection, lambda tenant: self.change(from_state.apps, tenant), self.reason)


def current_model(app_label: str, name: str) -> Any:
    """The model class of today: its class attributes say what the wall must be."""
    from django.apps import apps  # noqa: PLC0415 - migrations are imported while apps load

    return apps.get_model(app_label, name)
