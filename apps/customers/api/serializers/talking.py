"""Shapes of comments, labels, followers and timelines in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.api.serializers.records import OWN
from apps.customers.models import Comment, Follower, Label
from apps.customers.selectors.talking import mentions_of
from apps.kernel.api.serializers import StrictModelSerializer, StrictSerializer, StrictUUIDField

MOST_MENTIONS = 20
MOST_CUSTOMERS = 200


class MentionIds(serializers.ListField):
    """Ids of the users that a comment speaks to."""

    def get_attribute(self, instance: Any) -> Any:
        """The ids."""
        return [str(item) for item in mentions_of([instance.pk]).get(instance.pk, [])]


class CommentListSerializer(StrictModelSerializer):
    """A comment in a list."""

    customer_id = StrictUUIDField(allow_null=True, required=False)

    class Meta:
        model = Comment
        fields: tuple[str, ...] = (*OWN, "customer_id", "deal_id", "body", "author_id")
        read_only_fields: tuple[str, ...] = ("author_id",)


class CommentSerializer(CommentListSerializer):
    """A comment with the users that it speaks to: they are told, each once."""

    mention_ids = MentionIds(child=StrictUUIDField(), required=False, max_length=MOST_MENTIONS)

    class Meta(CommentListSerializer.Meta):
        fields = (*CommentListSerializer.Meta.fields, "mention_ids")


class CommentChangeSerializer(CommentSerializer):
    """What may be changed of a comment; what it is about stays."""

    class Meta(CommentSerializer.Meta):
        read_only_fields = ("author_id", "deal_id")

    customer_id = StrictUUIDField(read_only=True)


class LabelSerializer(StrictModelSerializer):
    """A label of one's own."""

    class Meta:
        model = Label
        fields = ("id", "version", "created_at", "updated_at", "label", "color")


class LabelAssignment(StrictSerializer):
    """Which label goes to which customers, or leaves them."""

    label_id = StrictUUIDField()
    customer_ids = serializers.ListField(child=StrictUUIDField(), min_length=1, max_length=MOST_CUSTOMERS)


class FollowerSerializer(StrictModelSerializer):
    """A user follows a customer or a deal."""

    customer_id = StrictUUIDField(allow_null=True, required=False)

    class Meta:
        model = Follower
        fields = ("id", "organization_id", "created_at", "customer_id", "deal_id", "user_id")
        read_only_fields = ("user_id",)


class TimelineQuery(StrictSerializer):
    """Which page of a timeline is wanted."""

    kind = serializers.CharField(required=False, max_length=100)
    cursor = serializers.CharField(required=False, max_length=1000)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=100, default=25)


class TimelineEntry(serializers.Serializer[Any]):
    """One thing that happened. `kind` is the source that tells of it, `id` tells its entries apart."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    id = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    who = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    payload = serializers.DictField()


class TimelineKind(serializers.Serializer[Any]):
    """A source of the timeline."""

    kind = serializers.CharField()
    name = serializers.CharField()


class TimelinePage(serializers.Serializer[Any]):
    """A page of a timeline, the latest first. `next` is the cursor of the following one, null after the last."""

    results = TimelineEntry(many=True)
    next = serializers.CharField(allow_null=True)
    kinds = TimelineKind(many=True)
    left_out = serializers.ListField(child=serializers.CharField())
