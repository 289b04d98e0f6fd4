"""What other modules may ask about files, and what a virus scanner has to offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from apps.kernel.registry.store import Registry


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """What is known of one file.

    `record_id` None: a draft, which its uploader has not given to a record yet. `size` is in bytes, `sha256` in hex;
    `width` and `height`, in pixels, are None for what is no picture and until a worker has looked. `status` is
    `pending`, `clean` or `quarantined`; only clean files are handed out.
    """

    id: UUID
    entity: str
    record_id: UUID | None
    name: str
    content_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    status: str
    has_thumbnails: bool
    note: str
    position: int
    created_at: datetime


class AttachmentBook(Protocol):
    """Files as other modules see them: always as far as the open scope's actor may see their records."""

    def facts(self, ids: Iterable[UUID]) -> Mapping[UUID, AttachmentFacts]:
        """Facts by id, in one query; what the actor may not see is absent."""
        ...

    def of_records(self, entity: str, record_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[AttachmentFacts]]:
        """The files of records of one kind, in the order of each record's own, in one query."""
        ...

    def claim(self, ids: Iterable[UUID], *, entity: str, record_id: UUID) -> None:
        """Give the actor's drafts to a record, inside the command that creates it.

        Raises InvalidInput when one of them is no draft of the actor's for that kind.
        """
        ...

    def link(self, attachment_id: UUID, *, thumbnail: int | None = None) -> str | None:
        """An address that hands the file to the open scope's actor, and to nobody else, for some minutes.

        `thumbnail` asks for a picture of at most that many pixels. None: there is none, or it is not handed out.
        """
        ...

    def links(self, ids: Iterable[UUID], *, thumbnail: int | None = None) -> Mapping[UUID, str]:
        """The same for many files, in one query; those without an address are absent."""
        ...


@dataclass(frozen=True, slots=True)
class FilesPage:
    """Records of the kind `entity` have their files on a page of their own, in place of the foot of their forms.

    `address(record)` is where it stands. The page draws the spot `detail:<entity>:files`.
    """

    entity: str
    address: Callable[[Any], str]


FILES_PAGES: Registry[FilesPage] = Registry("page of files")


def files_page(declared: FilesPage) -> FilesPage:
    """Give a kind of record a page for its files; it becomes a tab of the record, with their number."""
    return FILES_PAGES.add(declared.entity, declared)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner found; `threat` names it, "" for a clean file."""

    threat: str = ""

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was found."""
        return not self.threat


class Scanner(Protocol):
    """Looks for viruses. One with an empty `name` looks at nothing, and nothing waits for it."""

    name: str

    def scan(self, content: BinaryIO) -> Verdict:
        """Look at a whole file, read in pieces. Raises ScannerUnreachable, NeedsConfiguration."""
        ...
