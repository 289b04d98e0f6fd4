"""Shapes of users, their lists of grants and their devices in the REST interface. No shape shows a password."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.auth.api.serializers.sessions import LONGEST_ADDRESS, AddressField, secret_field
from apps.auth.models import LoginState, User, UserRole
from apps.auth.selectors import passes_every_check
from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

MOST_ROLES = 100
MOST_FEATURES = 1000
MOST_ORGANIZATIONS = 1000
LONGEST_GRANT = 200
FACTS = "shown_facts"
USER_FIELDS = (
    "id",
    "name",
    "email",
    "roles",
    "home_organization_id",
    "is_active",
    "is_confirmed",
    "is_super_admin",
    "locale",
    "time_zone",
    "last_login_at",
    "version",
    "created_at",
    "updated_at",
)


def grants_options() -> dict[str, Any]:
    """Options of a field for features and wildcards, as they are."""
    child = StrictCharField(max_length=LONGEST_GRANT)
    return {"child": child, "max_length": MOST_FEATURES, "allow_empty": True, "required": False}


def organizations_options() -> dict[str, Any]:
    """Options of a field for organizations; null is every one, an empty list none."""
    sizes = {"max_length": MOST_ORGANIZATIONS, "allow_empty": True, "allow_null": True, "required": False}
    return {"child": StrictUUIDField(), **sizes}


def grants_field() -> serializers.ListField:
    """A list of features and wildcards."""
    return serializers.ListField(**grants_options())


def organizations_field() -> serializers.ListField:
    """A list of organizations."""
    return serializers.ListField(**organizations_options())


class UserPage(serializers.ListSerializer[Any]):
    """Several users: what is shown beside their columns is fetched for all of them at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """The records."""
        users: list[User] = list(data)
        fetch_facts(users)
        return super().to_representation(users)


class RoleIds(serializers.ListField):
    """Ids of roles."""

    def get_attribute(self, instance: User) -> list[str]:
        """Ids of the user's roles, by the roles' names."""
        return [str(role_id) for role_id in _facts(instance)["roles"]]


class UserSerializer(StrictModelSerializer):
    """One user."""

    email = AddressField(max_length=LONGEST_ADDRESS)
    roles = RoleIds(child=StrictUUIDField(), required=False, max_length=MOST_ROLES, allow_empty=True)
    is_super_admin = serializers.SerializerMethodField()
    last_login_at = serializers.SerializerMethodField()

    class Meta:
        model = User
        list_serializer_class = UserPage
        fields: tuple[str, ...] = USER_FIELDS
        extra_kwargs = {
            "home_organization_id": {"required": False},
            "is_active": {"required": False},
            "is_confirmed": {"required": False},
            "locale": {"required": False},
            "time_zone": {"required": False},
        }

    def get_is_super_admin(self, user: User) -> bool:
        """Whether they pass every check."""
        return bool(_facts(user)["is_super_admin"])

    def get_last_login_at(self, user: User) -> str | None:
        """When they last signed in."""
        moment = _facts(user)["last_login"]
        return None if moment is None else str(serializers.DateTimeField().to_representation(moment))


class NewUserSerializer(UserSerializer):
    """A new user; without a password nobody can log in as them yet."""

    password = secret_field()

    class Meta(UserSerializer.Meta):
        fields = (*USER_FIELDS, "password")

    def get_fields(self) -> dict[str, Any]:
        """A password may be left out."""
        found = super().get_fields()
        found["password"].required = False
        return found


class PasswordSerializer(StrictSerializer):
    """A new password for somebody."""

    password = secret_field()


class UserAclSerializer(StrictSerializer):
    """A user's own list; what is left out is empty, and without anything there is no list."""

    features = grants_field()
    denied_features = grants_field()
    is_super_admin = StrictBooleanField(required=False)
    organization_ids = organizations_field()


def fetch_facts(users: list[User]) -> None:
    """Attach to each user what is shown beside their columns; three queries."""
    ids = [user.pk for user in users]
    roles: dict[Any, list[Any]] = {pk: [] for pk in ids}
    held = UserRole.objects.filter(user_id__in=ids).order_by("role__name", "role_id")
    for user_id, role_id in held.values_list("user_id", "role_id"):
        roles[user_id].append(role_id)
    mighty = set(User.objects.filter(passes_every_check(), pk__in=ids).values_list("pk", flat=True))
    seen = dict(LoginState.objects.filter(pk__in=ids).values_list("pk", "last_login"))
    for user in users:
        facts = {"roles": roles[user.pk], "is_super_admin": user.pk in mighty, "last_login": seen.get(user.pk)}
        setattr(user, FACTS, facts)


def _facts(user: User) -> dict[str, Any]:
    if not hasattr(user, FACTS):
        fetch_facts([user])
    facts: dict[str, Any] = getattr(user, FACTS)
    return facts
