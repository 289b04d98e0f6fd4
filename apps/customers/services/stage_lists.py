"""Stages of a pipeline as its own commands take them: a list that is set as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.errors import StageHasDeals
from apps.customers.models import Pipeline, Stage
from apps.customers.selectors import count_deals, living_stages
from apps.customers.services.lists import Given
from apps.kernel import clock
from apps.kernel.commands.checking import complaints_of
from apps.kernel.errors import FieldError, too_many
from apps.kernel.references.usages import release
from apps.kernel.references.validation import no_such_record

FIELDS = ("label", "probability", "required_fields", "stale_after_days", "icon", "color")
MOST_STAGES = 50


@dataclass
class SettledStages:
    """What the stages will be, and what is wrong with them; `stored` are those that are there, by id."""

    stored: dict[UUID, Stage] = field(default_factory=dict)
    former: dict[UUID, list[Any]] = field(default_factory=dict)
    rows: list[Stage] = field(default_factory=list)
    complaints: list[FieldError] = field(default_factory=list)

    def store(self) -> None:
        """Write them in a few statements, however many. Raises StageHasDeals, InUse."""
        kept = {row.pk for row in self.rows}
        hide_stages([pk for pk in self.stored if pk not in kept])
        changed = [row for row in self.rows if row.pk in self.stored and self.former[row.pk] != written(row)]
        for row in changed:
            row.version, row.updated_at = row.version + 1, clock.now()
        if changed:
            Stage.objects.bulk_update(changed, [*FIELDS, "position", "version", "updated_at"])
        if added := [row for row in self.rows if row.pk not in self.stored]:
            Stage.objects.bulk_create(added)


def settle_stages(pipeline: Pipeline, given: Given | None) -> SettledStages:
    """Make stages of what is given, with all complaints, and write nothing; None leaves them as they are.

    A row with the id of one that is there changes it, one without is new; one that is marked `deleted` or not named
    goes. They stand in the order of the list, or of their `position`s where these are given.
    """
    if given is None:
        return SettledStages()
    found = SettledStages()
    if not pipeline._state.adding:
        rows = living_stages([pipeline.pk]).select_for_update(no_key=True, of=("self",)).order_by("pk")
        found.stored = {row.pk: row for row in rows}
        found.former = {pk: written(row) for pk, row in found.stored.items()}
    for index, values in enumerate(given):
        if not values.get("deleted"):
            found.complaints += [
                FieldError(f"stages.{index}.{item.field}", item.code, item.message)
                for item in _take(found, pipeline, {"position": index, **values})
            ]
    # One that says its place stands there; the others stand where they were named.
    found.rows.sort(key=lambda row: row.position)
    for place, row in enumerate(found.rows):
        row.position = place
    return found


def written(row: Stage) -> list[Any]:
    """What of a stage is set by a list."""
    return [getattr(row, name) for name in (*FIELDS, "position")]


def _take(found: SettledStages, pipeline: Pipeline, values: Mapping[str, Any]) -> Iterator[FieldError]:
    row = _row(found, pipeline, values.get("id"))
    if row is None or row in found.rows:
        yield no_such_record("id")
        return
    if len(found.rows) >= MOST_STAGES:
        yield too_many("id", MOST_STAGES)
        return
    for name in (*FIELDS, "position"):
        if name in values:
            setattr(row, name, values[name])
    row.label = " ".join(str(row.label).split())
    yield from complaints_of(row, FIELDS)
    if any(other.label == row.label for other in found.rows):
        yield FieldError("label", "customers.list.repeated", _("This stands here twice."))
    found.rows.append(row)


def _row(found: SettledStages, pipeline: Pipeline, stage_id: UUID | None) -> Stage | None:
    if stage_id:
        return found.stored.get(stage_id)
    return Stage(pipeline=pipeline, organization_id=pipeline.organization_id)


def keep_pointers_out_of(ids: list[UUID]) -> None:
    """Lock stages more strongly, by id: a deal that is about to come to one waits, and then finds it gone."""
    list(Stage.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))


def hide_stages(ids: list[UUID]) -> None:
    """Hide stages that no deal is in. Raises StageHasDeals and InUse with counts."""
    if not ids:
        return
    keep_pointers_out_of(ids)
    if count := count_deals(stage__in=ids):
        raise StageHasDeals(count=count)
    release(Stage.entity_id, ids)
    at = clock.now()
    Stage.objects.filter(pk__in=ids).update(deleted_at=at, updated_at=at)
