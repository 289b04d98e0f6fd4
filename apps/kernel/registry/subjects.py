"""What modules hold about a person: an open register, read for the person's export and asked when they are erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry

Text = str | Promise
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A person whom data is about: their record, its organization, and the e-mails and phones that they have or had."""

    entity: str
    id: UUID
    organization_id: UUID
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """A file about the person: its name among their files, and how to read it."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What a source has removed: how many rows of which table, and the rows whose images in the history go as well.

    `files` are names in the default storage. A worker removes them once all of it is committed.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    rows: frozenset[UUID] = frozenset()
    files: tuple[str, ...] = ()


def _nothing(_subject: Subject) -> Iterable[Any]:
    return ()


def _keeps(_subject: Subject) -> Erased:
    return Erased()


@dataclass(frozen=True, slots=True)
class SubjectSource:
    """One kind of thing that a module holds about people.

    `read` and `files` give what stands in the export, `erase` removes it and runs inside the command that erases the
    person, so it sees what that sees. A module that has to keep something leaves `erase` out.
    `pointers` are audited tables and their columns that point to the person: rows that were deleted earlier are found
    by them in the history.
    """

    id: str
    label: Text
    read: Callable[[Subject], Iterable[Row]] = _nothing
    files: Callable[[Subject], Iterable[SubjectFile]] = _nothing
    erase: Callable[[Subject], Erased] = _keeps
    pointers: tuple[tuple[str, str], ...] = ()


SUBJECT_SOURCES: Registry[SubjectSource] = Registry("source of data about people")


def subject_source(declared: SubjectSource) -> SubjectSource:
    """Register a source; its id is `<module>.<things>`."""
    return SUBJECT_SOURCES.add(declared.id, declared)
