"""SQL of the database wall: row-level security, composite keys, image triggers and grants of one table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from django.db import models

APP_ROLE = "agora_app"
OWNER_ROLE = "agora_owner"
KEEP_KNOWN = "keep_known"
ALL_GRANTS = ("SELECT", "INSERT", "UPDATE", "DELETE")

TENANT_TEST = "{column} = NULLIF(current_setting('app.tenant_id', true), '')::uuid"
# A hashed subplan: read once a query, and the planner does not mistake it for a very selective condition, as it
# does with `= ANY(array from a sub-select)`. docs/decisions/0005-organization-policy.md has the figures.
ORGANIZATION_TEST = (
    "organization_id IN (SELECT unnest(string_to_array(current_setting('app.orgs', true), ',')::uuid[]))"
)


@dataclass(frozen=True, slots=True)
class ForeignKeyWall:
    """One composite key `(tenant_id, column)` to `(tenant_id, id)` of `target`."""

    column: str
    target: str


@dataclass(frozen=True, slots=True)
class TableWall:
    """Everything that the database must know about one table; the shape of `wall_of`."""

    table: str
    tenant_scoped: bool
    organization: str  # "", "required" or "optional": a row without organization is the tenant's own
    audited: bool
    bulk_loadable: bool
    referenced: bool
    tenant_column: str
    encrypted: tuple[str, ...]
    grants: tuple[str, ...]
    closed_only: bool = False  # rows are neither deleted nor changed, but for the one end of what they know
    generated: tuple[str, ...] = ()  # columns that the database reckons from others
    remembered: tuple[str, ...] = ()  # columns whose former values are kept
    remembered_by: str = "id"
    soft_deleted: bool = False
    keys: tuple[ForeignKeyWall, ...] = field(default=())
    extra_policies: tuple[tuple[str, str], ...] = field(default=())

    @property
    def policies(self) -> tuple[tuple[str, str], ...]:
        """Name and SQL of each policy."""
        if not self.tenant_scoped:
            return ()
        test = TENANT_TEST.format(column=self.tenant_column)
        rules = [("tenant_wall", f"AS PERMISSIVE FOR ALL USING ({test}) WITH CHECK ({test})")]
        if self.organization:
            test = ORGANIZATION_TEST
            if self.organization == "optional":
                test = f"organization_id IS NULL OR {test}"
            rules.append(("organization_wall", f"AS RESTRICTIVE FOR ALL USING ({test}) WITH CHECK ({test})"))
        return (*rules, *self.extra_policies)


def wall_of(model: type[models.Model]) -> TableWall:
    """Derive the wall of a model from its columns and its class attributes."""
    columns = {item.column: item for item in model._meta.local_concrete_fields}
    owned = "tenant_id" in columns and not getattr(model, "global_reason", "")
    organization = columns.get("organization_id") if owned else None
    kind = "" if organization is None else ("optional" if organization.null else "required")
    return TableWall(
        table=model._meta.db_table,
        tenant_scoped=owned,
        organization=kind,
        audited=bool(getattr(model, "audited", False)),
        bulk_loadable=bool(getattr(model, "bulk_loadable", False)),
        referenced=owned and bool(getattr(model, "referenced", True)),
        tenant_column="tenant_id" if "tenant_id" in columns else "id",
        encrypted=tuple(sorted(str(c) for c, item in columns.items() if getattr(item, "encrypted", False))),
        grants=tuple(getattr(model, "app_grants", ALL_GRANTS)),
        closed_only=getattr(model, "undo", "") == "close",
        generated=tuple(sorted(str(c) for c, item in columns.items() if getattr(item, "generated", False))),
        remembered=tuple(getattr(model, "remembered", ())),
        remembered_by=str(getattr(model, "remembered_by", "id")),
        soft_deleted="deleted_at" in columns,
        keys=_keys_of(model),
        extra_policies=tuple(getattr(model, "extra_policies", ())),
    )


def _keys_of(model: type[models.Model]) -> tuple[ForeignKeyWall, ...]:
    if "tenant_id" not in {item.column for item in model._meta.local_concrete_fields}:
        return ()
    return tuple(
        ForeignKeyWall(str(item.column), item.related_model._meta.db_table)
        for item in model._meta.local_concrete_fields
        if isinstance(item, models.ForeignKey) and is_walled(item.related_model)
    )


def only_columns(wall: TableWall, columns: set[str]) -> TableWall:
    """The wall without keys and encrypted columns that a later migration adds."""
    return replace(
        wall,
        keys=tuple(key for key in wall.keys if key.column in columns),
        encrypted=tuple(column for column in wall.encrypted if column in columns),
    )


def is_walled(model: type[models.Model]) -> bool:
    """Say whether rows of the model carry a `tenant_id`."""
    return any(item.column == "tenant_id" for item in model._meta.local_concrete_fields)


def key_name(table: str, column: str) -> str:
    """Name of the composite key, within PostgreSQL's 63 bytes."""
    name = f"{table}_{column}_tenant_fk"
    if len(name) <= 63:
        return name
    return f"{table[:30]}_{hashlib.sha256(name.encode()).hexdigest()[:16]}_tenant_fk"


