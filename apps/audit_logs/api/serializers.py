"""Shapes of actions, diffs, undo plans and reads in the REST interface."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.audit_logs.models import ReadAccess
from apps.kernel.api.serializers import StrictBooleanField, StrictModelSerializer, StrictSerializer
from apps.kernel.commands.history.fields import FieldDiff
from apps.kernel.commands.history.wording import NOTHING, command_words, conflict_words
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.plan import undone_actions


class ActionListSerializer(serializers.ListSerializer[Any]):
    """Actions of one page: which of them are undone is asked once."""

    def to_representation(self, data: Any) -> Any:
        """The records."""
        rows = list(data)
        undone = undone_actions([row.pk for row in rows]) if rows else set()
        for row in rows:
            row.is_undone = row.pk in undone
        return super().to_representation(rows)


class ActionSerializer(StrictModelSerializer):
    """One action. `title` says in words what was done, `is_undone` whether it counts no longer."""

    title = serializers.SerializerMethodField()
    is_undone = serializers.SerializerMethodField()

    class Meta:
        model = Action
        list_serializer_class = ActionListSerializer
        fields = (
            "id",
            "created_at",
            "command",
            "title",
            "actor_kind",
            "actor_id",
            "actor_label",
            "on_behalf_of",
            "source",
            "reason",
            "correlation_id",
            "parent_id",
            "organization_id",
            "resource_entity",
            "resource_id",
            "resource_label",
            "is_undone",
        )
        read_only_fields = fields

    def get_title(self, action: Action) -> str:
        """The command in words."""
        return command_words(action.command)

    def get_is_undone(self, action: Any) -> bool:
        """As the page has found out, or asked for this one."""
        known: bool | None = getattr(action, "is_undone", None)
        return bool(undone_actions([action.pk])) if known is None else known


class FieldChangeSerializer(serializers.Serializer[Any]):
    """One field of a diff: both values in words, null for none. Of a hidden one only the change is told."""

    field = serializers.CharField(source="name")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    is_hidden = serializers.BooleanField()

    def get_before(self, diff: FieldDiff) -> str | None:
        """The value as it was."""
        return _shown(diff, diff.old)

    def get_after(self, diff: FieldDiff) -> str | None:
        """The value as it became."""
        return _shown(diff, diff.new)


def _shown(diff: FieldDiff, text: str) -> str | None:
    return None if diff.is_hidden or text == NOTHING else text


class RowChangeSerializer(serializers.Serializer[Any]):
    """One row of a diff. `operation` is `created`, `changed`, `deleted` or `restored`."""

    entity = serializers.CharField()
    kind = serializers.CharField()
    id = serializers.UUIDField(source="row_id")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    operation = serializers.CharField(source="happened")

    def get_fields(self) -> dict[str, Any]:
        """With `fields`, which cannot be declared: a serializer has an attribute of that name."""
        return {**super().get_fields(), "fields": FieldChangeSerializer(many=True)}


class ReasonSerializer(serializers.Serializer[Any]):
    """Why something cannot be done; `feature` is what the caller lacks, if that is why."""

    code = serializers.CharField()
    message = serializers.CharField()
    feature = serializers.CharField()


class UndoerSerializer(serializers.Serializer[Any]):
    """The undo that counts."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    actor_id = serializers.UUIDField(allow_null=True)
    actor_label = serializers.CharField()


class UndoStateSerializer(serializers.Serializer[Any]):
    """Whether the action counts, and what the caller may do about it; the plan knows what stands in the way."""

    is_undone = serializers.BooleanField()
    undone_by = UndoerSerializer(allow_null=True)
    is_undoable = serializers.BooleanField()
    reason = ReasonSerializer(source="obstacle", allow_null=True)
    is_redoable = serializers.BooleanField()


class DetailSerializer(serializers.Serializer[Any]):
    """What the detail of an action shows beyond the list."""

    input = serializers.JSONField(source="action.input")
    undo = UndoStateSerializer(source="state")
    undoes = serializers.ListField(child=serializers.UUIDField())
    changes = RowChangeSerializer(source="diff.rows", many=True)
    more_changes = serializers.IntegerField(source="diff.more")
    children = ActionSerializer(many=True)


