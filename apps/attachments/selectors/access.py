"""Files are as open as their records: the one place that says so."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.urls import get_resolver
from django.utils.translation import gettext as _

from apps.attachments.models import Attachment
from apps.kernel.access.visible import changeable
from apps.kernel.api.permissions import features_of
from apps.kernel.api.reading.expansions import RESOURCES
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.history.privacy import view_feature_of
from apps.kernel.errors import FieldError, InvalidInput, PlatformError, RowNotFound
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.tenancy.scope import ActorKind, current_scope

UNKNOWN_KIND = "attachments.entity.unknown"


def view_features(kind: Entity) -> tuple[str, ...]:
    """Features that open records of the kind, all of them needed; none for a kind that nothing opens by name.

    What the model names counts first, then what its REST resource asks for, then the name that the house would give.
    """
    named = str(getattr(kind.model, "view_feature", ""))
    if named:
        return (named,)
    _routes = (
        get_resolver().url_patterns
    )  # resources declare themselves when the routes are read, which workers never do
    resource = RESOURCES.get(kind.id)
    asked = features_of(resource, "retrieve") if resource is not None else ()  # type: ignore[arg-type]
    guessed = view_feature_of(kind.model)
    return asked or ((guessed,) if guessed else ())


def change_feature(kind: Entity) -> str:
    """The feature that changes records of the kind, "" where no command changes them: then they take no files."""
    named = str(getattr(kind.model, "change_feature", ""))
    command = COMMANDS.get(f"{kind.id}.update")
    return named or (command.feature if command is not None else "")


def takes_files(kind: Entity) -> bool:
    """Say whether files can be attached to records of the kind at all."""
    return bool(change_feature(kind)) and bool(view_features(kind))


def may_see(kind: Entity) -> bool:
    """Say whether the actor may see records of the kind."""
    access = current_scope().actor.access
    features = view_features(kind)
    return bool(features) and all(access.allows(feature) for feature in features)


def may_change(kind: Entity) -> bool:
    """Say whether the actor may change records of the kind, restricted ones aside."""
    return may_see(kind) and current_scope().actor.access.allows(change_feature(kind))


def seen_kinds() -> list[Entity]:
    """Kinds of record that take files and that the actor may see."""
    return [kind for kind in ENTITIES.values() if takes_files(kind) and may_see(kind)]


def seen(rows: models.QuerySet[Attachment], *, entity: str | None = None) -> models.QuerySet[Attachment]:
    """Those of the rows whose record the actor sees, and the actor's own drafts; `entity` leaves other kinds out.

    One condition inside the same statement: for each row its own record is looked for, whatever the number of records.
    """
    kinds = seen_kinds() if entity is None else [kind for kind in seen_kinds() if kind.id == entity]
    test = own_drafts()
    for kind in kinds:
        record = kind.living().filter(pk=models.OuterRef("record_id"))
        test |= models.Q(models.Exists(record), entity=kind.id)
    return rows.filter(test) if entity is None else rows.filter(test, entity=entity)


def own_drafts() -> models.Q:
    """Files without a record that the actor uploaded; the system itself sees everybody's."""
    actor = current_scope().actor
    drafts = models.Q(record_id__isnull=True)
    return (
        drafts if actor.kind is ActorKind.SYSTEM else drafts & models.Q(uploaded_by=actor.id, uploaded_by__isnull=False)
    )


def living_attachments(*, entity: str | None = None) -> models.QuerySet[Attachment]:
    """Files that are not deleted and that the actor sees."""
    return seen(Attachment.objects.filter(deleted_at__isnull=True), entity=entity)


def attachments_of(entity: str, record_ids: Iterable[UUID]) -> models.QuerySet[Attachment]:
    """Files of records of one kind with their stored files, in the order of their records' own."""
    rows = living_attachments(entity=entity).filter(record_id__in=list(record_ids))
    return rows.select_related("file").order_by("record_id", "position", "id")


def demand_place(entity: str, record_id: UUID | None) -> None:
    """Demand that the actor may attach files to the record (None: to one that is still to be made).

    Raises InvalidInput for kinds and records that are unknown, foreign, hidden or deleted, all in the same words;
    FeatureRequired and RecordReadOnly for what may only be seen, and what the kind says of records that get nothing
    more.
    """
    kind = _known_kind(entity)
    demand_feature(current_scope(), change_feature(kind))
    if record_id is None:
        return
    record = kind.living().filter(pk=record_id).first()
    if record is None:
        raise InvalidInput(errors=(no_such_record("record_id"),))
    kind.demand_changeable(record)


def hold_place(entity: str, record_id: UUID | None) -> None:
    """The same inside a command: the record cannot be deleted before the command has ended."""
    if record_id is not None and not hold(_known_kind(entity), {record_id}):
        raise InvalidInput(errors=(no_such_record("record_id"),))
    demand_place(entity, record_id)


def demand_own(row: Attachment) -> None:
    """Demand that the actor may change a file that is there. Raises RowNotFound, FeatureRequired, RecordReadOnly."""
    if not living_attachments().filter(pk=row.pk).exists():
        raise RowNotFound
    demand_place(row.entity, row.record_id)


def may_edit(row: Attachment) -> bool:
    """Say whether the actor may change a file that they see."""
    try:
        demand_place(row.entity, row.record_id)
    except PlatformError:
        return False
    return True


def demand_still_allowed(entity: str, record_id: UUID | None) -> None:
    """Demand for an undo that the actor may change such records, and this one if it is there.

    It may have gone, or come back only later in the same undo. Raises RowNotFound, FeatureRequired.
    """
    kind = ENTITIES.get(entity)
    if kind is None or not takes_files(kind):
        raise RowNotFound
    demand_feature(current_scope(), change_feature(kind))
    rows = kind.model._default_manager.filter(pk=record_id)
    if record_id is not None and rows.exists() and not changeable(rows).exists():
        raise RowNotFound


def _known_kind(entity: str) -> Entity:
    kind = ENTITIES.get(entity)
    if kind is None or not takes_files(kind) or not may_see(kind):
        text = _("There is no such kind of record, or it takes no files.")
        raise InvalidInput(errors=(FieldError("entity", UNKNOWN_KIND, text),))
    return kind
