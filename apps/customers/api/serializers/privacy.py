"""Shapes of consents, erasures and exports of people in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.models import Consent, ConsentState
from apps.customers.services.erasing import LONGEST_REASON
from apps.kernel.api.serializers import StrictCharField, StrictModelSerializer, StrictSerializer, StrictUUIDField
from apps.kernel.commands.models import Erasure


class ConsentSerializer(StrictModelSerializer):
    """A row of the ledger of consents."""

    customer_id = StrictUUIDField(read_only=True)

    class Meta:
        model = Consent
        fields = (
            "id",
            "organization_id",
            "customer_id",
            "purpose_id",
            "channel",
            "state",
            "at",
            "source",
            "evidence",
            "recorded_by",
            "recorded_by_label",
            "created_at",
        )


class ConsentEntry(StrictModelSerializer):
    """What a person has said: that they agree, or agree no longer."""

    state = serializers.ChoiceField(choices=ConsentState.choices)
    at = serializers.DateTimeField(required=False, allow_null=True)

    class Meta:
        model = Consent
        fields = ("purpose_id", "channel", "state", "at", "source", "evidence")


class ConsentsAnswer(serializers.Serializer[Any]):
    """What holds now for each purpose and channel, and the whole ledger, the newest first."""

    current = ConsentSerializer(many=True)
    history = ConsentSerializer(many=True)


class ErasureOrder(StrictSerializer):
    """The person's name as it stands on the record, and why they are erased."""

    name = StrictCharField(max_length=200)
    reason = StrictCharField(max_length=LONGEST_REASON)


class ErasureSerializer(StrictModelSerializer):
    """The certificate of an erasure: how many rows of which table went."""

    class Meta:
        model = Erasure
        fields = (
            "id",
            "organization_id",
            "action_id",
            "subject_entity",
            "subject_id",
            "label",
            "reason",
            "counts",
            "created_at",
        )
        read_only_fields = ("counts",)


class ExportAccepted(serializers.Serializer[Any]):
    """The file is written behind the answer; the long job says how far it is, and has the download."""

    progress_job_id = serializers.UUIDField()
    progress = serializers.CharField()
