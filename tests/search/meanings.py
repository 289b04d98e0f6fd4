"""A server that plays a provider of embeddings: texts of one subject have one direction."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence

from tests.kernel.outbound_servers import Outside, page

SUBJECTS = (("dog", "cat", "animal", "pet"), ("car", "engine", "vehicle", "wheel"), ("soup", "bread", "food"))


def direction(text: str) -> list[float]:
    """How much the text is about each subject."""
    words = text.lower().split()
    found = [float(sum(word in subject for word in words)) for subject in SUBJECTS]
    return [*found, 0.0 if any(found) else 1.0]


class Provider(Outside):
    """`POST /v1/embeddings`; `status` and `body` replace what it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.status = "200 OK"
        self.body: bytes | None = None
        self.pages["/v1/embeddings"] = self._reply

    @property
    def endpoint(self) -> str:
        """What a tenant sets as the address."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def texts(self) -> list[str]:
        """Everything that was asked about so far."""
        return [text for request in self.requests for text in _asked(request)["input"]]

    def _reply(self, connection: socket.socket, request: str) -> None:
        vectors = [direction(text) for text in _asked(request)["input"]]
        connection.sendall(page(self.body if self.body is not None else _body(vectors), status=self.status))


def _asked(request: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(request.partition("\r\n\r\n")[2].encode("latin-1"))
    return found


def _body(vectors: Sequence[list[float]]) -> bytes:
    """Backwards, because only `index` says which is whose."""
    items = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return json.dumps({"object": "list", "data": items[::-1], "model": "test"}).encode()
