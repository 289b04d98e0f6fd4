"""Imports before they run: taking the file, arranging columns and options, asking for the work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.commands.executor import demand_feature
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.imports.errors import RunEnded
from apps.kernel.imports.models import WORKING, ImportProblem, ImportRun, RunState
from apps.kernel.imports.planning.mapping import ColumnMapping, guess_mapping, mapping_from_json
from apps.kernel.imports.planning.options import Options, options_from_json
from apps.kernel.imports.planning.orders import Mode
from apps.kernel.imports.reading.sources import Layout, Look, guess_layout, look
from apps.kernel.imports.resources.targets import target_of_entity
from apps.kernel.imports.runs.files import keep, opened
from apps.kernel.imports.runs.lines import Plan
from apps.kernel.imports.targets import ImportTarget
from apps.kernel.ports import ProgressReporter
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.work.queueing import enqueue

KIND: Final = "kernel.import"
FORGET: Final = "kernel.forget_import"
KEPT: Final = gettext_noop("Import into {kind}: {file}")
REHEARSED: Final = gettext_noop("Check of an import into {kind}: {file}")


def keep_until(moment: datetime) -> datetime:
    """When a file and what was found in it are removed: after the days of the setting PROGRESS_RETENTION_DAYS."""
    return moment + timedelta(days=getattr(settings, "PROGRESS_RETENTION_DAYS", 7))


def target_for(entity: str, mode: Mode | None = None) -> ImportTarget:
    """The target, if the actor may import in this mode, without one in any. Raises RowNotFound, FeatureRequired."""
    target = target_of_entity(entity)
    if target is None or ENTITIES.get(entity) is None:
        raise RowNotFound
    scope = current_scope()
    wanted = [mode] if mode is not None else [item for item in target.modes() if may(target, item)][:1]
    for item in wanted or list(target.modes())[:1]:
        for feature in target.features(item):
            demand_feature(scope, feature)
    return target


def may(target: ImportTarget, mode: Mode) -> bool:
    """Say whether the actor may import in the mode."""
    access = current_scope().actor.access
    return all(access.allows(feature) for feature in target.features(mode))


def take(entity: str, content: BinaryIO, name: str) -> ImportRun:
    """Keep a file and guess how it is meant; columns are assigned as they were for the same columns before.

    Raises RowNotFound, FeatureRequired, FileRefused, FileTooLarge.
    """
    layout = guess_layout(content)
    found = look(content, layout)
    with reading_paused():
        with scoped_transaction():
            run = _new(target_for(entity), name, layout, found)
        run.file = keep(run.pk, content, name)
        with scoped_transaction():
            run.save(force_insert=True)
            enqueue(FORGET, run.pk, keep_until(clock.now()))
    return run


def _new(target: ImportTarget, name: str, layout: Layout, found: Look) -> ImportRun:
    scope = current_scope()
    before = _same_columns(target.entity, found.names)
    mapping = _remembered(before) if before else _guessed(found, target)
    options = options_from_json(before.options) if before else guessed_options(target, mapping)
    return ImportRun(
        id=uuid7(),
        entity=target.entity,
        file_name=name[:255],
        layout=layout.as_json(),
        names=list(found.names),
        mapping=mapping.as_json(),
        options=options.as_json(),
        language=get_language() or "en",
        owner_kind=scope.actor.kind.value,
        owner_id=scope.actor.id,
        owner_label=scope.actor.label,
        on_behalf_of=scope.actor.on_behalf_of,
        owner_organization_id=scope.organization_id,
        owner_organization_ids=sorted(scope.organization_ids),
    )


def _guessed(found: Look, target: ImportTarget) -> ColumnMapping:
    """Moments without a zone are meant as the clock of whoever gives the file."""
    return guess_mapping(found, target.fields(), zone=timezone.get_current_timezone_name())


def _remembered(before: ImportRun) -> ColumnMapping:
    """The assignment of an earlier import; one of a colleague says nothing of the clock that is meant now."""
    mapping, actor = mapping_from_json(before.mapping), current_scope().actor
    if (before.owner_kind, before.owner_id) == (actor.kind.value, actor.id):
        return mapping
    return mapping.meant_in(timezone.get_current_timezone_name())


def _same_columns(entity: str, names: tuple[str, ...]) -> ImportRun | None:
    """The last import of the same columns that ran, whoever did it: its assignment is the saved one."""
    rows = ImportRun.objects.filter(entity=entity, names=list(names), action_id__isnull=False)
    found: ImportRun | None = rows.order_by("-created_at").first()
    return found


def guessed_options(target: ImportTarget, mapping: ColumnMapping) -> Options:
    """Rows meet records by the first key that a column goes to; without one they are all new."""
    modes = [mode for mode in target.modes() if may(target, mode)] or list(target.modes())
    usual = [key for key in target.usual() if set(key) <= set(mapping.targets)]
    if usual and modes[0] is not Mode.CREATE:
        return Options(modes[0], usual[0])
    return Options(Mode.CREATE if Mode.CREATE in modes else modes[0])


def run_of(run_id: UUID) -> ImportRun:
    """An import of one's own. Raises RowNotFound for any other, and where the kind may not be imported any more."""
    actor = current_scope().actor
    rows = ImportRun.objects.filter(pk=run_id, owner_kind=actor.kind.value, owner_id=actor.id)
    run: ImportRun | None = rows.first() if actor.id is not None else None
    if run is None or run.owner_organization_id != current_scope().organization_id:
        raise RowNotFound
    target_for(run.entity)
    return run


