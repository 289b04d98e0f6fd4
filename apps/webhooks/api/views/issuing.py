"""Answers that hold a secret once: an idempotency key keeps the fact and not the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from django.db.models import Model
from rest_framework import status as codes
from rest_framework.response import Response

from apps.kernel.api.preconditions import etag_of, expected_version
from apps.kernel.api.repeats import idempotency_of
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.idempotency import Answer
from apps.kernel.commands.invocation import Source, invoked


class Issued(Protocol):
    """What a command hands out."""

    @property
    def secret(self) -> str:
        """The new secret."""
        ...


class IssuingViewSet(CommandViewSet):
    """A resource whose records have secrets."""

    def record_in(self, result: Any) -> Model:
        """The record that the command has written."""
        raise NotImplementedError

    def issued(
        self, command: Callable[..., Issued], *args: Any, status: int = codes.HTTP_200_OK, **kwargs: Any
    ) -> Response:
        """Run a command that hands out a secret, and show it this once."""
        key = idempotency_of(self.request, lambda result: Answer(status, None))
        once = replace(key, secret_answer=True) if key else None
        with invoked(source=Source.API, expected_version=expected_version(self.request), idempotency=once):
            result = command(*args, **kwargs)
        record = self.record_in(result)
        response = Response({**self.record_of(record), "secret": result.secret}, status=status)
        response["ETag"] = str(etag_of(record))
        return self.with_extras(response)
