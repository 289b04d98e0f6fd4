"""Shapes of dictionaries and their values in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.dictionaries.selectors import is_inherited
from apps.kernel.api.serializers import (
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
    StrictSerializer,
    StrictUUIDField,
)

OWN = ("id", "version", "created_at", "updated_at")


class DictionarySerializer(StrictModelSerializer):
    """One dictionary. `owner_id` is its organization, null for the whole tenant's; inherited ones are read only."""

    is_inherited = serializers.SerializerMethodField()

    class Meta:
        model = Dictionary
        fields = (*OWN, "owner_id", "key", "name", "description", "sort_mode", "is_active", "is_system", "is_inherited")
        read_only_fields = ("owner_id", "is_system")
        extra_kwargs = {"key": {"required": False}, "is_active": {"required": False}}

    def get_is_inherited(self, row: Dictionary) -> bool:
        """Say whether it comes from above."""
        return is_inherited(row)


class NewDictionarySerializer(DictionarySerializer):
    """A new dictionary: of the selected organization, or of the whole tenant. New ones are active."""

    level = serializers.ChoiceField(choices=["organization", "tenant"], required=False, write_only=True)

    class Meta(DictionarySerializer.Meta):
        fields = (*DictionarySerializer.Meta.fields, "level")  # type: ignore[assignment]
        read_only_fields = ("owner_id", "is_system", "is_active")  # type: ignore[assignment]
        extra_kwargs = {"key": {"required": False}}


class EntrySerializer(StrictModelSerializer):
    """One value of a dictionary. Its place is changed by `reorder/` of the dictionary and by `move/`."""

    dictionary_id = StrictUUIDField()

    class Meta:
        model = DictionaryEntry
        fields = (
            *OWN,
            "dictionary_id",
            "value",
            "label",
            "color",
            "icon",
            "tone",
            "position",
            "is_default",
        )
        read_only_fields = ("position",)
        extra_kwargs = {"label": {"required": False}}


class DictionaryOrderSerializer(StrictSerializer):
    """All values of a dictionary, in the order wanted."""

    entry_ids = serializers.ListField(child=StrictUUIDField(), allow_empty=False, max_length=5000)


class EntryMoveSerializer(StrictSerializer):
    """How far a value moves: up where it is negative."""

    by = StrictIntegerField(min_value=-5000, max_value=5000)


class EntryMergeSerializer(StrictSerializer):
    """The value that takes the other one's place."""

    into_id = StrictUUIDField()


class UsageAnswer(serializers.Serializer[Any]):
    """How many records of a kind point to a value."""

    place = serializers.CharField()
    kind = serializers.CharField()
    count = serializers.IntegerField()

    class Meta:
        ref_name = "DictionaryUsage"


class UsagesAnswer(serializers.Serializer[Any]):
    """Who points to a value, in the whole tenant. `merge` is the address that moves them all to another value."""

    total = serializers.IntegerField()
    usages = UsageAnswer(many=True)
    merge = serializers.CharField()

    class Meta:
        ref_name = "DictionaryUsages"


class ChoiceAnswer(serializers.Serializer[Any]):
    """A value to choose."""

    id = serializers.UUIDField()
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, not the serializer's label
    color = serializers.CharField()
    icon = serializers.CharField()
    tone = serializers.CharField()
    is_default = serializers.BooleanField()

    class Meta:
        ref_name = "DictionaryChoice"


class ChoicesAnswer(serializers.Serializer[Any]):
    """Values of a dictionary in the order in which they are offered."""

    results = ChoiceAnswer(many=True)

    class Meta:
        ref_name = "DictionaryChoices"


class KeyQuestion(StrictSerializer):
    """Which dictionary."""

    key = StrictCharField(max_length=100)
