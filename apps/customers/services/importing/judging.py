"""What is wrong with the customers of a batch, as far as other rows of the database say so: by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.customers.errors import ParentInCircle
from apps.customers.models import Company
from apps.customers.selectors import ancestors
from apps.customers.selectors.exporting import ADDRESS
from apps.customers.services.importing.fields import EMPLOYER
from apps.customers.services.lists import Settled
from apps.customers.services.loading import Draft
from apps.kernel.bases.customs import custom_complaints
from apps.kernel.commands.loading import hold_lock
from apps.kernel.errors import FieldError
from apps.kernel.imports.planning.orders import Line
from apps.kernel.references.fields import reference_fields
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

PARENT = "parent_id"


@dataclass(eq=False)
class Judged:
    """A line, the customer that it makes, what differs in words, and what is wrong with it.

    `new_tags` are labels of tags that are still to be made.
    """

    line: Line
    draft: Draft
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    complaints: list[FieldError] = field(default_factory=list)
    new_tags: list[str] = field(default_factory=list)


def judge_together(judged: Sequence[Judged]) -> None:
    """Judge references and custom values of all drafts in a few queries; complaints go to each."""
    _judge_references(judged)
    _judge_parents([item for item in judged if not item.complaints])
    for _round in range(2):  # values are handed out only where none of the rows is wrong
        sound = [item for item in judged if not item.complaints]
        for index, complaint in custom_complaints([item.draft.row for item in sound]):
            sound[index].complaints.append(complaint)


def _judge_references(judged: Sequence[Judged]) -> None:
    """Hold what the rows point to against deletion, kind after kind in one order."""
    wanted: dict[tuple[str, str], list[tuple[Judged, str, UUID]]] = defaultdict(list)
    for item in judged:
        for place, name, target_id in _pointers(item):
            wanted[place].append((item, name, target_id))
    for (target, part), places in sorted(wanted.items(), key=lambda found: found[0]):
        there = hold(ENTITIES[target], {target_id for _item, _name, target_id in places}, within=part)
        if target == Company.entity_id:
            there = _of_the_organization(there)
        for item, name, target_id in places:
            if target_id not in there:
                item.complaints.append(no_such_record(name))


def _of_the_organization(ids: set[UUID]) -> set[UUID]:
    """Those of the companies that belong to the organization that is imported into."""
    rows = Company.objects.filter(pk__in=ids, organization_id=current_scope().organization_id)
    return set(rows.values_list("pk", flat=True))


def _pointers(item: Judged) -> Iterator[tuple[tuple[str, str], str, UUID]]:
    """Kind and part, column, id of what the line points to."""
    row: Any = item.draft.row
    for column in reference_fields(type(row)):
        target_id = getattr(row, column.attname)
        if column.is_available and target_id is not None and column.attname in item.line.values:
            yield (column.target, column.within), column.attname, target_id
    if item.draft.company_id is not None:
        yield (Company.entity_id, ""), EMPLOYER, item.draft.company_id
    if PARENT in item.line.values and row.parent_id is not None:
        yield (Company.entity_id, ""), PARENT, row.parent_id


def _judge_parents(judged: Sequence[Judged]) -> None:
    """Refuse companies that would belong to themselves; a new one cannot."""
    moved = [item for item in judged if PARENT in item.draft.changed]
    if moved:
        hold_lock(f"companies of {current_scope().organization_id}")
    for item in moved:
        row: Any = item.draft.row
        if row.parent_id is not None and row.pk in ancestors(row.parent_id):
            refusal = ParentInCircle(company=row.display_name)
            item.complaints.append(FieldError(PARENT, refusal.code, refusal.detail))


def list_complaints(settled: Settled[Any] | None) -> Iterator[FieldError]:
    """Complaints about a list, at the columns that they come from."""
    names = {column: name for name, column in ADDRESS.items()}
    for item in settled.complaints if settled is not None else ():
        argument, _place, column = item.field.split(".")
        yield FieldError(names.get(column, "") if argument == "addresses" else "email", item.code, item.message)
