"""Shapes of log-in, sessions and passwords in the REST interface."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.auth.models import Session, User
from apps.kernel.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer

LONGEST_ADDRESS = 254
# Far above what a password may have: whoever sends more gets the answer of a wrong one, up to here.
LONGEST_SECRET = 1024
MOST_FEATURES = 50
LONGEST_FEATURE = 128


def secret_field() -> StrictCharField:
    """A text that is taken as it is, blanks included, and never shown."""
    return StrictCharField(max_length=LONGEST_SECRET, trim_whitespace=False, write_only=True)


@extend_schema_field({"type": "string", "format": "email", "maxLength": LONGEST_ADDRESS})
class AddressField(StrictCharField):
    """An e-mail address; whoever takes it looks at its form."""


class AddressSerializer(StrictSerializer):
    """An e-mail address, and the tenant (id or handle) where it works for several."""

    email = AddressField(max_length=LONGEST_ADDRESS)
    tenant = StrictCharField(max_length=LONGEST_ADDRESS, required=False, allow_null=True, allow_blank=True)

    def validate_email(self, value: str) -> str:
        """Refuse what has not the form of an address; this says nothing about any account."""
        return str(serializers.EmailField().run_validation(value))

    def validate_tenant(self, value: str | None) -> str | None:
        """An empty name is none."""
        return value or None


class ProofSerializer(AddressSerializer):
    """Address and password."""

    password = secret_field()


class LogInSerializer(ProofSerializer):
    """What somebody signs in with; `remember` asks for a session of 30 days."""

    remember = StrictBooleanField(required=False)


class LogInFormSerializer(ProofSerializer):
    """The same from a form, where a claim is `on`, `true` or `1`."""

    remember = serializers.BooleanField(required=False)


class RefreshSerializer(StrictSerializer):
    """The refresh token that is good now."""

    refresh = secret_field()


class ResetSerializer(StrictSerializer):
    """The token of the mail, and the new password."""

    token = secret_field()
    password = secret_field()


class ChangeSerializer(StrictSerializer):
    """The present password, and the new one."""

    current_password = secret_field()
    password = secret_field()


class FeaturesSerializer(StrictSerializer):
    """Features to ask about."""

    features = serializers.ListField(
        child=StrictCharField(max_length=LONGEST_FEATURE), max_length=MOST_FEATURES, allow_empty=True
    )


class UserSerializer(serializers.ModelSerializer[User]):
    """Somebody's own account."""

    class Meta:
        model = User
        ref_name = "Account"
        fields = ("id", "name", "email", "locale", "time_zone", "home_organization_id")
        read_only_fields = fields


class DeviceSerializer(serializers.ModelSerializer[Session]):
    """A signed-in device of one's own; `is_current` marks the one that asks."""

    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = (
            "id",
            "is_current",
            "device",
            "address",
            "is_remembered",
            "created_at",
            "last_used_at",
            "expires_at",
        )
        read_only_fields = fields

    def get_is_current(self, session: Session) -> bool:
        """Say whether the request came from here."""
        return bool(session.pk == self.context["current"])


class DoneAnswer(serializers.Serializer[Any]):
    """That it was done, and nothing else."""

    ok = serializers.BooleanField()


class TokensAnswer(serializers.Serializer[Any]):
    """A session's tokens; `expires_in` is in seconds, of the access token."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_in = serializers.IntegerField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    user = UserSerializer()


class TenantAnswer(serializers.Serializer[Any]):
    """The tenant that the caller works in."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class RoleAnswer(serializers.Serializer[Any]):
    """A role of the caller; `key` is null for one that the tenant made."""

    key = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class ChoiceAnswer(serializers.Serializer[Any]):
    """An organization that may be selected; `depth` is 0 at the top."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    depth = serializers.IntegerField()


class SessionAnswer(serializers.Serializer[Any]):
    """Who is signed in, where, and what they may do there."""

    user = UserSerializer()
    session = DeviceSerializer()
    is_platform_admin = serializers.BooleanField()
    tenant = TenantAnswer()
    features = serializers.ListField(child=serializers.CharField())
    roles = RoleAnswer(many=True)
    is_super_admin = serializers.BooleanField()
    organizations = ChoiceAnswer(many=True)
    organization_id = serializers.UUIDField(allow_null=True)
    organization_ids = serializers.ListField(child=serializers.UUIDField())


class DevicesAnswer(serializers.Serializer[Any]):
    """Every signed-in device, on one page."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = DeviceSerializer(many=True)


class FeatureCheckAnswer(serializers.Serializer[Any]):
    """`ok` says that all are held, `granted` which are; `user_id` is null for a key."""

    ok = serializers.BooleanField()
    granted = serializers.ListField(child=serializers.CharField())
    user_id = serializers.UUIDField(allow_null=True)