def look_into(run: ImportRun) -> Look:
    """The start of the file as it is read now. Raises FileRefused."""
    with opened(run) as file:
        return look(file, Layout.from_json(run.layout))


def lay_out(run: ImportRun, layout: Layout) -> ImportRun:
    """Read the file in another way; columns are assigned anew. Raises FileRefused, RunEnded."""
    _demand_open(run)
    target = target_for(run.entity)
    with opened(run) as file:
        found = look(file, layout)
    mapping = _guessed(found, target)
    options = guessed_options(target, mapping)
    values: dict[str, Any] = {"layout": layout.as_json(), "names": list(found.names), "mapping": mapping.as_json()}
    return _changed(run, **values, options=options.as_json())


def arrange(run: ImportRun, mapping: ColumnMapping, options: Options) -> ImportRun:
    """Assign columns and say what is done with the rows. Raises OrderInvalid, FeatureRequired, RunEnded."""
    _demand_open(run)
    target = target_for(run.entity, options.mode)
    Plan(target, mapping, options, len(run.names)).demand_sound()
    return _changed(run, mapping=mapping.as_json(), options=options.as_json())


def _changed(run: ImportRun, **values: Any) -> ImportRun:
    with reading_paused(), scoped_transaction():
        ImportProblem.objects.filter(run_id=run.pk).delete()
        fresh = {"state": RunState.DRAFT, "counts": {}, "previews": [], "position": 0, "reason": ""}
        for name, value in {**fresh, **values}.items():
            setattr(run, name, value)
        run.save()
    return run


def _demand_open(run: ImportRun) -> None:
    if not run.is_open:
        raise RunEnded(state=run.get_state_display())


def begin(run: ImportRun, *, rehearse: bool) -> ImportRun:
    """Queue the check or the import itself. Raises RunEnded, OrderInvalid, FeatureRequired."""
    plan_of(run).demand_sound()
    with reading_paused(), scoped_transaction():
        held: ImportRun = ImportRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
        _demand_open(held)
        ImportProblem.objects.filter(run_id=held.pk).delete()
        total = held.counted.rows if held.state == RunState.CHECKED else None
        held.state = RunState.CHECKING if rehearse else RunState.RUNNING
        held.position, held.counts, held.stop, held.reason, held.previews = 0, {}, "", "", []
        held.total, held.job_id = total, _job(held, total)
        held.save()
        enqueue(KIND, held.pk)
    return held


def _job(run: ImportRun, total: int | None) -> UUID | None:
    progress = service(ProgressReporter)
    if not progress.is_available:
        return None
    words = {"kind": run.entity, "file": run.file_name}
    name = REHEARSED if run.state == RunState.CHECKING else KEPT
    return progress.open(KIND, name=name, words=words, total=total, is_cancellable=True)


def plan_of(run: ImportRun) -> Plan:
    """Everything that the run says, for the actor of now. Raises RowNotFound, FeatureRequired."""
    options = options_from_json(run.options)
    target = target_for(run.entity, options.mode)
    return Plan(target, mapping_from_json(run.mapping), options, len(run.names))


def stop(run: ImportRun, *, keeps: bool) -> None:
    """Have the worker stop after the batch in hand, and keep what is in, or take it back."""
    with reading_paused(), scoped_transaction():
        rows = ImportRun.objects.filter(pk=run.pk, state__in=WORKING)
        if not rows.update(stop="keep" if keeps else "undo", updated_at=clock.now()):
            raise RunEnded(state=_("the end"))