class ActionAnswer(DetailSerializer, ActionSerializer):
    """One action with all that belongs to it."""

    class Meta(ActionSerializer.Meta):
        ref_name = "ActionDetail"
        fields: Any = (*ActionSerializer.Meta.fields, "input", "undo", "undoes", "changes", "more_changes", "children")


class HistoryAnswer(ActionSerializer):
    """One action, and what it did to the record."""

    changes = RowChangeSerializer(many=True)

    class Meta(ActionSerializer.Meta):
        ref_name = "RecordHistory"
        fields: Any = (*ActionSerializer.Meta.fields, "changes")


class ConflictSerializer(serializers.Serializer[Any]):
    """A row in the way. `reason` is `changed`, `missing`, `present`, `referenced`, `known` or `gone`."""

    entity = serializers.CharField()
    id = serializers.UUIDField(source="row_id")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    reason = serializers.CharField()
    message = serializers.SerializerMethodField()

    def get_message(self, conflict: Any) -> str:
        """The reason in words."""
        return conflict_words(conflict.reason)


class PermissionAnswer(serializers.Serializer[Any]):
    """Whether the caller's rights suffice; `feature` is what is missing, empty for nothing."""

    is_granted = serializers.BooleanField()
    feature = serializers.CharField()


class PlanSerializer(serializers.Serializer[Any]):
    """What undoing an action would do. `conflicts` and `later` are null where the caller may not undo it."""

    action = ActionSerializer()
    is_possible = serializers.SerializerMethodField()
    is_undone = serializers.SerializerMethodField()
    reason = ReasonSerializer(source="obstacle", allow_null=True)
    permission = serializers.SerializerMethodField()
    row_count = serializers.SerializerMethodField()
    rows = RowChangeSerializer(source="restored.rows", many=True)
    more_rows = serializers.IntegerField(source="restored.more")
    conflicts = serializers.SerializerMethodField()
    later = serializers.SerializerMethodField()
    can_cascade = serializers.SerializerMethodField()

    def get_is_possible(self, found: Any) -> bool:
        """Whether undo would go through as things stand."""
        return found.plan is not None and found.plan.possible

    def get_is_undone(self, found: Any) -> bool:
        """Whether it was undone already."""
        return found.plan is not None and found.plan.is_undone

    @extend_schema_field(PermissionAnswer)
    def get_permission(self, found: Any) -> dict[str, Any]:
        """Whether the caller's rights suffice, and which is missing."""
        feature = found.obstacle.feature if found.obstacle else ""
        return {"is_granted": not feature, "feature": feature}

    def get_row_count(self, found: Any) -> int | None:
        """How many changes of rows would be taken back."""
        return None if found.plan is None else found.plan.row_count

    @extend_schema_field(ConflictSerializer(many=True, allow_null=True))
    def get_conflicts(self, found: Any) -> list[Any] | None:
        """Rows in the way, at most a hundred."""
        return None if found.plan is None else list(ConflictSerializer(found.conflicts, many=True).data)

    @extend_schema_field(ActionSerializer(many=True, allow_null=True))
    def get_later(self, found: Any) -> list[Any] | None:
        """Later actions that would have to be undone first, newest first."""
        return None if found.plan is None else list(ActionSerializer(found.later, many=True).data)

    def get_can_cascade(self, found: Any) -> bool:
        """Whether `cascade` would undo the later ones as well."""
        plan = found.plan
        return plan is not None and bool(plan.conflicts and plan.later) and not (plan.refusal or plan.is_undone)


class CascadeSerializer(StrictSerializer):
    """How to undo: `cascade` takes back the later actions in the way first."""

    cascade = StrictBooleanField(required=False, default=False)


class ReadAccessSerializer(StrictModelSerializer):
    """One read of sensitive records."""

    record_ids = serializers.JSONField(read_only=True)

    class Meta:
        model: type[Model] = ReadAccess
        fields = (
            "id",
            "created_at",
            "actor_kind",
            "actor_id",
            "actor_label",
            "entity",
            "record_ids",
            "how",
            "organization_ids",
            "correlation_id",
        )
        read_only_fields = fields
