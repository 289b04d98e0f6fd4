"""The storage: objects under keys of their tenant, put and removed outside of transactions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import default_storage

from apps.attachments.calculations import kinds
from apps.attachments.errors import FileRefused
from apps.attachments.models import FileStatus, StoredFile
from apps.kernel.errors import Unavailable
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction

ROOT: Final = "attachments"
CHUNK: Final = 256 * 1024
Failures: Final = (OSError, BotoCoreError, ClientError)


@dataclass(frozen=True, slots=True)
class Received:
    """An upload in a temporary place: its content from the beginning, size in bytes, SHA-256 in hex, sanitised name."""

    content: IO[bytes]
    size: int
    sha256: str
    name: str


def folder_of(tenant_id: UUID) -> str:
    """Where the tenant's objects lie."""
    return f"{ROOT}/{tenant_id}"


def thumbnail_key(key: str, size: int) -> str:
    """Where a thumbnail of the object lies."""
    return f"{key}.{size}"


def keys_of(key: str) -> tuple[str, ...]:
    """The object and whatever was made of it."""
    return (key, *(thumbnail_key(key, size) for size in kinds.THUMBNAILS))


def store(received: Received) -> StoredFile:
    """Put an upload into the storage under a fresh key, and then note it; nothing points to it so far.

    The bytes come first: a crash in between leaves an object without a row, which the sweep removes, and never a row
    without its content. Raises FileRefused for programs, Unavailable.
    """
    head = received.content.read(kinds.LOOKED_AT)
    received.content.seek(0)
    if kinds.is_program(head):
        raise FileRefused
    key = f"{folder_of(current_scope().tenant_id)}/{uuid7()}"
    with reading_paused():
        kept = put(key, received.content)
        file = StoredFile(
            key=kept,
            size=received.size,
            sha256=received.sha256,
            content_type=kinds.content_type(head, received.name),
            status=FileStatus.PENDING,
        )
        with scoped_transaction():
            file.save(force_insert=True)
    return file


def discard(file: StoredFile) -> None:
    """Forget a stored file that came to nothing. What cannot be removed now is left to the sweep."""
    with reading_paused():
        try:
            remove(file.key)
        except Unavailable:
            return
        with scoped_transaction():
            StoredFile.objects.filter(pk=file.pk).delete()


def put(key: str, content: Any) -> str:
    """Store an object and say under which key. Raises Unavailable."""
    with _failing_softly():
        return default_storage.save(key, content if isinstance(content, File) else File(content))


def opened(key: str) -> Any:
    """The object, open for reading. Raises FileNotFoundError, Unavailable."""
    try:
        return default_storage.open(key, "rb")
    except FileNotFoundError:
        raise
    except Failures as error:
        raise Unavailable from error


def remove(key: str) -> None:
    """Remove an object and its thumbnails; one that is not there is no fault. Raises Unavailable."""
    for name in keys_of(key):
        remove_object(name)


def remove_object(name: str) -> None:
    """Remove one object. Raises Unavailable."""
    with _failing_softly():
        default_storage.delete(name)


@contextmanager
def local_copy(key: str) -> Iterator[Path]:
    """The object as a file of this machine, for the block. Raises FileNotFoundError, Unavailable."""
    with tempfile.TemporaryDirectory(prefix="agora-file-") as folder:
        path = Path(folder) / "content"
        with opened(key) as source, path.open("wb") as target, _failing_softly():
            shutil.copyfileobj(source, target, CHUNK)
        yield path


def listed_keys(tenant_id: UUID) -> set[str]:
    """Every object of the tenant, thumbnails included. Raises Unavailable."""
    folder = folder_of(tenant_id)
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return set()
    except Failures as error:
        raise Unavailable from error
    return {f"{folder}/{name}" for name in names if name}


@contextmanager
def _failing_softly() -> Iterator[None]:
    """A storage that does not answer is a part of the platform that does not answer."""
    try:
        yield
    except Failures as error:
        raise Unavailable from error
