"""ClamAV, against a small server that answers as clamd does."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.attachments.contracts import Scanner
from apps.attachments.errors import ScannerUnreachable
from apps.attachments.providers.choosing import scanner_at
from apps.kernel.work.errors import NeedsConfiguration
from config import env
from config.env import SettingInvalid
from tests.attachments.factories import currency, detail, run_work, scanning, uploaded
from tests.support.scopes import House

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LARGEST = 1_000_000


class Session(socketserver.StreamRequestHandler):
    """One connection, as clamd's manual describes INSTREAM."""

    def handle(self) -> None:
        """Read the command, the pieces, and answer."""
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > LARGEST:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        answer = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        self.wfile.write(b"stream: broken ERROR\0" if content == b"odd" else answer)


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """Run the server for the block."""
    with server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as server:
        yield scanner_at(f"clamav://127.0.0.1:{server.server_address[1]}")


def test_a_clean_file_and_one_that_is_not(scanner: Scanner) -> None:
    assert scanner.scan(io.BytesIO(b"a" * 500_000)).is_clean
    assert scanner.scan(io.BytesIO(b"a" * 70_000 + EICAR)).threat == "Eicar-Signature"


def test_a_daemon_that_takes_no_files_of_this_size_has_to_be_set_up(scanner: Scanner) -> None:
    with pytest.raises(NeedsConfiguration, match="StreamMaxLength"):
        scanner.scan(io.BytesIO(b"a" * (LARGEST + 1)))


def test_an_answer_that_nobody_understands_is_no_clean_file(scanner: Scanner) -> None:
    with pytest.raises(ScannerUnreachable):
        scanner.scan(io.BytesIO(b"odd"))


def test_a_daemon_that_is_away_is_asked_again_later() -> None:
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as server:
        port = server.server_address[1]
    with pytest.raises(ScannerUnreachable):
        scanner_at(f"clamav://127.0.0.1:{port}").scan(io.BytesIO(b"a"))


def test_a_daemon_at_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    with serving(socketserver.ThreadingUnixStreamServer(str(path), Session)):
        assert scanner_at(f"clamav://{path}").scan(io.BytesIO(EICAR)).threat == "Eicar-Signature"


def test_an_upload_passes_the_daemon(scanner: Scanner, house: House, client: Client) -> None:
    record = currency(house)
    with scanning(scanner):
        clean, infected = uploaded(client, record), uploaded(client, record, EICAR, "test.txt")
        run_work()
        states = [detail(client, item["id"])["status"] for item in (clean, infected)]
    assert states == ["clean", "quarantined"]


@pytest.mark.parametrize("address", ["clamav://", "clamav://host/path", "http://host", "clamav://host:port"])
def test_an_address_that_cannot_be_read_is_refused(address: str) -> None:
    with pytest.raises(SettingInvalid):
        env.scanner(address)
    assert env.scanner("") == ""
