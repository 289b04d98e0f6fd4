"""Long jobs for tests: opened by somebody, worked on by the system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from apps.auth.models import User
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress.contracts import LongJobs
from apps.progress.models import Job
from tests.auth.factories import acting_as, reading_in, system
from tests.support.scopes import House

KIND = "tests.thing.export"


def jobs() -> LongJobs:
    """The service."""
    return service(LongJobs)


def open_job(house: House, user: User, kind: str = KIND, **details: Any) -> UUID:
    """A job that the user asked for."""
    with acting_as(house, user), scoped_transaction():
        return jobs().open(kind, **{"name": "Export of things", **details})


def open_part(house: House, parent_id: UUID, partition: str, **details: Any) -> UUID:
    """A part of a job."""
    with working_in(house), scoped_transaction():
        return jobs().open_child(parent_id, partition=partition, **details)


@contextmanager
def working_in(house: House) -> Iterator[None]:
    """Work as a handler does: as the system, outside any transaction."""
    with using_scope(system(house)):
        yield


def stored(house: House, job_id: UUID) -> Job:
    """The job as it stands in the table."""
    with reading_in(house):
        job: Job = Job.objects.get(pk=job_id)
    return job
