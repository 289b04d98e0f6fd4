"""Shapes of mails, notifications and choices in the REST interface."""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)
from apps.kernel.registry.notices import LONGEST_LINK, Audience, Severity, customers, holders_of, members_of, staff
from apps.notifications.calculations import LONGEST_BODY
from apps.notifications.models import DigestEvery, Mail, Notification

MOST = 200
CLOCK: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class MailSerializer(StrictModelSerializer):
    """One mail of a list. `content` says whether there is a text: `kept`, `not_kept` (a token) or `removed` (old)."""

    class Meta:
        model = Mail
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "template",
            "about_id",
            "recipient",
            "subject",
            "content",
            "locale",
            "message_id",
            "status",
            "attempts",
            "last_error",
            "sent_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class MailDetailSerializer(MailSerializer):
    """One mail with its plain text, null where it is not kept."""

    class Meta(MailSerializer.Meta):
        fields = (*MailSerializer.Meta.fields, "text")
        read_only_fields = fields


class IdsSerializer(StrictSerializer):
    """Mails to send again."""

    ids = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=MOST)


class MailAnswers(serializers.Serializer[Any]):
    """The mails that will be sent again."""

    results = MailSerializer(many=True)


class NotificationSerializer(StrictModelSerializer):
    """One notification of the caller's own, in the language in which it was said.

    `actions` lists what may be pressed: `id`, `label`, `variant` (plain, primary, danger), `confirm` (the question
    that is asked before, or ""), `href` (a path that the button leads to; "" where it runs a command). `count` says how
    often it happened while it was unread; `is_silent` that it is not to pop up.
    """

    class Meta:
        model = Notification
        fields: tuple[str, ...] = (
            "id",
            "type",
            "severity",
            "icon",
            "title",
            "body",
            "link",
            "actions",
            "status",
            "action_taken",
            "action_result",
            "source_entity",
            "source_id",
            "source_organization_id",
            "count",
            "is_silent",
            "happened_at",
            "read_at",
            "expires_at",
            "created_at",
        )
        read_only_fields = fields


class ActSerializer(StrictSerializer):
    """Which action is pressed."""

    action_id = StrictCharField(max_length=60)


class CountAnswer(serializers.Serializer[Any]):
    """How many are unread. `count_capped`: it stops at 100."""

    count = serializers.IntegerField()
    count_capped = serializers.BooleanField()


class ChangedAnswer(serializers.Serializer[Any]):
    """How many were changed."""

    changed = serializers.IntegerField()


class NoticeSerializer(StrictSerializer):
    """Something to be said to an audience: exactly one of `user_ids`, `customer_ids`, `role`, `feature`."""

    type = StrictCharField(max_length=100, help_text="A kind that may be sent by hand, such as notifications.message.")
    user_ids = serializers.ListField(child=StrictUUIDField(), required=False, allow_empty=False, max_length=1000)
    customer_ids = serializers.ListField(child=StrictUUIDField(), required=False, allow_empty=False, max_length=1000)
    role = StrictCharField(max_length=100, required=False, help_text="A role's system key or id.")
    feature = StrictCharField(max_length=200, required=False)
    variables = serializers.DictField(child=StrictCharField(max_length=LONGEST_BODY, allow_blank=True), default=dict)
    link = StrictCharField(max_length=LONGEST_LINK, required=False, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The values with `to`, the audience."""
        named = [name for name in AUDIENCES if name in attrs]
        if len(named) != 1:
            raise serializers.ValidationError({"user_ids": [_("Name exactly one audience.")]}, code="audience")
        return {
            "type_id": attrs["type"],
            "variables": attrs["variables"],
            "link": attrs["link"],
            "to": AUDIENCES[named[0]](attrs[named[0]]),
        }


def _users(ids: list[Any]) -> Audience:
    return staff(*ids)


def _customers(ids: list[Any]) -> Audience:
    return customers(*ids)


AUDIENCES: dict[str, Any] = {
    "user_ids": _users,
    "customer_ids": _customers,
    "role": members_of,
    "feature": holders_of,
}


class NoticeAnswer(serializers.Serializer[Any]):
    """What waits to be said."""

    id = serializers.UUIDField()


class ChoiceSerializer(StrictSerializer):
    """One choice: `type` "" is every kind that nothing is said about; `is_wanted` null takes a choice back."""

    type = StrictCharField(max_length=100, allow_blank=True)
    channel = StrictCharField(max_length=60)
    is_wanted = StrictBooleanField(allow_null=True)


@extend_schema_field({"type": "string", "pattern": CLOCK, "examples": ["22:00"]})
class ClockField(serializers.RegexField):
    """A time of day, `22:00`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(CLOCK, **kwargs)

    def to_representation(self, value: Any) -> str:
        """Hours and minutes."""
        return f"{value:%H:%M}"


class SettingsSerializer(StrictSerializer):
    """When somebody wants peace, and when their digest comes; times are of `time_zone`, "" is their own."""

    time_zone = StrictCharField(max_length=60, allow_blank=True, required=False)
    quiet_from = ClockField(allow_null=True, required=False)
    quiet_until = ClockField(allow_null=True, required=False)
    is_muted = StrictBooleanField(required=False)
    muted_until = serializers.DateTimeField(allow_null=True, required=False)
    digest_every = serializers.ChoiceField(choices=DigestEvery.choices, required=False)
    digest_hour = StrictIntegerField(min_value=0, max_value=23, required=False)
    digest_weekday = StrictIntegerField(min_value=0, max_value=6, required=False, help_text="0 is Monday.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The values, times of day as such."""
        times = {name: attrs[name] for name in ("quiet_from", "quiet_until") if attrs.get(name)}
        return {**attrs, **{name: time.fromisoformat(text) for name, text in times.items()}}


class ChoosingSerializer(SettingsSerializer):
    """What is to be changed; what is not named stays."""

    choices = serializers.ListField(child=ChoiceSerializer(), required=False, max_length=500)


class KindAnswer(serializers.Serializer[Any]):
    """A kind of notification; `channels` says by which it comes now, `chosen` where somebody has said so for it."""

    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's
    severity = serializers.ChoiceField(choices=[str(item) for item in Severity])
    channels = serializers.DictField(child=serializers.BooleanField())
    chosen = serializers.DictField(child=serializers.BooleanField())


class ChannelAnswer(serializers.Serializer[Any]):
    """A way to people; `chosen` is what was said about all kinds, null where nothing was."""

    channel = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's
    chosen = serializers.BooleanField(allow_null=True)


class PreferencesAnswer(SettingsSerializer):
    """Everything that the caller has chosen, with what there is to choose from."""

    channels = ChannelAnswer(many=True)
    types = KindAnswer(many=True)
