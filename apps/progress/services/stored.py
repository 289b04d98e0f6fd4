"""The port of long jobs over the table."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from apps.kernel.ports import JobInput
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress import selectors
from apps.progress.services import ending, opening, stepping


class StoredProgress:
    """`LongJobs`, and with it the kernel's `ProgressReporter`; see the functions that it calls."""

    is_available = True

    def open(
        self,
        kind: str,
        *,
        name: str,
        words: Mapping[str, str] | None = None,
        total: int | None = None,
        is_cancellable: bool = False,
        values: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Note a pending job of the scope's actor, in the caller's transaction."""
        return opening.open_job(kind, name=name, words=words, total=total, is_cancellable=is_cancellable, values=values)

    def open_child(
        self,
        parent_id: UUID,
        *,
        partition: str,
        name: str = "",
        total: int | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Note a part of a job, in the caller's transaction. Raises RowNotFound, JobEnded, PartRefused."""
        return opening.open_child(parent_id, partition=partition, name=name, total=total, values=values)

    def input_of(self, job_id: UUID) -> JobInput | None:
        """What the job was opened with, None when there is no such job or it has ended."""
        with scoped_transaction():
            return selectors.input_of(job_id)

    def start(self, job_id: UUID) -> None:
        """Note that somebody works on the job."""
        stepping.start(job_id)

    def watched(self, job_id: UUID) -> AbstractContextManager[None]:
        """Start the job and give signs of life for the length of the block."""
        return stepping.watched(job_id)

    def advance(self, job_id: UUID, done: int, total: int | None = None) -> None:
        """Say how far the job is."""
        stepping.advance(job_id, done, total)

    def is_cancellation_requested(self, job_id: UUID) -> bool:
        """Say whether somebody asked to stop, or the job has been given up meanwhile."""
        with scoped_transaction():
            return selectors.is_cancellation_requested(job_id)

    def unfinished_children(self, parent_id: UUID) -> int:
        """How many parts have not ended."""
        with scoped_transaction():
            return selectors.unfinished_children(parent_id)

    def complete(self, job_id: UUID, result: Mapping[str, Any]) -> None:
        """End the job well."""
        ending.complete(job_id, result)

    def fail(self, job_id: UUID, message: str) -> None:
        """End the job badly."""
        ending.fail(job_id, message)

    def cancelled(self, job_id: UUID) -> None:
        """Note that the job has stopped because somebody asked."""
        ending.cancelled(job_id)
