"""Base of views that are no resource: questions in parameters, one command for each write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework import status as codes
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from apps.kernel.api.exporting.answers import accepted_body
from apps.kernel.api.finishing import FinishedAnswers
from apps.kernel.api.parsers import StrictJSONParser
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import NO_OBJECT, Malformed
from apps.kernel.api.repeats import idempotency_of, replay, response_of
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked

Show = Callable[[Any], Any]


class PlainView(FinishedAnswers, GenericAPIView[Any]):
    """A view with its own address and serializers. Resources are `CommandViewSet`s."""

    parser_classes: tuple[type[BaseParser], ...] = (StrictJSONParser,)
    pagination_class = None
    metadata_class = None

    def asked(self, serializer: Any) -> dict[str, Any]:
        """The checked query parameters. Raises InvalidInput, ValidationError with every complaint."""
        demand_known_parameters(self.request.query_params, serializer().fields)
        return self._values(serializer, self.request.query_params.dict())

    def checked(self, serializer: Any, *, partial: bool = False) -> dict[str, Any]:
        """The checked body. Raises ValidationError with every complaint, Malformed for no object."""
        if not isinstance(self.request.data, dict):
            raise Malformed(reason=NO_OBJECT)
        return self._values(serializer, self.request.data, partial=partial)

    def answered(
        self,
        command: Callable[[], Any],
        show: Show,
        *,
        status: int = codes.HTTP_200_OK,
        expected: int | None = None,
    ) -> Response:
        """Run a command once for each idempotency key; `show` makes JSON of its result.

        `expected` is the version that the caller saw, where the command is about a record that has one.
        """
        return self._once(command, lambda result: Answer(status, show(result)), expected=expected)

    def emptied(self, command: Callable[[], Any]) -> Response:
        """The same where nothing is left to show."""
        return self._once(command, lambda _result: Answer(codes.HTTP_204_NO_CONTENT, None))

    def queued(self, command: Callable[[], UUID]) -> Response:
        """The same for work that goes on behind the answer: the command gives the id of the long job."""
        return self.answered(command, accepted_body, status=codes.HTTP_202_ACCEPTED)

    def _once(
        self, command: Callable[[], Any], told: Callable[[Any], Answer], *, expected: int | None = None
    ) -> Response:
        key = idempotency_of(self.request, told)
        try:
            with invoked(source=Source.API, expected_version=expected, idempotency=key):
                result = command()
        except Replayed as earlier:
            return replay(earlier.answer)
        return response_of(told(result))

    def _values(self, serializer: Any, given: Any, *, partial: bool = False) -> dict[str, Any]:
        form = serializer(data=given, partial=partial, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)
