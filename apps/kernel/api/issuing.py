"""Views of records with secrets: a new one stands in the answer to what made it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rest_framework import status as codes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.kernel.api.preconditions import etag_of, expected_version
from apps.kernel.api.repeats import idempotency_of
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.idempotency import Answer
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.issuing import Issued

Issuing = Callable[..., Issued]


class IssuingViewSet(CommandViewSet):
    """A resource whose records have secrets. Its `create` returns `issued_new`, documented with the answer's shape."""

    def issued_new(self, request: Request) -> Response:
        """Run the command of creation; the answer holds the secret under `secret`, this once."""
        response = self.issued(self._command("create_command"), status=codes.HTTP_201_CREATED, **self.checked(request))
        response["Location"] = reverse(f"{self.basename}-detail", args=[response.data["id"]])
        return response

    def issued(self, command: Issuing, *args: Any, status: int = codes.HTTP_200_OK, **kwargs: Any) -> Response:
        """Run a command that hands out a secret; an idempotency key keeps the fact and not the answer."""
        key = idempotency_of(self.request, lambda result: Answer(status, None))
        once = replace(key, secret_answer=True) if key else None
        with invoked(source=Source.API, expected_version=expected_version(self.request), idempotency=once):
            result = command(*args, **kwargs)
        response = Response({**self.record_of(result.record), "secret": result.secret}, status=status)
        response["ETag"] = str(etag_of(result.record))
        return self.with_extras(response)
