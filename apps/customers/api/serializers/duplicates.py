"""Shapes of duplicates and merging in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.calculations import Side
from apps.customers.models import CustomerKind, NotDuplicate
from apps.customers.services.lists import MOST_ROWS
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer, StrictUUIDField

MOST_CHOICES = 300
PAGE, MOST_ON_PAGE, MOST_PAGES = 50, 100, 1000


class MergeSerializer(StrictSerializer):
    """Who goes, and whose values are taken: by field `this` or `other`, `cf_<key>` for a custom field."""

    other_id = StrictUUIDField()
    choices = serializers.DictField(child=serializers.ChoiceField(choices=list(Side)), required=False)

    def validate_choices(self, value: dict[str, str]) -> dict[str, str]:
        """Refuse more choices than a record can have fields."""
        if len(value) > MOST_CHOICES:
            raise serializers.ValidationError("too_many", code="too_many")
        return value


class PlaceSerializer(StrictSerializer):
    """Where somebody is."""

    postal_code = StrictCharField(max_length=20, required=False, allow_blank=True)
    city = StrictCharField(max_length=120, required=False, allow_blank=True)


class CheckSerializer(StrictSerializer):
    """A person or company that is about to be added, or the one with `id` that is about to be changed.

    Names are put together as the record's own would be; e-mails, phones and the domain may be as they were typed.
    """

    kind = serializers.ChoiceField(choices=CustomerKind.choices)
    id = StrictUUIDField(required=False)
    display_name = StrictCharField(max_length=200, required=False, allow_blank=True)
    first_name = StrictCharField(max_length=120, required=False, allow_blank=True)
    last_name = StrictCharField(max_length=120, required=False, allow_blank=True)
    brand_name = StrictCharField(max_length=200, required=False, allow_blank=True)
    legal_name = StrictCharField(max_length=200, required=False, allow_blank=True)
    domain = StrictCharField(max_length=300, required=False, allow_blank=True)
    emails = serializers.ListField(child=StrictCharField(max_length=300), required=False, max_length=MOST_ROWS)
    phones = serializers.ListField(child=StrictCharField(max_length=60), required=False, max_length=MOST_ROWS)
    addresses = serializers.ListField(child=PlaceSerializer(), required=False, max_length=MOST_ROWS)


class LookalikeAnswer(serializers.Serializer[Any]):
    """A record that looks like the one in question: how sure that is, 0 to 100, and why, strongest first."""

    id = serializers.UUIDField()
    display_name = serializers.CharField(source="label")
    score = serializers.IntegerField(source="likeness.score")
    reasons = serializers.ListField(child=serializers.CharField(), source="likeness.reasons")


class CheckAnswer(serializers.Serializer[Any]):
    """Records that look like it, likeliest first."""

    duplicates = LookalikeAnswer(many=True)


class PairsQuestion(StrictSerializer):
    """Which page of which pairs."""

    kind = serializers.ChoiceField(choices=CustomerKind.choices, default=CustomerKind.PERSON.value)
    page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=MOST_ON_PAGE, default=PAGE)


class SideAnswer(serializers.Serializer[Any]):
    """One of the two."""

    id = serializers.UUIDField()
    display_name = serializers.CharField()


class PairAnswer(serializers.Serializer[Any]):
    """Two records that look like one, the older first."""

    kind = serializers.CharField()
    first = SideAnswer()
    second = SideAnswer()
    score = serializers.IntegerField(source="likeness.score")
    reasons = serializers.ListField(child=serializers.CharField(), source="likeness.reasons")


class PairsAnswer(serializers.Serializer[Any]):
    """A page of pairs, likeliest first."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PairAnswer(many=True)


class DismissSerializer(StrictSerializer):
    """Two records that are two."""

    first_id = StrictUUIDField()
    second_id = StrictUUIDField()


class NotDuplicateAnswer(StrictModelSerializer):
    """The decision."""

    first_id = serializers.UUIDField(read_only=True)
    second_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = NotDuplicate
        fields = ("id", "organization_id", "first_id", "second_id", "created_at", "updated_at")
