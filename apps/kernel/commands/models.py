"""Actions, their row images, what undid what, and the shapes of the tables they touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedTextField
from apps.kernel.tenancy.columns import OrganizationColumn, OwnerColumn
from apps.kernel.tenancy.scope import ActorKind
from apps.kernel.tenancy.wall import APP_ROLE

if TYPE_CHECKING:
    NumberField = models.Field[int, int]
else:
    NumberField = models.Field


class TransactionIdField(NumberField):
    """PostgreSQL's `xid8`: written by the database only, never by the app role."""

    def db_type(self, connection: Any) -> str:
        """The column type."""
        return "xid8"


class IdentityField(NumberField):
    """A bigint that the database numbers."""

    def db_type(self, connection: Any) -> str:
        """The column type."""
        return "bigint GENERATED ALWAYS AS IDENTITY"


OUTERMOST = models.Q(parent_id__isnull=True)


def _outermost_by(column: str) -> models.Index:
    """An index for the list of outermost actions with one value in the column, newest first."""
    name = f"action_{column.removesuffix('_id')}"
    return models.Index(fields=["tenant_id", column, "created_at", "id"], condition=OUTERMOST, name=name)


class Action(TenantModel):
    """One command that ran: who, what, where from. Written with its effect in one transaction.

    The app role inserts every column but `txid`, and fills in the resource while the transaction runs;
    it can change nothing afterwards.
    """

    entity_id = "kernel.action"
    audited = False
    unaudited_reason = "It is the audit."
    app_grants: ClassVar[tuple[str, ...]] = (
        "SELECT",
        "INSERT (id, tenant_id, created_at, updated_at, organization_id, command, actor_kind, actor_id, actor_label,"
        " on_behalf_of, input, source, reason, correlation_id, parent_id, loads, resource_entity,"
        " resource_id, resource_label, organizations)",
        "UPDATE (resource_entity, resource_id, resource_label, organizations)",
    )
    extra_policies: ClassVar[tuple[tuple[str, str], ...]] = (
        # The owner is not held by it: `erasing.py` blanks what an action says about a person who is erased.
        ("same_transaction", f"AS RESTRICTIVE FOR UPDATE TO {APP_ROLE} USING (txid = pg_current_xact_id())"),
    )
    referenced = False

    organization_id = OwnerColumn(null=True)
    command = models.TextField(_("command"))
    actor_kind = models.TextField(_("kind of actor"))
    actor_id = models.UUIDField(null=True)
    actor_label = models.TextField(_("who"))
    on_behalf_of = models.UUIDField(null=True)
    input = models.JSONField(_("input"), default=dict)
    source = models.TextField(_("where from"))
    reason = models.TextField(_("reason"), default="")
    correlation_id = models.UUIDField()
    parent_id = models.UUIDField(null=True)
    loads = ArrayField(models.TextField(), default=list)
    resource_entity = models.TextField(_("kind of record"), default="")
    resource_id = models.UUIDField(null=True)
    resource_label = models.TextField(_("record"), default="")
    organizations = ArrayField(models.UUIDField(), default=list)
    txid = TransactionIdField(db_default=models.Func(function="pg_current_xact_id"))

    class Meta:
        db_table = "action"
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="action_time"),
            models.Index(fields=["tenant_id", "resource_id", "id"], name="action_resource"),
            models.Index(fields=["tenant_id", "actor_id", "created_at", "id"], name="action_actor"),
            models.Index(fields=["parent_id"], name="action_parent", condition=models.Q(parent_id__isnull=False)),
            models.Index(fields=["tenant_id", "correlation_id"], name="action_correlation"),
            *(_outermost_by(column) for column in ("resource_entity", "organization_id", "actor_kind", "source")),
            models.Index(
                fields=["tenant_id", "command", "created_at", "id"],
                opclasses=["uuid_ops", "text_pattern_ops", "timestamptz_ops", "uuid_ops"],  # for the start of an id
                condition=OUTERMOST,
                name="action_command",
            ),
        ]

    def __str__(self) -> str:
        """Name the record that it was about: an undo, which is about an action, shows the same."""
        return self.resource_label or self.command

    @property
    def who(self) -> str:
        """Who did it, in words: the name at the time; a label of the system's own is for programs."""
        return str(_("the house")) if self.actor_kind == ActorKind.SYSTEM else self.actor_label


