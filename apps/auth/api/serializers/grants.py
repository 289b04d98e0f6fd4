"""Shapes of grants on single records, and of questions about access."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.auth.models import RoleGrant, UserGrant
from apps.kernel.access.explain import Explanation
from apps.kernel.access.objects import Level, ObjectDecision, ObjectRule
from apps.kernel.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer, StrictUUIDField

LONGEST_NAME = 128
LEVELS = [level.value for level in Level]


class RecordSerializer(StrictSerializer):
    """Which record: its kind and its id."""

    entity = StrictCharField(max_length=LONGEST_NAME)
    record_id = StrictUUIDField()


class HolderSerializer(RecordSerializer):
    """Which record, and a user or a role."""

    user_id = StrictUUIDField(required=False, allow_null=True)
    role_id = StrictUUIDField(required=False, allow_null=True)


class GrantSerializer(HolderSerializer):
    """A grant to be made; `restrict` hides the record from everybody without one."""

    level = serializers.ChoiceField(choices=LEVELS, required=False)
    restrict = StrictBooleanField(required=False)


class RevocationSerializer(HolderSerializer):
    """A grant to be taken away; `reopen` takes all away and shows the record to everybody again."""

    reopen = StrictBooleanField(required=False)


class QuestionSerializer(StrictSerializer):
    """Whether somebody (the caller by default) may do something, also on one record."""

    user_id = StrictUUIDField(required=False, allow_null=True)
    feature = StrictCharField(max_length=LONGEST_NAME)
    entity = StrictCharField(max_length=LONGEST_NAME, required=False, allow_null=True)
    record_id = StrictUUIDField(required=False, allow_null=True)

    default_error_messages: ClassVar[dict[str, Any]] = {
        **StrictSerializer.default_error_messages,
        "half": _("Name the kind of the record and its id, or neither."),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Kind and id come together."""
        if bool(attrs.get("entity")) != bool(attrs.get("record_id")):
            missing = "record_id" if attrs.get("entity") else "entity"
            text = str(self.error_messages["half"])
            raise serializers.ValidationError({missing: [serializers.ErrorDetail(text, "required")]})
        return attrs


class GrantAnswer(serializers.Serializer[Any]):
    """A grant as it stands: of a user or of a role."""

    id = serializers.UUIDField()
    entity = serializers.CharField()
    record_id = serializers.UUIDField()
    user_id = serializers.UUIDField(allow_null=True)
    role_id = serializers.UUIDField(allow_null=True)
    holder = serializers.CharField()
    level = serializers.ChoiceField(choices=LEVELS)
    created_at = serializers.DateTimeField()


class GrantsAnswer(serializers.Serializer[Any]):
    """The grants on one record."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = GrantAnswer(many=True)
    is_restricted = serializers.BooleanField()


class RestrictionAnswer(serializers.Serializer[Any]):
    """Whether a record is restricted."""

    entity = serializers.CharField()
    record_id = serializers.UUIDField()
    is_restricted = serializers.BooleanField()


class ReachSerializer(serializers.Serializer[Any]):
    """A grant that reaches the one who was asked about."""

    level = serializers.ChoiceField(choices=LEVELS)
    through = serializers.CharField()


class RecordDecision(serializers.Serializer[Any]):
    """The decision about the record."""

    rule = serializers.ChoiceField(choices=[rule.value for rule in ObjectRule])
    needs = serializers.ChoiceField(choices=LEVELS)
    level = serializers.ChoiceField(choices=LEVELS, allow_null=True)
    grants = ReachSerializer(many=True)


class ExplanationAnswer(serializers.Serializer[Any]):
    """A decision, in data for programs and in words for people."""

    allowed = serializers.BooleanField()
    actor = serializers.CharField()
    feature = serializers.CharField()
    rule = serializers.ChoiceField(choices=["super_admin", "denied", "granted", "not_granted"])
    grant = serializers.CharField(allow_null=True)
    through = serializers.CharField()
    record = RecordDecision(allow_null=True)
    explanation = serializers.CharField()


def shown_grant(grant: UserGrant | RoleGrant, entity: str) -> dict[str, Any]:
    """A grant as JSON."""
    role, user = (grant.role, None) if isinstance(grant, RoleGrant) else (None, grant.user)
    facts = {
        "id": grant.pk,
        "entity": entity,
        "record_id": grant.object_pk,
        "user_id": user and user.pk,
        "role_id": role and role.pk,
        "holder": str(role or user),
        "level": grant.level.value,
        "created_at": grant.created_at,
    }
    return dict(GrantAnswer(facts).data)


def shown_explanation(said: Explanation) -> dict[str, Any]:
    """An explanation as JSON."""
    facts = {
        "allowed": said.allowed,
        "actor": said.actor,
        "feature": said.feature,
        "rule": said.decision.rule,
        "grant": said.decision.grant,
        "through": said.decision.source,
        "record": said.record and _shown_record(said.record, needs=said.level),
        "explanation": str(said),
    }
    return dict(ExplanationAnswer(facts).data)


def _shown_record(record: ObjectDecision, *, needs: Level) -> dict[str, Any]:
    return {
        "rule": record.rule.value,
        "needs": needs.value,
        "level": record.level and record.level.value,
        "grants": [{"level": grant.level.value, "through": grant.source} for grant in record.grants],
    }
