"""What commands give that make a secret: it is shown to whoever asked for it and never again."""

from __future__ import annotations

from typing import Protocol

from django.db.models import Model


class Issued(Protocol):
    """A record and its new secret. Its `repr` names the record alone, so that no log holds the secret."""

    @property
    def record(self) -> Model:
        """The record that the command has written."""
        ...

    @property
    def secret(self) -> str:
        """The new secret."""
        ...
