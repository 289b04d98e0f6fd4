"""ClamAV's daemon over its socket: the command INSTREAM (docs.clamav.net, manual page of clamd)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from apps.attachments.errors import ScannerUnreachable

COMMAND: Final = b"zINSTREAM\0"
END: Final = b"\0"
CHUNK: Final = 64 * 1024
LONGEST_ANSWER: Final = 4096
CONNECTING: Final = 5.0  # seconds
ANSWERING: Final = 60.0  # a large archive takes its time


class Clamd:
    """The daemon at a host and port, or at the path of a socket."""

    def __init__(self, host: str, port: int, *, path: str = "") -> None:
        self._host, self._port, self._path = host, port, path

    def instream(self, content: BinaryIO) -> str:
        """Send the content and return the answer, such as `stream: OK`. Raises ScannerUnreachable."""
        try:
            with self._connected() as connection:
                self._send(connection, content)
                return _answer(connection)
        except OSError as error:
            raise ScannerUnreachable from error

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self._path:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECTING)
            connection.connect(self._path)
        else:
            connection = socket.create_connection((self._host, self._port), timeout=CONNECTING)
        with connection:
            connection.settimeout(ANSWERING)
            yield connection

    @staticmethod
    def _send(connection: socket.socket, content: BinaryIO) -> None:
        """Pieces with their length before them. A daemon that has had enough hangs up: then its answer counts."""
        connection.sendall(COMMAND)
        try:
            while piece := content.read(CHUNK):
                connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            return


def _answer(connection: socket.socket) -> str:
    found = b""
    while not found.endswith(END) and len(found) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        found += piece
    return found.rstrip(END + b"\n").decode("utf-8", "replace")
