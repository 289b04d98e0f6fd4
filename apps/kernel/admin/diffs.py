"""What an action changed, row by row, for people: names instead of columns, labels instead of ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.admin.labels import Labels, record_url, target_of
from apps.kernel.admin.wording import MASK, field_label, value_text
from apps.kernel.commands.models import RowImage
from apps.kernel.commands.undo.tables import ImagedTable, imaged_table
from apps.kernel.registry.entities import ENTITIES

HIDDEN = frozenset({"id", "tenant_id", "version", "updated_at", "created_at", "path", "depth"})
MOST_ROWS = 25


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field: its name and the two values in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One row of one action. `happened` is `created`, `changed`, `deleted` or `restored`."""

    kind: str
    label: str
    url: str
    happened: str
    fields: tuple[FieldDiff, ...]
    row_id: UUID

    @property
    def happened_words(self) -> str:
        """What happened to the row, for people."""
        words = {
            "created": _("created"),
            "changed": _("changed"),
            "deleted": _("deleted"),
            "restored": _("restored"),
        }
        return words[self.happened]


@dataclass(slots=True)
class ActionDiff:
    """The rows of one action; `more` counts those that are not shown."""

    rows: list[RowDiff] = field(default_factory=list)
    more: int = 0


def taken_back(diff: ActionDiff) -> ActionDiff:
    """The same rows the other way round: what undoing the action would do."""
    opposite = {"created": "deleted", "deleted": "restored", "restored": "deleted", "changed": "changed"}
    rows = [
        replace(
            row,
            happened=opposite[row.happened],
            fields=tuple(FieldDiff(item.label, item.new, item.old) for item in row.fields),
        )
        for row in reversed(diff.rows)
    ]
    return ActionDiff(rows, diff.more)


def diffs_of(trees: Mapping[UUID, Iterable[UUID]], labels: Labels) -> dict[UUID, ActionDiff]:
    """Diffs of actions: `trees` maps each root action to itself and the actions inside it."""
    root_of = {item: root for root, members in trees.items() for item in members}
    images = list(RowImage.objects.filter(action_id__in=root_of).order_by("seq")[: MOST_ROWS * 20])
    grouped: dict[UUID, list[RowImage]] = defaultdict(list)
    result = {root: ActionDiff() for root in trees}
    for image in images:
        root = root_of[image.action_id]
        if len(grouped[root]) < MOST_ROWS:
            grouped[root].append(image)
        else:
            result[root].more += 1
    _prefetch(images, labels)
    for root, members in grouped.items():
        result[root].rows = [row_diff(image, labels) for image in members]
    return result


def row_diff(image: RowImage, labels: Labels) -> RowDiff:
    """The diff of one row image."""
    table = _table(image.table_name)
    entity = table.entity if table else ""
    meta = table.model._meta if table else None
    return RowDiff(
        kind=str(meta.verbose_name) if meta else image.table_name,
        label=_row_label(image, entity, labels),
        url=record_url(entity, image.row_id) if image.operation != "D" else "",
        happened=_happened(image),
        fields=tuple(_field_diffs(table, image, labels)),
        row_id=image.row_id,
    )


def _table(name: str) -> ImagedTable | None:
    try:
        return imaged_table(name)
    except LookupError:
        return None


def _row_label(image: RowImage, entity: str, labels: Labels) -> str:
    if entity in ENTITIES:
        labels.fetch([(entity, image.row_id)])
        if known := labels.known(entity, image.row_id):
            return known
    facts = image.after or image.before or {}
    return str(next((facts[name] for name in ("name", "code", "number", "title") if facts.get(name)), ""))


def _happened(image: RowImage) -> str:
    if image.operation != "U":
        return "created" if image.operation == "I" else "deleted"
    before, after = (image.before or {}).get("deleted_at"), (image.after or {}).get("deleted_at")
    if bool(before) == bool(after):
        return "changed"
    return "deleted" if after else "restored"


def changed_columns(image: RowImage) -> list[str]:
    """Columns whose value differs, in the order of the image; bookkeeping is left out."""
    before, after = image.before or {}, image.after or {}
    names = [*before, *(name for name in after if name not in before)]
    return [name for name in names if name not in HIDDEN and before.get(name) != after.get(name)]


def _field_diffs(table: ImagedTable | None, image: RowImage, labels: Labels) -> Iterable[FieldDiff]:
    fields = {item.column: item for item in table.model._meta.local_concrete_fields} if table else {}
    before, after = image.before or {}, image.after or {}
    for column in changed_columns(image):
        known = fields.get(column)
        if isinstance(known, models.BinaryField) and not getattr(known, "encrypted", False):
            continue
        old, new = value_text(known, before.get(column), labels), value_text(known, after.get(column), labels)
        if old != new or MASK in (old, new):
            yield FieldDiff(field_label(known, column), old, new)


def _prefetch(images: list[RowImage], labels: Labels) -> None:
    wanted: list[tuple[str, UUID | None]] = []
    for image in images:
        table = _table(image.table_name)
        if table is None:
            continue
        wanted.append((table.entity, image.row_id))
        for item in table.model._meta.local_concrete_fields:
            if target := target_of(item):
                facts = (image.before or {}).get(item.column), (image.after or {}).get(item.column)
                wanted += [(target, UUID(value)) for value in facts if value]
    labels.fetch(wanted)
