"""What an action changed, row by row, for people: names instead of columns, labels instead of ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel.commands.history.fields import FieldDiff, FieldDiffs
from apps.kernel.commands.history.images import Image, Trees, first_images, image_counts, images_of_rows, net_effects
from apps.kernel.commands.history.labels import RecordLabels, record_url, target_of
from apps.kernel.commands.history.privacy import may_reveal
from apps.kernel.commands.history.restriction import hidden_ids
from apps.kernel.commands.undo.tables import ImagedTable, imaged_table
from apps.kernel.registry.entities import ENTITIES

NAMING = ("name", "code", "number", "title")
OPPOSITE = {"created": "deleted", "deleted": "restored", "restored": "deleted", "changed": "changed"}
MOST_ROWS = 25
MOST_IMAGES = 100


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One row of one action. `happened` is `created`, `changed`, `deleted` or `restored`."""

    entity: str
    kind: str
    label: str
    url: str
    happened: str
    fields: tuple[FieldDiff, ...]
    row_id: UUID

    def narrowed_to(self, name: str) -> RowDiff:
        """The same with one field only, none where that field did not change."""
        return replace(self, fields=tuple(item for item in self.fields if item.name == name))

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
    """The rows of one action; `more` counts the row images that are not shown."""

    rows: list[RowDiff] = field(default_factory=list)
    more: int = 0

    def narrowed_to(self, name: str) -> ActionDiff:
        """The same with one field only: rows of which it changed."""
        return ActionDiff([row for row in (item.narrowed_to(name) for item in self.rows) if row.fields])


def taken_back(diff: ActionDiff) -> ActionDiff:
    """The same rows the other way round: what undoing the action would do."""
    rows = [
        replace(
            row,
            happened=OPPOSITE[row.happened],
            fields=tuple(replace(item, old=item.new, new=item.old) for item in row.fields),
        )
        for row in reversed(diff.rows)
    ]
    return ActionDiff(rows, diff.more)


def diffs_of(trees: Trees, labels: RecordLabels, *, reveals: bool = False) -> dict[UUID, ActionDiff]:
    """Diffs of actions: `trees` maps each root action to itself and the actions inside it.

    `reveals` shows encrypted values to an actor who may see such records; otherwise they are masked.
    """
    found = first_images(trees, most=MOST_IMAGES) if trees else {}
    hidden = hidden_ids(image for images in found.values() for image in images)
    net = {root: [item for item in net_effects(images) if item.row_id not in hidden] for root, images in found.items()}
    shown = {root: images[:MOST_ROWS] for root, images in net.items()}
    _prefetch([image for images in shown.values() for image in images], labels)
    more = _more(trees, found, net)
    result = {root: ActionDiff(more=more.get(root, 0)) for root in trees}
    for root, images in shown.items():
        result[root].rows = [row_diff(image, labels, reveals=reveals) for image in images]
    return result


def own_diffs(
    trees: Trees, row_ids: Collection[UUID], labels: RecordLabels, *, reveals: bool = False
) -> dict[UUID, ActionDiff]:
    """What each root did to these rows, whatever else it touched; roots that left them alone are absent."""
    return {
        root: ActionDiff([row_diff(image, labels, reveals=reveals) for image in images[:MOST_ROWS]])
        for root, images in _shown_of(trees, row_ids, labels).items()
    }


def _shown_of(trees: Trees, row_ids: Collection[UUID], labels: RecordLabels) -> dict[UUID, list[Image]]:
    found = images_of_rows(trees, row_ids) if trees else {}
    hidden = hidden_ids(image for images in found.values() for image in images)
    shown = {
        root: [item for item in net_effects(images) if item.row_id not in hidden] for root, images in found.items()
    }
    _prefetch([image for images in shown.values() for image in images], labels)
    return shown


def _more(trees: Trees, found: Mapping[UUID, list[Image]], net: Mapping[UUID, list[Image]]) -> dict[UUID, int]:
    """Rows that are not shown; what was not even fetched is counted by images, in one more query."""
    more = {root: max(0, len(images) - MOST_ROWS) for root, images in net.items()}
    full = {root: tuple(trees[root]) for root, images in found.items() if len(images) >= MOST_IMAGES}
    for root, total in image_counts(full).items() if full else ():
        more[root] += total - len(found[root])
    return more


def row_diff(image: Image, labels: RecordLabels, *, reveals: bool = False) -> RowDiff:
    """The diff of one row image."""
    table = table_of(image)
    entity = table.entity if table else ""
    fields = FieldDiffs(table, labels, reveals=reveals and table is not None and may_reveal(table.model))
    return RowDiff(
        entity=entity,
        kind=str(table.model._meta.verbose_name) if table else image.table_name,
        label=_row_label(image, entity, labels),
        url=record_url(entity, image.row_id) if image.operation != "D" else "",
        happened=_happened(image),
        fields=tuple(fields.changed(image)),
        row_id=image.row_id,
    )


def table_of(image: Image) -> ImagedTable | None:
    """The table of an image, None when its module is gone."""
    try:
        return imaged_table(image.table_name)
    except LookupError:
        return None


def _row_label(image: Image, entity: str, labels: RecordLabels) -> str:
    if entity in ENTITIES:
        labels.fetch([(entity, image.row_id)])
        if known := labels.known(entity, image.row_id):
            return known
    facts = image.after or image.before or {}
    return str(next((facts[name] for name in NAMING if facts.get(name)), ""))


def _happened(image: Image) -> str:
    if image.operation != "U":
        return "created" if image.operation == "I" else "deleted"
    before, after = (image.before or {}).get("deleted_at"), (image.after or {}).get("deleted_at")
    if bool(before) == bool(after):
        return "changed"
    return "deleted" if after else "restored"


def _prefetch(images: Iterable[Image], labels: RecordLabels) -> None:
    wanted: list[tuple[str, UUID | None]] = []
    for image in images:
        table = table_of(image)
        if table is None:
            continue
        wanted.append((table.entity, image.row_id))
        for item in table.model._meta.local_concrete_fields:
            if target := target_of(item):
                values = ((facts or {}).get(str(item.column)) for facts in (image.before, image.after))
                wanted += [(target, UUID(value)) for value in values if value]
    labels.fetch(wanted)
