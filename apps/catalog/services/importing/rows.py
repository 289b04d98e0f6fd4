"""What importing products, variants and prices has in common: a batch of lines, judged one by one and by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.catalog.selectors.naming import named
from apps.kernel.bases.customs import custom_complaints
from apps.kernel.commands.inputs import Unkept
from apps.kernel.commands.running import label_of
from apps.kernel.customs import FieldDefinitions
from apps.kernel.errors import FieldError, PlatformError
from apps.kernel.ids import as_id
from apps.kernel.imports.planning.fields import FieldKind, ImportField
from apps.kernel.imports.planning.orders import LONGEST_VALUE, Fate, Line, Outcome, Problem
from apps.kernel.imports.planning.rows import plain_text
from apps.kernel.imports.resources.pointing import unknown
from apps.kernel.imports.resources.writing import as_body
from apps.kernel.references.fields import reference_fields
from apps.kernel.references.validation import UNKNOWN, closed_among, hold
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

PREFIX = "cf_"
TWICE = "catalog.import.twice"
TAKEN = "catalog.import.taken"


@dataclass(frozen=True, slots=True)
class Lines(Unkept):
    """Lines of a file; the history keeps what they changed and not the lines."""

    lines: Sequence[Line]


@dataclass(eq=False)
class Judged:
    """A line, the row that it makes, what differs in words, and what is wrong with it.

    `parts` is what belongs to the row and stands in other tables. `changed` names columns of a row that is there.
    """

    line: Line
    row: Any
    is_new: bool
    values: Mapping[str, Any]
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    parts: dict[str, Any] = field(default_factory=dict)
    complaints: list[FieldError] = field(default_factory=list)

    def complain(self, name: str, code: str, text: str) -> None:
        """Note what is wrong with a field."""
        self.complaints.append(FieldError(name, code, text))

    def differ(self, name: str, column: str, before: Any, after: Any) -> None:
        """Note that a column of the row is another one, under the name of the cell that says so."""
        self.changed.add(column)
        self.tell(name, plain_text(before), plain_text(after))

    def tell(self, name: str, before: str, after: str) -> None:
        """Note in words what differs; a new row has nothing before."""
        self.before |= {} if self.is_new else {name: before[:LONGEST_VALUE]}
        self.after[name] = after[:LONGEST_VALUE]

    def outcome(self) -> Outcome:
        """What became of the line."""
        if self.complaints:
            return refused(self.line, self.complaints)
        if not self.is_new and not self.after:
            return Outcome(self.line.number, Fate.UNCHANGED, label_of(self.row))
        fate = Fate.CREATED if self.is_new else Fate.UPDATED
        return Outcome(self.line.number, fate, label_of(self.row), before=self.before, after=self.after)


def refused(line: Line, complaints: Iterable[FieldError]) -> Outcome:
    """The outcome of a line that did not go in; each complaint stands at the cell that it is about."""
    problems = []
    for item in complaints:
        name = item.field.replace("custom_fields.", PREFIX, 1)
        text = item.message or _("This is not valid.")
        problems.append(Problem(name, item.code, text, plain_text(line.values.get(name))))
    return Outcome(line.number, Fate.ERROR, problems=tuple(problems))


class CatalogRows:
    """One batch of lines for one kind of record."""

    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[str, ...]]
    pointers: ClassVar[Mapping[str, str]]

    def __init__(self, fields: Sequence[ImportField]) -> None:
        self.fields = {item.name: item for item in fields}

    def named(self, lines: Sequence[Line]) -> tuple[dict[int, dict[str, UUID]], dict[int, list[Problem]]]:
        """Ids by line and field in the place of what records are called; a query for each field that points."""
        found: dict[int, dict[str, UUID]] = defaultdict(dict)
        complaints: dict[int, list[Problem]] = defaultdict(list)
        for item in self.fields.values():
            if item.kind is not FieldKind.REFERENCE:
                continue
            texts = {line.number: line.values[item.name].strip() for line in lines if item.name in line.values}
            ids = named(item.target, texts.values(), part=item.part) if texts else {}
            for number, text in texts.items():
                record = as_id(text) or ids.get(text)
                if isinstance(record, UUID):
                    found[number][item.name] = record
                else:
                    complaints[number].append(unknown(item.name, text, record))
        return found, complaints

    def held(self, lines: Sequence[Line]) -> dict[UUID, Any]:
        """The records that lines meet, locked in one order."""
        ids = {line.record_id for line in lines if line.record_id is not None}
        rows: Any = self.model._default_manager.filter(pk__in=ids, organization_id=current_scope().organization_id)
        return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")} if ids else {}

    def take(self, judged: Judged, ids: Mapping[str, UUID]) -> None:
        """Give the row what its own columns are told, and note what differs."""
        values = {name: judged.values[name] for name in self.columns if name in judged.values}
        values |= {self.pointers[name]: ids[name] for name in self.pointers if name in ids}
        names = {attribute: name for name, attribute in self.pointers.items()}
        for attribute, value in values.items():
            before = getattr(judged.row, attribute)
            if judged.is_new or not _same(before, value):
                name = names.get(attribute, attribute)
                told = judged.values.get(name) if attribute in names else value
                judged.differ(name, attribute, before, told)
            setattr(judged.row, attribute, value)

    def take_customs(self, judged: Judged, ids: Mapping[str, UUID], shown: Mapping[str, Any]) -> None:
        """Give the row values of the tenant's own fields; `shown` is what it has."""
        given: dict[str, Any] = {}
        for name, value in judged.values.items():
            if not name.startswith(PREFIX):
                continue
            key, told = name.removeprefix(PREFIX), ids.get(name, value)
            given[key] = as_body(told)
            if judged.is_new or plain_text(shown.get(key)) != plain_text(told):
                judged.differ(name, "custom", shown.get(key), value)
        judged.row.take(given or None)

    def customs(self, rows: Sequence[Any]) -> dict[UUID, dict[str, Any]]:
        """Values of the tenant's own fields by row; hidden ones are not shown and count as other ones."""
        if not rows or not any(name.startswith(PREFIX) for name in self.fields):
            return {}
        shown = service(FieldDefinitions).cells(rows[0].fields_entity, [row.custom for row in rows])
        return {row.pk: values for row, values in zip(rows, shown, strict=True)}

    def refuse_again(self, judged: Sequence[Judged]) -> None:
        """Refuse lines that mean a record which another line of the batch has meant."""
        met: set[UUID] = set()
        for item in judged:
            if item.row.pk in met:
                item.complain("", TWICE, _("Another row of the file means the same record."))
            met.add(item.row.pk)

    def refuse_taken(self, judged: Sequence[Judged], name: str, taken: Iterable[tuple[Any, UUID]]) -> None:
        """Refuse lines whose value of a field others have; `taken` pairs keys as `key_of` makes them with row ids."""
        owners = dict(taken)
        for item in judged:
            key = self.key_of(item.row, name)
            if not key or item.complaints:
                continue
            if owners.setdefault(key, item.row.pk) != item.row.pk:
                item.complain(name, TAKEN, _("Another record has this value already."))

    def key_of(self, row: Any, name: str) -> Any:
        """What must be there once, as it is compared; nothing for a row without it."""
        return str(getattr(row, name)).casefold()

    def judge_references(self, judged: Sequence[Judged]) -> None:
        """Hold what rows point to in other modules against deletion, kind after kind in one order."""
        wanted: dict[tuple[str, str], list[tuple[Judged, str, UUID]]] = defaultdict(list)
        names = {attribute: name for name, attribute in self.pointers.items()}
        for item in judged:
            for column in reference_fields(self.model):
                name, target_id = names.get(column.attname), getattr(item.row, column.attname)
                if column.is_available and target_id is not None and name is not None and name in item.values:
                    wanted[column.target, column.within].append((item, name, target_id))
        for (target, part), places in sorted(wanted.items(), key=lambda found: found[0]):
            there = hold(ENTITIES[target], {target_id for _item, _name, target_id in places}, within=part)
            closed = closed_among((target, target_id) for target_id in there)
            for item, name, target_id in places:
                if target_id not in there:
                    item.complain(name, UNKNOWN, _("There is no such record."))
                elif (target, target_id) in closed and not self.points_already(item.row, self.pointers[name]):
                    item.complain(name, *closed[target, target_id])

    def points_already(self, row: Any, attribute: str) -> bool:
        """Say whether the row pointed there before: what nothing new may point to may stay."""
        stored = self.model._default_manager.filter(pk=row.pk, **{attribute: getattr(row, attribute)})
        return not row._state.adding and stored.exists()

    def judge_customs(self, judged: Sequence[Judged]) -> None:
        """Judge values of the tenant's own fields; they are handed out only where none of the rows is wrong."""
        for _round in range(2):
            sound = [item for item in judged if not item.complaints]
            for index, complaint in custom_complaints([item.row for item in sound]):
                sound[index].complaints.append(complaint)

    def changeable(self, judged: Sequence[Judged]) -> None:
        """Refuse lines about records that the actor may only see."""
        for item in judged:
            try:
                if not item.is_new:
                    ENTITIES[str(item.row.entity_id)].demand_changeable(item.row)
            except PlatformError as error:
                item.complain("", error.code, error.detail)

    def outcomes(
        self, lines: Sequence[Line], unknown: Mapping[int, Sequence[Problem]], judged: Iterable[Judged]
    ) -> list[Outcome]:
        """What became of all lines: those that name what is not there, and the others."""
        lost = (line.number for line in lines if line.number in unknown)
        return [
            *(Outcome(number, Fate.ERROR, problems=tuple(unknown[number])) for number in lost),
            *(item.outcome() for item in judged),
        ]


def _same(held: Any, given: Any) -> bool:
    return (held or None) == (given or None) if isinstance(given, str) else held == given


def sound(judged: Iterable[Judged]) -> Iterator[Judged]:
    """Lines that nothing is wrong with and that write something."""
    return (item for item in judged if not item.complaints and (item.is_new or item.after))
