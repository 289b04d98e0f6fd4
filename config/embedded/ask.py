"""The few bytes by which a server on a socket says whether it serves."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

State = Literal["ready", "busy", "silent"]

_PROTOCOL = 3 << 16
_LOCAL_PEERPID = 2
_CANNOT_CONNECT_NOW = b"C57P03\0"


def postgres_state(path: Path, user: str) -> State:
    """`busy` while it starts up or shuts down, `silent` if nothing listens."""
    words = b"user\0" + user.encode() + b"\0database\0postgres\0\0"
    try:
        with _connected(path) as line:
            line.sendall(struct.pack("!II", len(words) + 8, _PROTOCOL) + words)
            answer = line.recv(4096)
            with contextlib.suppress(OSError):
                line.sendall(b"X" + struct.pack("!I", 4))
    except (BrokenPipeError, ConnectionResetError, TimeoutError):
        return "busy"
    except OSError:
        return "silent"
    return "busy" if not answer or _CANNOT_CONNECT_NOW in answer else "ready"


def valkey_state(path: Path) -> State:
    """`silent` if nothing listens; any answer will do."""
    try:
        with _connected(path) as line:
            line.sendall(b"PING\r\n")
            return "ready" if line.recv(64) else "silent"
    except TimeoutError:
        return "busy"
    except OSError:
        return "silent"


def listener(path: Path) -> int:
    """The number of the process that listens on a socket; 0 where the system does not tell."""
    with contextlib.suppress(OSError), _connected(path) as line:
        if sys.platform == "darwin":
            return int(line.getsockopt(0, _LOCAL_PEERPID))
        return int(struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
    return 0


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(path))
        yield line