def build_statements(wall: TableWall) -> list[str]:
    """SQL that raises the wall around a new table."""
    statements = [*_grants(wall)]
    if wall.referenced:
        statements.append(
            f'ALTER TABLE "{wall.table}" ADD CONSTRAINT "{wall.table[:50]}_tenant_uniq" UNIQUE (tenant_id, id)'
        )
    if wall.tenant_scoped:
        statements.append(f'ALTER TABLE "{wall.table}" ENABLE ROW LEVEL SECURITY')
        statements.append(f'ALTER TABLE "{wall.table}" FORCE ROW LEVEL SECURITY')
    statements += [f'CREATE POLICY {name} ON "{wall.table}" {rule}' for name, rule in wall.policies]
    if wall.closed_only:
        arguments = ", ".join(f"'{column}'" for column in wall.generated)
        statements.append(
            f'CREATE TRIGGER {KEEP_KNOWN} BEFORE UPDATE OR DELETE ON "{wall.table}"'
            f" FOR EACH ROW EXECUTE FUNCTION keep_known({arguments})"
        )
    return statements


def _grants(wall: TableWall) -> list[str]:
    revoke = f'REVOKE ALL ON "{wall.table}" FROM {APP_ROLE}'
    if not wall.grants:
        return [revoke]
    return [revoke, f'GRANT {", ".join(wall.grants)} ON "{wall.table}" TO {APP_ROLE}']


def key_statements(wall: TableWall) -> list[str]:
    """SQL that adds the composite keys; checked at the end of each statement, deferrable for undo."""
    return [
        f'ALTER TABLE "{wall.table}" ADD CONSTRAINT "{key_name(wall.table, key.column)}"'
        f' FOREIGN KEY (tenant_id, "{key.column}") REFERENCES "{key.target}" (tenant_id, id)'
        " DEFERRABLE INITIALLY IMMEDIATE"
        for key in wall.keys
    ]


def trigger_statements(wall: TableWall, fingerprint: str) -> list[str]:
    """SQL of the three image triggers; run again whenever the shape of the table changes."""
    if not wall.audited:
        return []
    arguments = ", ".join(
        f"'{item}'"
        for item in (
            wall.tenant_column,
            fingerprint,
            ",".join(wall.encrypted),
            "load" if wall.bulk_loadable else "",
        )
    )
    tables = {
        "insert": "NEW TABLE AS new_rows",
        "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "OLD TABLE AS old_rows",
    }
    return [
        f'CREATE OR REPLACE TRIGGER row_images_{event} AFTER {event.upper()} ON "{wall.table}"'
        f" REFERENCING {transition} FOR EACH STATEMENT EXECUTE FUNCTION capture_images({arguments})"
        for event, transition in tables.items()
    ]
