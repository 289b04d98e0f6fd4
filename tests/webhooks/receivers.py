"""A server that receives webhooks: it keeps what it gets and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook as Verifier

from tests.kernel.outbound_servers import Outside, Reply, fields, page

OK = page(b"taken")


class Answers(dict[str, Reply]):
    """Answers by path; every other path takes what it gets."""

    def __missing__(self, path: str) -> Reply:
        """Thank you."""
        return OK


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The message."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Say whether one of the signatures is the public library's own."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), tz=UTC)
        wanted = Verifier(secret).sign(self.id, at, self.body.decode())
        return wanted in self.headers["webhook-signature"].split()


class Receiver(Outside):
    """Takes every message at any path; `answer` says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = Answers()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def url(self, path: str = "/hook") -> str:
        """An address of it."""
        return f"{self.address}{path}"

    def answer(self, status: str, body: bytes = b"", path: str = "/hook", **headers: str) -> None:
        """Answer so from now on."""
        self.pages[path] = page(body, status=status, **headers)

    def thank(self, path: str = "/hook") -> None:
        """Take what comes again."""
        self.pages.pop(path, None)

    @property
    def got(self) -> list[Got]:
        """What came, oldest first."""
        return [_got(request) for request in self.requests]


def _got(request: str) -> Got:
    return Got(request.split()[1], fields(request), request.partition("\r\n\r\n")[2].encode("latin-1"))
