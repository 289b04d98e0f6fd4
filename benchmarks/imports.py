"""A file into records of a tenant's own type, one command for each row, beside the bare bulk insert; and its undo."""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from django.test import override_settings

from apps.entities.models import Record, RecordType
from apps.entities.services import create_definition, create_type
from apps.kernel.commands.declarations import command
from apps.kernel.commands.undo.engine import undo
from apps.kernel.imports.models import ImportRun, RunState
from apps.kernel.imports.runs import drafts
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from apps.kernel.work.sweeper import sweep
from benchmarks.figures import Figure
from benchmarks.houses import REASON, no_example
from benchmarks.options import Options
from tests.auth.factories import make_role, make_user
from tests.support.scopes import make_house

LARGE = 50_000
MOST_MEGABYTES = 60
MOST_SECONDS = 30
KIND = "custom.parcel"


@command("benchmarks.record.mass", open_reason=REASON, resource="entities.record", example=no_example)
def mass(count: int) -> None:
    """Insert records in batches as Django does it, with their row images and nothing else."""
    kind = RecordType.objects.get()
    rows = (Record(type=kind, title=f"Plain {number}", custom={"amount": number}) for number in range(count))
    Record.objects.bulk_create(rows, batch_size=500)


def run(options: Options) -> Iterator[Figure]:
    """Check, import, import again what is there already, and undo."""
    rows = options.size(LARGE)
    house = make_house("Benchmark")
    user = make_user(house, email="ada@example.org", roles=(make_role(house, "*"),))
    scope = house.scope(actor_id=user.pk)
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder), using_scope(scope), reading():
        yield from _measured(rows)


def _measured(rows: int) -> Iterator[Figure]:
    create_type(key="parcel", label="Parcel", label_plural="Parcels")
    create_definition(entity=KIND, key="amount", label="Amount", kind="integer")
    text = "title,amount\n" + "".join(f"Parcel {number},{number}\n" for number in range(rows))
    plain, _ = _taken(lambda: mass(rows))
    checking, _ = _taken(lambda: _worked(text, rehearse=True))
    importing, grown = _taken(lambda: _worked(text, rehearse=False))
    for name, seconds in (("checked", checking), ("imported", importing)):
        note = f"{rows / seconds:,.0f} rows/s; bulk insert {rows / plain:,.0f} rows/s"
        yield Figure(f"{rows:,} rows {name}", seconds, "s", plain, "bulk_create in a command, with images", note=note)
    yield _memory("  more memory in this process", grown)
    with scoped_transaction():
        run = ImportRun.objects.filter(state=RunState.DONE).get()
    undoing, grown = _taken(lambda: undo(run.action_id))
    limit = f"< {MOST_SECONDS} s"
    yield Figure(f"{rows:,} rows undone", undoing, "s", target=limit, met=undoing < MOST_SECONDS)
    yield _memory("  more memory in this process", grown)


def _memory(name: str, grown: float) -> Figure:
    return Figure(name, grown, "MB", target=f"≤ {MOST_MEGABYTES} MB", met=grown <= MOST_MEGABYTES)


def _worked(text: str, *, rehearse: bool) -> None:
    run = drafts.take(KIND, io.BytesIO(text.encode()), "parcels.csv")
    drafts.begin(run, rehearse=rehearse)
    while drafts.run_of(run.pk).is_working:
        sweep("work")


def _taken(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds that the call took, and the megabytes by which the process's peak grew."""
    before, started = _peak(), time.perf_counter()
    call()
    return time.perf_counter() - started, _peak() - before


def _peak() -> float:
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
