"""Everything that is held about a person as one file: asked for by a command, written behind the answer."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Final
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, gettext_noop

from apps.customers.features import EXPORT_SUBJECTS
from apps.customers.models import Person
from apps.customers.services.subjects import subject_of
from apps.kernel import clock
from apps.kernel.access.visible import visible
from apps.kernel.commands.declarations import command
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.running import about
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import JobInput, ProgressReporter
from apps.kernel.registry.subjects import SUBJECT_SOURCES, Row, Subject, SubjectSource
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue

WORK: Final = "customers.subject_export"
FINAL: Any = gettext_lazy("what has been handed out cannot be taken back.")
TOGETHER: Final = 256 * 1024  # bytes of a file that are copied at once


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one source holds, for the summary: its rows as pairs of names and values."""

    title: str
    rows: list[Row]


@command("customers.person.export", feature=EXPORT_SUBJECTS, undoable=False, undo_reason=FINAL)
def export_person(person_id: UUID) -> UUID:
    """Queue the file with everything that is held about a person, deleted or not; gives the long job. RowNotFound."""
    person = _seen(person_id)
    about(person)
    values = {"person_id": str(person.pk), **current_manners()}
    # Named without the person: the list of jobs outlives them.
    job_id = service(ProgressReporter).open(WORK, name=gettext_noop("Everything about a person"), values=values)
    enqueue(WORK, job_id)
    return job_id


def write_export(job_id: UUID, job: JobInput, watch: Any) -> dict[str, Any]:
    """Write the file as whoever asked, with what they may see now, and say where it is."""
    person_id = UUID(job.values["person_id"])
    with tempfile.TemporaryFile() as file:
        with scoped_transaction() as scope:
            demand_feature(current_scope(), EXPORT_SUBJECTS)
            person = _seen(person_id)
            count = _write(file, person, watch)
        file.seek(0)
        stored = default_storage.save(f"exports/{scope.tenant_id}/{job_id}.zip", File(file))
    name = f"customers-person-{clock.now():%Y%m%d-%H%M%S}.zip"
    told = {"entity": Person.entity_id, "id": str(person_id)}
    return {"rows": count, "file": stored, "file_name": name, "about": told}


def _seen(person_id: UUID) -> Person:
    person: Person | None = visible(Person.objects.filter(pk=person_id)).first()
    if person is None:
        raise RowNotFound
    return person


def _write(target: IO[bytes], person: Person, watch: Any) -> int:
    subject, chapters, count = subject_of(person), [], 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in SUBJECT_SOURCES.values():
            rows = list(source.read(subject))
            if rows:
                archive.writestr(f"data/{source.id}.json", _as_json(rows))
                chapters.append(Chapter(str(source.label), rows))
            count += len(rows)
            for name in _copied(archive, source, subject):
                watch(count, None)
                count += bool(name)
            watch(count, None)
        context = {"person": person, "chapters": chapters, "at": clock.now(), "language": get_language()}
        context["zone"] = timezone.get_current_timezone_name()
        archive.writestr("summary.html", render_to_string("customers/subject_export.html", context))
    return count


def _copied(archive: zipfile.ZipFile, source: SubjectSource, subject: Subject) -> Iterator[str]:
    """Copy the source's files into the archive, piece by piece; gives the name of each."""
    for item in source.files(subject):
        name = f"files/{source.id}/{PurePosixPath(item.name).name}"
        with item.open() as content, archive.open(name, "w") as inside:
            while piece := content.read(TOGETHER):
                inside.write(piece)
        yield name


def _as_json(rows: list[Row]) -> str:
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