class RowImage(TenantModel):
    """Before and after of one row touched by one statement of one action. The app role can only read."""

    audited = False
    unaudited_reason = "It is the audit."
    app_grants = ("SELECT",)
    referenced = False
    id = None  # type: ignore[assignment]  # the key is (action, number)
    updated_at = None  # type: ignore[assignment]  # an image never changes
    created_at = None  # type: ignore[assignment]  # its action has the time

    pk = models.CompositePrimaryKey("action_id", "seq")
    action_id = models.UUIDField()
    seq = IdentityField(editable=False)
    organization_id = OwnerColumn(null=True)
    stmt = models.BigIntegerField()
    table_name = models.TextField()
    row_id = models.UUIDField()
    operation = models.CharField(max_length=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    fingerprint = models.TextField()

    class Meta:
        db_table = "row_image"
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["row_id", "seq"], name="row_image_row"),
            # Finds deleted rows by what they pointed to.
            GinIndex(
                fields=["before"],
                opclasses=["jsonb_path_ops"],
                condition=models.Q(operation="D"),
                name="row_image_gone",
            ),
        ]


class ActionUndo(TenantModel):
    """`undo_id` is the action that took `action_id` back; an action counts unless one that counts undid it."""

    audited = False
    unaudited_reason = "It is the audit."
    app_grants = ("SELECT", "INSERT")
    referenced = False
    updated_at = None  # type: ignore[assignment]  # it never changes

    action_id = models.UUIDField()
    undo_id = models.UUIDField()

    class Meta:
        db_table = "action_undo"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "undo_id", "action_id"], name="action_undo_once")
        ]
        indexes: ClassVar = [models.Index(fields=["action_id"], name="action_undo_action")]


class IdempotencyRecord(TenantModel):
    """The answer to a request that carried an Idempotency-Key, for a day.

    `record` may hold what the record's own row keeps encrypted, so it is encrypted too.
    """

    audited = False
    unaudited_reason = "It is a cache of answers; the command itself is audited."
    referenced = False

    digest = models.BinaryField()
    request = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    record = EncryptedTextField(null=True)  # JSON as it was sent, fields in their order
    is_secret = models.BooleanField(default=False)
    done_by = models.UUIDField(null=True)  # the action

    class Meta:
        db_table = "idempotency_record"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="idempotency_record_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "created_at"], name="idempotency_record_age")]


class Erasure(TenantModel):
    """The proof that a person was erased: who did it why (its action), and how many rows of which table went.

    `label` is what the person is called since, `files` are the names in the storage that have to go. The app role
    writes it once; the database fills in `counts` while it erases the history, and nobody changes it afterwards.
    """

    entity_id = "kernel.erasure"
    audited = False
    unaudited_reason = "It is itself the record of what was erased, and never changes."
    app_grants = ("SELECT", "INSERT")
    referenced = False
    updated_at = None  # type: ignore[assignment]  # it never changes

    organization_id = OrganizationColumn()
    action_id = models.UUIDField(_("change"))
    subject_entity = models.TextField(_("kind of record"))
    subject_id = models.UUIDField(_("record"))
    label = models.TextField(_("called since"))
    reason = models.TextField(_("reason"))
    counts = models.JSONField(_("erased rows"), default=dict)
    files = models.JSONField(default=list)

    class Meta:
        db_table = "erasure"
        verbose_name = _("erasure certificate")
        verbose_name_plural = _("erasure certificates")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "subject_id"], name="erasure_once")]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "created_at", "id"], name="erasure_time")]

    def __str__(self) -> str:
        """What the person is called since."""
        return self.label


class TableShape(models.Model):
    """Columns that an audited table had: `fingerprint` stands in each image taken then."""

    global_reason: ClassVar[str] = "describes tables, holds no tenant's data"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT",)

    table_name = models.TextField()
    fingerprint = models.TextField()
    columns = models.JSONField()

    class Meta:
        db_table = "table_shape"
        constraints: ClassVar = [models.UniqueConstraint(fields=["table_name", "fingerprint"], name="table_shape_once")]
