"""Files and uploads for tests: harmless ones, and those that mean no good."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.attachments.contracts import Scanner, Verdict
from apps.attachments.models import Attachment, StoredFile
from apps.attachments.services.storing import Received, store
from apps.currencies.models import Currency
from apps.kernel.services import provide, service
from apps.kernel.work.sweeper import sweep
from tests.currencies.factories import make_currency
from tests.support.scopes import House, seeding

LIST = "/api/attachments/"
ENTITY = "currencies.currency"
TEXT = b"Stocktaking on the last day of March.\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def picture(width: int = 640, height: int = 360, form: str = "PNG", colour: str = "#2a6") -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, form)
    return target.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of one bit for each pixel, a thousandth of its size when packed, that is as large as it says."""
    row = b"\0" + b"\0" * ((width + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def currency(house: House, code: str = "EUR") -> Currency:
    """A record to attach files to, in North."""
    return make_currency(house, code)


def upload(client: Client, record: Any, content: bytes = TEXT, name: str = "notes.txt", **fields: Any) -> Any:
    """The answer to an upload; `record` None makes a draft."""
    file = SimpleUploadedFile("x", content, content_type="image/png")
    file._name = name  # type: ignore[attr-defined]  # as a sender would put it, with path and all
    body: dict[str, Any] = {"entity": ENTITY, **fields, "file": file}
    if record is not None:
        body["record_id"] = str(record.pk)
    return client.post(LIST, body)


def uploaded(
    client: Client, record: Any, content: bytes = TEXT, name: str = "notes.txt", **fields: Any
) -> dict[str, Any]:
    """The record of an upload that has to succeed."""
    answer = upload(client, record, content, name, **fields)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def detail(client: Client, attachment_id: str) -> dict[str, Any]:
    """The file with its links."""
    answer = client.get(f"{LIST}{attachment_id}/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def link(client: Client, attachment_id: str) -> str:
    """The address that hands the file to the client."""
    found = detail(client, attachment_id)["links"]["file"]
    assert found is not None
    return str(found)


def stored(house: House) -> list[StoredFile]:
    """What the tenant has in the storage, by its rows."""
    with seeding(house.scope()):
        return list(StoredFile.objects.order_by("created_at", "id"))


def attached(house: House) -> list[Attachment]:
    """Every attachment of the tenant, deleted ones included."""
    with seeding(house.scope()):
        return list(Attachment.objects.select_related("file").order_by("created_at", "id"))


def objects(house: House) -> list[str]:
    """Names of the tenant's objects in the storage."""
    try:
        return sorted(default_storage.listdir(f"attachments/{house.tenant.pk}")[1])
    except FileNotFoundError:
        return []


def run_work() -> None:
    """Let the workers do what is due."""
    sweep("work")


def age(house: House, attachment_id: UUID | str, **values: Any) -> None:
    """Make a file older than it is."""
    with seeding(house.scope()):
        Attachment.objects.filter(pk=attachment_id).update(**values)


def bare_file(content: bytes = TEXT) -> StoredFile:
    """A stored file that nothing is attached by, in the open scope."""
    return store(Received(io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest(), "bare.txt"))


class Counting:
    """A scanner that finds nothing, and counts what it has seen."""

    name = "tests"

    def __init__(self) -> None:
        self.seen = 0

    def scan(self, content: BinaryIO) -> Verdict:
        """Count the file."""
        self.seen += 1
        return Verdict()


@contextmanager
def scanning(scanner: Any) -> Iterator[Any]:
    """Have files scanned by that for the block."""
    former = service(Scanner)
    provide(Scanner, scanner)
    try:
        yield scanner
    finally:
        provide(Scanner, former)
