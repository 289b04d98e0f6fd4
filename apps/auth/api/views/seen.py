"""What resources of auth share: nobody changes over REST what they are not shown there."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from rest_framework import status as codes
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.repeats import idempotency_of
from apps.kernel.api.viewsets import CommandCall, CommandViewSet
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.errors import RowNotFound

Rows = models.QuerySet[Any]
Shown = Callable[[Any], Any]


class SeenViewSet(CommandViewSet):
    """A resource of which somebody may be shown a part; what is hidden is changed by nobody who calls here."""

    def only_seen(self, rows: Rows) -> Rows:
        """The rows that the caller is shown."""
        raise NotImplementedError

    def get_queryset(self) -> Rows:
        """Living rows that the caller is shown."""
        return self.only_seen(super().get_queryset())

    def answered(self, command: CommandCall, *args: Any, status: int = codes.HTTP_200_OK, **kwargs: Any) -> Response:
        """Run a command on a record that the caller is shown, once for each idempotency key, and show its result."""
        return self.told(
            command,
            *args,
            status=status,
            record=lambda result: self.record_of(result, status=status),
            response=lambda result: self.shown(result, status=status),
            **kwargs,
        )

    def told(
        self, command: CommandCall, *args: Any, status: int, record: Shown, response: Shown, **kwargs: Any
    ) -> Response:
        """Run a command on a record that the caller is shown; `record` is kept for a repetition of the request.

        What identifies the request is keyed: a plain digest of a body with a password would let it be guessed.
        """
        key = idempotency_of(self.request, lambda result: Answer(status, record(result)))
        if key is not None:
            key = replace(key, request=hmac.digest(settings.AGORA_PEPPER, b"idempotency|" + key.request, "sha256"))
        try:
            with invoked(source=Source.API, expected_version=expected_version(self.request), idempotency=key):
                result = self._on_what_is_seen(command)(*args, **kwargs)
        except Replayed as earlier:
            return self.replayed(earlier.answer)
        answer: Response = response(result)
        return answer

    def _on_what_is_seen(self, command: CommandCall) -> CommandCall:
        """The command, refusing hidden records like missing ones; it refuses the missing ones itself."""

        def run(*args: Any, **kwargs: Any) -> Any:
            for pk in args[:1]:
                self.demand_seen(pk)
            return command(*args, **kwargs)

        return run

    def demand_seen(self, pk: UUID) -> None:
        """Raise RowNotFound for a living record that the caller is not shown."""
        living = super().get_queryset().filter(pk=pk)
        if living.exists() and not self.only_seen(living).exists():
            raise RowNotFound

    def demand_there(self, request: Request, pk: UUID) -> Any:
        """The record of the address. Raises RowNotFound for a missing or hidden one."""
        row = self.get_queryset().filter(pk=pk).first()
        if row is None:
            raise RowNotFound
        return row
