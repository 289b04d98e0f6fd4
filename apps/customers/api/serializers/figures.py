"""Shapes of key figures and boards of deals in the REST interface."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.customers.selectors.board import CARDS, MOST_CARDS
from apps.kernel.api.serializers import StrictCharField, StrictSerializer, StrictUUIDField
from apps.kernel.extensions.presets import CUSTOM, PRESETS, faults_of_days

DAYS = "customers.period.days"  # what no shape can say of two days
LONGEST_PLACE = 60


class DealsQuestion(StrictSerializer):
    """Whose deals are asked about."""

    pipeline_id = StrictUUIDField(required=False)
    owner_id = StrictUUIDField(required=False)


class KpiQuestion(DealsQuestion):
    """Days: a preset, or `custom` with a first and a last one; this quarter where nothing is said."""

    period = serializers.ChoiceField(choices=[*PRESETS, CUSTOM], required=False)
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Days alone mean `custom`; they are given by both ends, in their order, and are not endless."""
        days = {name: attrs.get(name) for name in ("start", "end")}
        if any(days.values()):
            attrs.setdefault("period", CUSTOM)
        if attrs.get("period") == CUSTOM and (faults := faults_of_days(days["start"], days["end"])):
            found = {name: [serializers.ErrorDetail(text, DAYS)] for name, text in faults.items()}
            raise serializers.ValidationError(dict(found))
        return attrs


class BoardQuestion(DealsQuestion):
    """Which board, and how many cards each of its lanes shows."""

    cards = serializers.IntegerField(min_value=0, max_value=MOST_CARDS, default=CARDS)


class LaneQuestion(StrictSerializer):
    """Which lane, and behind which card: the lane's `next`."""

    stage_id = StrictUUIDField()
    owner_id = StrictUUIDField(required=False)
    after = StrictCharField(max_length=LONGEST_PLACE)
    cards = serializers.IntegerField(min_value=1, max_value=MOST_CARDS, default=CARDS)


class DealFiguresAnswer(serializers.Serializer[Any]):
    """Some deals: `value` of those that have one in base currency, `weighted` by their probability."""

    count = serializers.IntegerField()
    value = serializers.CharField()
    weighted = serializers.CharField()


class DealDaysAnswer(serializers.Serializer[Any]):
    """Deals of some days, and by how many per cent that is more than before; null where nothing was before."""

    count = serializers.IntegerField()
    value = serializers.CharField()
    average = serializers.CharField(allow_null=True)
    cycle_days = serializers.CharField(allow_null=True)
    count_change = serializers.CharField(allow_null=True)
    value_change = serializers.CharField(allow_null=True)
    former_count = serializers.IntegerField()
    former_value = serializers.CharField()


class WinRateAnswer(serializers.Serializer[Any]):
    """Per cent of closed deals that were won, and its change in percentage points; null where none was closed."""

    percent = serializers.CharField(allow_null=True)
    former_percent = serializers.CharField(allow_null=True)
    change_points = serializers.CharField(allow_null=True)


class DealStageAnswer(DealFiguresAnswer):
    """Open deals of a stage."""

    stage_id = serializers.UUIDField()
    pipeline_id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    probability = serializers.IntegerField()


class DealMonthAnswer(serializers.Serializer[Any]):
    """Deals that were closed in a month, by its first day."""

    month = serializers.DateField()
    won_count = serializers.IntegerField()
    won_value = serializers.CharField()
    lost_count = serializers.IntegerField()
    lost_value = serializers.CharField()
    win_rate = serializers.CharField(allow_null=True)


class DealKpiAnswer(serializers.Serializer[Any]):
    """Key figures of deals, amounts in `base_currency`.

    `pipeline` and `stages` are about deals that are open now, all others about the period. Deals whose value has
    no rate are counted and are worth nothing; `missing_rate_currencies` names their currencies.
    """

    start = serializers.DateField()
    end = serializers.DateField()
    compared = serializers.ListField(child=serializers.DateField())
    base_currency = serializers.CharField()
    converted_all = serializers.BooleanField()
    missing_rate_currencies = serializers.ListField(child=serializers.CharField())
    pipeline = DealFiguresAnswer()
    stages = DealStageAnswer(many=True)
    added = DealDaysAnswer()
    won = DealDaysAnswer()
    lost = DealDaysAnswer()
    win_rate = WinRateAnswer()
    months = DealMonthAnswer(many=True)


class DealPartAnswer(serializers.Serializer[Any]):
    """A record and what it is called."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class DealCardAnswer(serializers.Serializer[Any]):
    """An open deal on a board."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    stage_id = serializers.UUIDField()
    stage_since = serializers.DateTimeField()
    days_in_stage = serializers.IntegerField()
    value_amount = serializers.CharField(allow_null=True)
    value_currency = serializers.CharField()
    base_amount = serializers.CharField(allow_null=True)
    base_currency = serializers.CharField()
    probability = serializers.IntegerField(allow_null=True)
    expected_close_on = serializers.DateField(allow_null=True)
    owner_id = serializers.UUIDField(allow_null=True)
    owner = serializers.CharField()
    is_stale = serializers.BooleanField()
    is_overdue = serializers.BooleanField()
    people = DealPartAnswer(many=True)
    companies = DealPartAnswer(many=True)


class DealTotalAnswer(serializers.Serializer[Any]):
    """What deals are worth in a currency of their own."""

    currency = serializers.CharField()
    amount = serializers.CharField()


class DealLaneAnswer(DealFiguresAnswer):
    """A stage with figures of all its open deals and cards of the first ones; `next` is the `after` of the others."""

    stage_id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    position = serializers.IntegerField()
    probability = serializers.IntegerField()
    stale_after_days = serializers.IntegerField(allow_null=True)
    totals = DealTotalAnswer(many=True)
    cards = DealCardAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class DealBoardAnswer(serializers.Serializer[Any]):
    """The lanes of a pipeline with its open deals; without any pipeline there is none."""

    pipeline_id = serializers.UUIDField(allow_null=True)
    base_currency = serializers.CharField()
    converted_all = serializers.BooleanField()
    missing_rate_currencies = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    value = serializers.CharField()
    weighted = serializers.CharField()
    lanes = DealLaneAnswer(many=True)


class DealLanePageAnswer(serializers.Serializer[Any]):
    """Further cards of a lane."""

    cards = DealCardAnswer(many=True)
    next = serializers.CharField(allow_null=True)
