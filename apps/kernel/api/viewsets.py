"""A standard resource: reads through the scoped manager, writes through its commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.status import HTTP_204_NO_CONTENT

from apps.kernel.api.added import WRITES, Added
from apps.kernel.api.bulk import bulk_answer
from apps.kernel.api.permissions import features_of
from apps.kernel.api.preconditions import etag_of, expected_version
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.refusals import NO_OBJECT, Malformed
from apps.kernel.api.repeats import idempotency_of, replay
from apps.kernel.api.serializers import Empty, StrictSerializer
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.extensions.enrichers import enrich_records, open_names

CommandCall = Callable[..., Any]


class CommandViewSet(ReadingViewSet):
    """List, detail, create, change and delete of one entity.

    Beside what `ReadingViewSet` wants, a subclass names the commands that exist. `CommandRouter` leaves out the
    methods whose command is missing. Commands take the record's id first and the serializer's values as
    keywords; a change gets only the given ones. `bulk_commands` names further actions of `bulk/`: commands that
    take nothing but the record. `bulk/` itself needs what `list` needs, and then what its action needs.
    """

    create_command: ClassVar[CommandCall | None] = None
    update_command: ClassVar[CommandCall | None] = None
    delete_command: ClassVar[CommandCall | None] = None
    bulk_commands: ClassVar[Mapping[str, CommandCall]] = {}
    takes_added: ClassVar[bool] = True  # False where the commands do not give their record back
    companions: tuple[Callable[[Any], None], ...] = ()  # what saves values that belong to other modules

    def create(self, request: Request) -> Response:
        """Run the command of creation."""
        values = self.checked(request)
        response = self.answered(self._command("create_command"), status=status.HTTP_201_CREATED, **values)
        response["Location"] = reverse(f"{self.basename}-detail", args=[response.data["id"]])
        return response

    def update(self, request: Request, pk: UUID, *, partial: bool = False) -> Response:
        """Run the command of change with every field."""
        return self.answered(self._command("update_command"), pk, **self.checked(request, partial=partial))

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Run the command of change with the given fields."""
        return self.update(request, pk, partial=True)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Run the command of deletion."""
        return self.answered(self._command("delete_command"), pk, status=status.HTTP_204_NO_CONTENT)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Run one action for many records: all of them, or none; one undo takes it back."""
        return bulk_answer(self, request)

    @classmethod
    def offered_bulk(cls) -> dict[str, CommandCall]:
        """Actions that many records may be put through: `update`, `delete`, and the view's own."""
        standard = {"update": cls.update_command, "delete": cls.delete_command}
        return {**{name: single for name, single in standard.items() if single is not None}, **cls.bulk_commands}

    @classmethod
    def changing_serializer(cls) -> type[StrictSerializer]:
        """The serializer of a change, also of many records."""
        view = cls()
        view.action = "partial_update"
        chosen: type[StrictSerializer] = view.get_serializer_class()  # type: ignore[assignment]
        return chosen

    @classmethod
    def creation_values(cls) -> Mapping[str, Any]:
        """What the command of creation gets beside the body's values: what the address says, in a subclass."""
        return {}

    @classmethod
    def features_of_bulk(cls, name: str) -> tuple[str, ...]:
        """What the action needs; the same as for one record."""
        return features_of(cls, {"delete": "destroy"}.get(name, name))

    def checked(
        self, request: Request, *, serializer: type[StrictSerializer] | None = None, partial: bool = False
    ) -> dict[str, Any]:
        """The body's values. Raises ValidationError with every complaint, Malformed for no object."""
        if not isinstance(request.data, dict):
            raise Malformed(reason=NO_OBJECT)
        chosen = serializer or self.get_serializer_class()
        added = (
            Added(self.kind(), request.data, self.kwargs.get("pk"))
            if self.takes_added and self.action in WRITES
            else None
        )
        body = request.data if added is None else added.rest
        form = chosen(data=body, partial=partial, context=self.get_serializer_context())
        complaints = added.complaints() if added else {}
        if not form.is_valid() or complaints:
            raise ValidationError(dict(form.errors) | complaints)
        if not self.is_intercepted and self.intercept(request):
            return self.checked(request, serializer=serializer, partial=partial)
        self.companions = added.companions() if added else ()
        return dict(form.validated_data)

    def answered(self, command: CommandCall, *args: Any, status: int = status.HTTP_200_OK, **kwargs: Any) -> Response:
        """Run a command at the version that the caller saw, once for each idempotency key, and show its result."""
        key = idempotency_of(self.request, lambda result: Answer(status, self.record_of(result, status=status)))
        expected = expected_version(self.request)
        try:
            with invoked(source=Source.API, expected_version=expected, idempotency=key, companions=self.companions):
                result = command(*args, **kwargs)
        except Replayed as earlier:
            return self.replayed(earlier.answer)
        return self.shown(result, status=status)

    def replayed(self, answer: Answer) -> Response:
        """The stored answer to the same request; what enrichers know is as of now."""
        response = replay(answer)
        return self.with_extras(response) if isinstance(answer.record, dict) and "id" in answer.record else response

    def pressed(self, request: Request, command: CommandCall, pk: UUID) -> Response:
        """Run a command that needs nothing but the record, and show what it left."""
        self.checked(request, serializer=Empty)
        return self.answered(command, pk)

    def record_of(self, result: Any, *, status: int = status.HTTP_200_OK) -> Any:
        """A command's result as plain JSON: one record, `{results}` for several, nothing for 204."""
        if status == HTTP_204_NO_CONTENT:
            return None
        if isinstance(result, models.Model):
            return dict(self.get_serializer(result).data)
        return {"results": [dict(item) for item in self.get_serializer(result, many=True).data]}

    def shown(self, result: Any, *, status: int = status.HTTP_200_OK) -> Response:
        """The result, a record with its version."""
        response = Response(self.record_of(result, status=status), status=status)
        if status != HTTP_204_NO_CONTENT and (tag := etag_of(result)) is not None:
            response["ETag"] = tag
        return self.with_extras(response) if isinstance(result, self.kind().model) and response.data else response

    def with_extras(self, response: Response) -> Response:
        """The answer to a write, with what enrichers know about its record."""
        entity, record = self.kind(), response.data
        record |= enrich_records(entity, [record], [UUID(str(record["id"]))], open_names(entity))
        return response

    def _command(self, name: str) -> CommandCall:
        command: CommandCall | None = getattr(type(self), name)
        if command is None:
            raise MethodNotAllowed(str(self.request.method))
        return command
