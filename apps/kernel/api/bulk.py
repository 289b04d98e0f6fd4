"""`POST …/bulk/`: `{action, ids | filter | where, changes?, dry_run?}`; up to 200 records at once, more by a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.exporting.answers import accepted, accepted_body
from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.conditions import CUSTOM, Filterable, by_condition, narrowed
from apps.kernel.api.repeats import idempotency_of, replay
from apps.kernel.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer, StrictUUIDField
from apps.kernel.commands.bulk import BulkOrder, run_bulk, spec_of_single
from apps.kernel.commands.declarations import command
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.idempotency import Answer, IdempotencyKey, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.running import running
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ports import ProgressReporter
from apps.kernel.references.validation import no_such_record
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue

AT_ONCE = 200
MOST_IDS = 10_000
KIND = "kernel.bulk"
WAYS = ("ids", "filter", "where")
SEARCH = "q"
WHERE = "kernel.bulk.where"
R = TypeVar("R")


class ConditionField(serializers.Field[Any, Any, Any, Any]):
    """Any JSON value, as it was read: whether it is a condition the parser of conditions says, numbers and all."""

    def to_internal_value(self, data: Any) -> Any:
        """The value."""
        return data

    def to_representation(self, value: Any) -> Any:
        """The value."""
        return value


class ParameterField(StrictCharField):
    """A parameter's text as it would stand in an address: the filters judge it."""

    def __init__(self) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False)


class BulkSerializer(StrictSerializer):
    """An order for many records: by their ids, by a condition, or by parameters that a list is filtered by."""

    action = StrictCharField(max_length=60)
    ids = serializers.ListField(child=StrictUUIDField(), required=False, allow_empty=False, max_length=MOST_IDS)
    filter = ConditionField(required=False)
    where = serializers.DictField(child=ParameterField(), required=False, allow_empty=False)
    changes = serializers.DictField(required=False)
    dry_run = StrictBooleanField(required=False, default=False)


def bulk_answer(view: Any, request: Request) -> Response:
    """Check the order, and carry it out now or behind the answer. Raises InvalidInput with all complaints."""
    given = view.checked(request, serializer=BulkSerializer)
    order = order_of(view, given)
    if len(order.ids) > AT_ONCE and service(ProgressReporter).is_available:
        key = idempotency_of(request, lambda job_id: Answer(202, accepted_body(job_id)))
        return _once(
            key, lambda: start_bulk(entity=view.entity, address=request.path_info, body=request.data), accepted
        )

    def body(count: int) -> dict[str, Any]:
        return {"action": given["action"], "count": count, "dry_run": given["dry_run"]}

    key = idempotency_of(request, lambda count: Answer(200, body(count)))
    return _once(key, lambda: run_bulk(order, rehearse=given["dry_run"]), lambda count: Response(body(count)))


def _once(key: IdempotencyKey | None, run: Callable[[], R], answer: Callable[[R], Response]) -> Response:
    """Run once for each idempotency key, and answer."""
    try:
        with invoked(source=Source.API, idempotency=key):
            result = run()
    except Replayed as earlier:
        return replay(earlier.answer)
    return answer(result)


def order_of(view: Any, given: dict[str, Any]) -> BulkOrder:
    """The order that a checked body is, for the actor of now. Raises FeatureRequired, InvalidInput."""
    single = _single(view, given["action"])
    for feature in view.features_of_bulk(given["action"]):
        demand_feature(current_scope(), feature)
    changes = _changes(view, given)
    return BulkOrder(spec_of_single(single).id, _ids(view, given), changes)


def _single(view: Any, action: str) -> Any:
    offered = view.offered_bulk()
    if action not in offered:
        message = _("Possible: {names}.").format(names=", ".join(sorted(offered)))
        raise InvalidInput(errors=(FieldError("action", "kernel.bulk.unknown", message),))
    return offered[action]


def _changes(view: Any, given: dict[str, Any]) -> dict[str, Any]:
    changes = given.get("changes")
    if given["action"] != "update":
        if changes:
            raise InvalidInput(errors=(FieldError("changes", "unknown", _("This action takes no changes.")),))
        return {}
    if not changes:
        raise InvalidInput(errors=(FieldError("changes", "required", _("Say what to change.")),))
    form = view.changing_serializer()(data=changes, partial=True, context=view.get_serializer_context())
    if not form.is_valid():
        raise serializers.ValidationError({"changes": form.errors})
    return dict(form.validated_data)


def _ids(view: Any, given: dict[str, Any]) -> tuple[UUID, ...]:
    """Ids of the records, which the caller has to see. Raises InvalidInput unless they are named in one way."""
    if sum(way in given for way in WAYS) != 1:
        raise InvalidInput(errors=(FieldError("ids", "kernel.bulk.which", _("Give either ids or a filter.")),))
    rows = view.get_queryset()
    if "where" in given:
        return _keys(filtered_as_asked(rows, given["where"], view.shape().what))
    if "filter" in given:
        if not given["filter"]:  # every record passes it, and nobody means that by leaving it empty
            raise InvalidInput(errors=(FieldError("filter", "kernel.bulk.which", _("Give either ids or a filter.")),))
        return _keys(by_condition(rows, given["filter"], view.shape().what))
    wanted = set(given["ids"])
    seen = set(rows.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := [item for item in given["ids"] if item not in seen]:
        raise InvalidInput(errors=tuple(no_such_record(f"ids.{item}") for item in missing[:AT_ONCE]))
    return tuple(sorted(wanted))


def filtered_as_asked(rows: QuerySet[Any], where: Mapping[str, str], what: Filterable) -> QuerySet[Any]:
    """The rows that a list shows with these parameters. Raises InvalidInput with complaints at `where.<name>`."""
    parameters = QueryDict(mutable=True)
    parameters.update(where)
    asked = Asked(parameters)
    for name in set(where) - {*what.filters.base_filters, SEARCH}:
        if not name.startswith(CUSTOM):
            asked.refuse(name, "kernel.parameter.unknown", _("There is no such parameter."))
    found = narrowed(rows, asked, what)
    if asked.found:
        wrong = (FieldError(f"where.{item.field}", WHERE, item.message) for item in asked.found)
        raise InvalidInput(errors=tuple(wrong))
    if found.query.where == rows.query.where:  # a unit without its quantity, say: every record passes it
        raise InvalidInput(errors=(FieldError("where", WHERE, _("Give either ids or a filter.")),))
    return found


def _keys(rows: QuerySet[Any]) -> tuple[UUID, ...]:
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


@command(
    "kernel.record.start_bulk",
    open_reason="the order's own features have been checked, and are again when it runs",
    undoable=False,
    undo_reason=gettext_lazy("it queues the work; the work itself can be undone."),
    secret=("body",),
)
def start_bulk(*, entity: str, address: str, body: Any) -> UUID:
    """Open the job of a large order and queue its work."""
    running().resource.entity = entity
    name = gettext_noop("Change of many records: {kind}")
    values = {"address": address, "body": body, **current_manners()}
    job_id = service(ProgressReporter).open(KIND, name=name, words={"kind": entity}, is_cancellable=True, values=values)
    enqueue(KIND, job_id)
    return job_id
