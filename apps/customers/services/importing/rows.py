"""Lines of a file into customers: each is judged alone, and those that are sound are written by set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.customers.calculations import following
from apps.customers.errors import NameMissing
from apps.customers.models import Company, Customer, CustomerRecord
from apps.customers.selectors.exporting import ADDRESS
from apps.customers.services.importing import naming
from apps.customers.services.importing.fields import EMPLOYER, GROUPS, MARKS, NEW_TAGS, SLOTS, TAGS
from apps.customers.services.importing.judging import Judged, judge_together, list_complaints
from apps.customers.services.importing.parts import Belongings, Told, belongings, settled_address, settled_points
from apps.customers.services.loading import Draft, store_drafts
from apps.dictionaries.contracts import ENTRY
from apps.kernel.api.customs import CUSTOM
from apps.kernel.api.errors import field_errors
from apps.kernel.commands.running import label_of
from apps.kernel.errors import FieldError, PlatformError
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.orders import Fate, Line, Outcome
from apps.kernel.imports.resources.writing import Rows, as_body
from apps.kernel.imports.targets import Alive
from apps.kernel.references.validation import UNKNOWN

if TYPE_CHECKING:
    from apps.customers.services.importing.targets import CustomerTarget

LONGEST_LABEL = 100
SIGNS_OF_LIFE = 50  # lines from one to the next
PARTS = frozenset({*(slot.name for slot in SLOTS), *ADDRESS, *MARKS, EMPLOYER})


class CustomerRows(Rows):
    """One batch of lines for people or for companies."""

    _target: CustomerTarget
    held: Belongings
    tags: Mapping[str, UUID]
    groups: Mapping[str, UUID]

    def write(self, lines: Sequence[Line], alive: Alive) -> list[Outcome]:
        """One outcome for each line. Lines that meet one record follow one another, as they would in two batches."""
        first: list[Line] = []
        later: list[Line] = []
        met: set[UUID] = set()
        for line in lines:
            (later if line.record_id in met else first).append(line)
            if line.record_id is not None:
                met.add(line.record_id)
        return [*self._written(first, alive), *(self.write(later, alive) if later else ())]

    def _written(self, lines: Sequence[Line], alive: Alive) -> list[Outcome]:
        """The same for lines that all mean different records."""
        names, complaints = self._named(lines)
        met = self._met(lines)
        customs = self._customs(list(met.values()))
        self._look_up(lines, met)
        found: list[Outcome | Judged] = []
        for line in lines:
            if len(found) % SIGNS_OF_LIFE == 0:
                alive(len(found))
            if line.number in complaints:
                found.append(Outcome(line.number, Fate.ERROR, problems=tuple(complaints[line.number])))
                continue
            known = customs.get(line.record_id, {})
            found.append(self._judged(line, names.get(line.number, {}), met.get(line.record_id), known))
        judged = [item for item in found if isinstance(item, Judged)]
        judge_together(judged)
        self._store([item for item in judged if not item.complaints])
        return [self._outcome(item) if isinstance(item, Judged) else item for item in found]

    def pointed(self, field: ImportField, texts: Iterable[str]) -> Mapping[str, UUID | str]:
        """What the texts of a field point to, in the module's own ways of saying it."""
        wanted = set(texts)
        if field.target == ENTRY:
            return naming.entries(field.part, wanted)
        if field.target == naming.USER:
            return naming.users(wanted)
        if field.target == Company.entity_id:
            return naming.companies(wanted)
        return super().pointed(field, wanted)

    def _met(self, lines: Sequence[Line]) -> dict[Any, Any]:
        """The records that are met, locked in one order."""
        ids = {line.record_id for line in lines if line.record_id is not None}
        if not ids:
            return {}
        rows = self._target.rows().filter(pk__in=ids).select_for_update(no_key=True, of=("self",)).order_by("pk")
        found = {row.pk: row for row in rows}
        identities = Customer.objects.filter(pk__in=found).select_for_update(no_key=True).order_by("pk")
        list(identities.values_list("pk", flat=True))
        return found

    def _look_up(self, lines: Sequence[Line], met: Mapping[Any, Any]) -> None:
        """Read what the batch is compared with: a few queries, however many lines."""
        names = {name for line in lines for name in line.values}
        self.held = belongings(met, names, employs=EMPLOYER in names and EMPLOYER in self._fields)
        self.tags = naming.tags(self._words(lines, (TAGS, NEW_TAGS)))
        self.groups = naming.groups(self._words(lines, (GROUPS,)))

    @staticmethod
    def _words(lines: Iterable[Line], names: Iterable[str]) -> list[str]:
        return [word for line in lines for name in names for word in line.values.get(name, ())]

    def _judged(
        self, line: Line, named: Mapping[str, Any], record: Any, customs: Mapping[str, Any]
    ) -> Outcome | Judged:
        """What the line makes of its customer; an outcome where there is nothing to write."""
        values = {**line.values, **named}
        own = {name: value for name, value in values.items() if name not in PARTS and name != "id"}
        form = self._new if record is None else self._change
        try:
            if record is not None:
                self._target.kind.demand_changeable(record)
            checked = dict(form.run_validation({name: as_body(value) for name, value in own.items()}))
        except serializers.ValidationError as error:
            return self._refused(line, field_errors(error.detail))
        except PlatformError as error:
            return self._refused(line, (FieldError("", error.code, error.detail),))
        before, after = self._difference(checked, record, customs)
        judged = self._drafted(line, values, checked, record, after)
        judged.before, judged.after = before | judged.before, after | judged.after
        if record is not None and not judged.after and not judged.complaints:
            return Outcome(line.number, Fate.UNCHANGED, label_of(record))
        return judged

    def _drafted(
        self, line: Line, values: Mapping[str, Any], checked: dict[str, Any], record: Any, changes: Mapping[str, str]
    ) -> Judged:
        model = self._target.kind.model
        row = model() if record is None else record
        former = self._target.derived(row) if record is not None else ""
        customs = checked.pop(CUSTOM, None)
        for name, value in checked.items():
            setattr(row, name, value)
        row.take(customs)
        shown = row.display_name
        row.display_name = following(row.display_name or "", former=former, derived=self._target.derived(row))
        changed = {self._target.source_of(name) for name in changes if not name.startswith("cf_")}
        changed |= {"custom"} if customs and any(name.startswith("cf_") for name in changes) else set()
        changed |= {"display_name"} if record is not None and row.display_name != shown else set()
        draft = Draft(row, changed)
        judged = Judged(line, draft, {}, {}, [*self._own_complaints(row, None if record is None else changed)])
        self._give_parts(judged, values)
        return judged

    def _own_complaints(self, row: CustomerRecord, changed: Collection[str] | None) -> Iterator[FieldError]:
        if not row.display_name:
            yield FieldError("display_name", NameMissing.code, str(NameMissing.message))
        else:
            yield from self._target.complaints(row, changed)

    def _give_parts(self, judged: Judged, values: Mapping[str, Any]) -> None:
        """Add to the draft what the row says beside the customer's own columns."""
        draft, held, row_id = judged.draft, self.held, judged.draft.row.pk
        points, address = Told(), Told()
        draft.points = settled_points(draft.row, held.points.get(row_id, []), values, points)
        draft.addresses = settled_address(draft.row, held.addresses.get(row_id, []), values, address)
        for settled in (draft.points, draft.addresses):
            judged.complaints += list_complaints(settled)
        draft.tag_ids = [*self._marks(judged, TAGS, held.tags.get(row_id, ()))]
        draft.tag_ids += self._marks(judged, NEW_TAGS, held.tags.get(row_id, ()))
        draft.group_ids = self._marks(judged, GROUPS, held.groups.get(row_id, ()))
        company_id = values.get(EMPLOYER) if EMPLOYER in self._fields else None
        if company_id and str(held.employers.get(row_id)) != str(company_id):
            draft.company_id = UUID(str(company_id))
            judged.after[EMPLOYER] = str(judged.line.values[EMPLOYER])
        for told in (points, address):
            judged.before |= told.before
            judged.after |= told.after

    def _marks(self, judged: Judged, name: str, there: Sequence[UUID]) -> list[UUID]:
        """Ids of the marks that the customer lacks; words that name none are complaints, or tags to be made."""
        known = self.groups if name == GROUPS else self.tags
        added: list[UUID] = []
        for word in judged.line.values.get(name, ()):
            mark = known.get(naming.normal_label(word))
            if mark is None and name == NEW_TAGS and len(word) <= LONGEST_LABEL:
                judged.new_tags.append(word)
            elif mark is None:
                judged.complaints.append(FieldError(name, UNKNOWN, _("There is none called {name}.").format(name=word)))
            elif mark not in there and mark not in added:
                added.append(mark)
        if added or (name == NEW_TAGS and judged.new_tags):
            judged.after[name] = ", ".join(judged.line.values[name])
        return added

    def _store(self, sound: Sequence[Judged]) -> None:
        made = naming.made_tags(word for item in sound for word in item.new_tags)
        for item in sound:
            item.draft.tag_ids = [*item.draft.tag_ids, *(made[naming.normal_label(word)] for word in item.new_tags)]
        store_drafts([item.draft for item in sound])

    def _outcome(self, item: Judged) -> Outcome:
        if item.complaints:
            return self._refused(item.line, item.complaints)
        fate = Fate.CREATED if item.line.record_id is None else Fate.UPDATED
        before = item.before if fate is Fate.UPDATED else {}
        return Outcome(item.line.number, fate, label_of(item.draft.row), before=before, after=item.after)
