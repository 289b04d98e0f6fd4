"""Where the demonstration is served: HOST and PORT of the environment."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
from dataclasses import dataclass

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 compared, not bound


@dataclass(frozen=True, slots=True)
class Address:
    """The host and the port that the web server binds."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What to type into a browser, without a slash at the end."""
        return f"http://{_bracketed(self._near)}:{self.port}"

    @property
    def names(self) -> list[str]:
        """Host names that a request may carry."""
        near = _bracketed(self._near)
        return [*_LOCAL, *([] if near in _LOCAL else [near])]

    @property
    def _near(self) -> str:
        return _ANY.get(self.host, self.host)

    def check_free(self) -> None:
        """Say at once that the port is taken, not after a minute of preparations."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                line.bind((self.host, self.port))
            except (OSError, OverflowError) as error:
                raise SystemExit(
                    f"{self.host}, port {self.port}, cannot be served: {error}.\n"
                    "Stop what uses the port, or choose another: make demo PORT=8001"
                ) from None

    def answers(self) -> bool:
        """Whether anything at all comes back over HTTP."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection(self._near, self.port, timeout=10)
            line.request("GET", "/health/live")
            line.getresponse()
            return True
        return False


def read_address() -> Address:
    """HOST and PORT, by default 127.0.0.1 and 8000."""
    try:
        return Address(os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or "8000"))
    except ValueError:
        raise SystemExit("PORT has to be a number.") from None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
