"""What values lead to: records that are there for the writer, values of the field's dictionary, files of the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.attachments.contracts import AttachmentBook
from apps.dictionaries.contracts import DictionaryBook
from apps.entities.contracts import FieldDefinition, Kind
from apps.entities.errors import KindKept
from apps.entities.selectors.pointing import living_rows
from apps.entities.selectors.showing import target_of
from apps.entities.services.drafts import Draft
from apps.kernel.commands.running import label_of
from apps.kernel.references.validation import UNKNOWN, closed_among, hold
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

POINTING: Final = frozenset({Kind.RELATION, Kind.DICTIONARY, Kind.FILE})
OTHER_DICTIONARY: Final = "entities.value.other_dictionary"
NAMED: Final = 5
OTHER_RECORD: Final = "entities.value.other_record"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A value that leads to a record."""

    draft: Draft
    field: FieldDefinition
    id: UUID

    @property
    def is_new(self) -> bool:
        """Say whether the record does not have it yet."""
        return bool(self.draft.row.kept.get(self.field.key) != str(self.id))

    def complain(self, code: str, message: str) -> None:
        """Note a complaint at the field."""
        self.draft.complain(self.field.key, code, message)


def demand_targets(drafts: Sequence[Draft]) -> None:
    """Demand that what is pointed to may be pointed to, and keep it from being deleted meanwhile.

    A query for each kind of target, one more for all values of dictionaries, and one for all files. Complaints are
    noted in the drafts, and so are files that the records claim.
    """
    there = list(_held(list(_pointers(drafts))))
    _demand_own_dictionary([pointer for pointer in there if pointer.field.kind is Kind.DICTIONARY])
    _demand_own_files([pointer for pointer in there if pointer.field.kind is Kind.FILE])


def demand_leading(field: FieldDefinition, place: UUID | None) -> None:
    """Demand that values which have just become ids lead somewhere, and hold what they lead to. Raises KindKept.

    None of them becomes a file: files are on the record before, and nothing has put them there.
    """
    if field.kind not in POINTING:
        return
    rows = living_rows(field.entity, field.key).filter(held__isnull=False)
    rows = rows if place is None else rows.filter(organization_id=place)
    ids = {UUID(held) for held in rows.order_by().values_list("held", flat=True).distinct()}
    good = hold(ENTITIES[target_of(field)], ids) if ids and field.kind is not Kind.FILE else set()
    if field.kind is Kind.DICTIONARY and good:
        known = service(DictionaryBook).entries_by_id(good)
        good = {item for item in good if item in known and known[item].dictionary == field.dictionary}
    if wrong := sorted(str(item) for item in ids - good):
        bad = rows.filter(held__in=wrong).order_by("pk")
        some = list(bad[:NAMED])
        names = ", ".join(label_of(row) for row in some)
        raise KindKept(count=bad.count(), names=names, records=[str(row.pk) for row in some])


def claim(row: Any, ids: Iterable[UUID]) -> None:
    """Give the writer's drafts to a record that has just been saved, inside its command. Raises InvalidInput."""
    service(AttachmentBook).claim(ids, entity=row.entity_id, record_id=row.pk)


def _pointers(drafts: Sequence[Draft]) -> Iterator[Pointer]:
    for draft in drafts:
        for key, value in draft.values.items():
            if value is not None and draft.fields[key].kind in POINTING:
                yield Pointer(draft, draft.fields[key], UUID(value))


def _held(pointers: Sequence[Pointer]) -> Iterator[Pointer]:
    """Those that lead to living records, which are locked against deletion; of the others it is said."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for pointer in pointers:
        wanted[target_of(pointer.field)].add(pointer.id)
    there = {target: hold(ENTITIES[target], ids) if target else set() for target, ids in wanted.items()}
    closed = closed_among((target, target_id) for target, ids in there.items() for target_id in ids)
    for pointer in pointers:
        target = target_of(pointer.field)
        if pointer.id not in there[target]:
            pointer.complain(UNKNOWN, _("There is no such record."))
        elif (target, pointer.id) in closed and pointer.is_new:
            pointer.complain(*closed[target, pointer.id])
        else:
            yield pointer


def _demand_own_dictionary(pointers: Sequence[Pointer]) -> None:
    """Demand values of the dictionary with the field's key: the nearest one's, or one's above it."""
    known = service(DictionaryBook).entries_by_id({pointer.id for pointer in pointers}) if pointers else {}
    for pointer in pointers:
        if pointer.id not in known or known[pointer.id].dictionary != pointer.field.dictionary:
            pointer.complain(OTHER_DICTIONARY, _("This is no value of the dictionary that the field takes."))


def _demand_own_files(pointers: Sequence[Pointer]) -> None:
    """Demand files that are on the record already, or drafts of the writer's that no other record takes."""
    known = service(AttachmentBook).facts({pointer.id for pointer in pointers}) if pointers else {}
    takers: dict[UUID, UUID] = {}
    for pointer in pointers:
        facts, row = known.get(pointer.id), pointer.draft.row
        is_draft = facts is not None and facts.record_id is None
        owner = takers.setdefault(pointer.id, row.pk) if is_draft or facts is None else facts.record_id
        if facts is None or facts.entity != row.entity_id or owner != row.pk:
            pointer.complain(OTHER_RECORD, _("This file belongs to another record."))
        elif is_draft and pointer.id not in pointer.draft.claims:
            pointer.draft.claims.append(pointer.id)
