"""A batch of rows against the records that there are: what each row becomes, in which order, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError
from apps.kernel.imports.errors import OrderInvalid
from apps.kernel.imports.planning.mapping import ColumnMapping, fitted
from apps.kernel.imports.planning.options import Options
from apps.kernel.imports.planning.orders import Fate, Key, Line, Mode, Outcome, Problem
from apps.kernel.imports.planning.rows import Repeats, RowReader, plain_text
from apps.kernel.imports.reading.sources import Row
from apps.kernel.imports.targets import Alive, ImportTarget


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is said before the first row is read: the kind of record, columns, options."""

    target: ImportTarget
    mapping: ColumnMapping
    options: Options
    width: int

    def demand_sound(self) -> None:
        """Raises OrderInvalid with all complaints about columns and options."""
        fields = {item.name: item for item in self.target.fields()}
        fitted(self.mapping, fields, width=self.width)
        complaints = [*self._key_complaints(), *self._missing()]
        if self.options.mode not in self.target.modes():
            complaints.append(
                FieldError("mode", "kernel.import.mode", _("These records cannot be imported like this."))
            )
        if complaints:
            raise OrderInvalid(errors=tuple(complaints))

    def _key_complaints(self) -> Iterable[FieldError]:
        key, known = self.options.key, self.target.keys()
        if not key and self.options.mode is not Mode.CREATE:
            yield FieldError("key", "kernel.import.key", _("Choose the field by which rows meet records."))
        elif key and key not in known:
            yield FieldError("key", "kernel.import.key", _("Records cannot be found by this."))
        elif set(key) - set(self.mapping.targets):
            yield FieldError("key", "kernel.import.key", _("No column goes to the field by which rows meet records."))

    def _missing(self) -> Iterable[FieldError]:
        if not self.options.mode.creates:
            return
        for item in self.target.fields():
            if item.required and item.name not in self.mapping.targets:
                message = _("New records need {field}: choose a column for it.")
                text = message.format(field=item.label or item.name)
                yield FieldError(item.name, "kernel.import.required", text)

    def reader(self) -> RowReader:
        """A reader of the file's rows."""
        return RowReader(self.mapping, {item.name: item for item in self.target.fields()}, width=self.width)

    def repeats(self) -> Repeats:
        """A memory for keys of the file."""
        mapped = set(self.mapping.targets)
        unique = [key for key in self.target.unique() if set(key) <= mapped]
        return Repeats([*([self.options.key] if self.options.key else []), *unique])


class Batches:
    """Reads rows, keeps repeated ones out, and hands the rest to the target.

    A row repeats an earlier one as far as something came of that one: a row with an error keeps nobody out.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._reader = plan.reader()
        self._repeats = plan.repeats()
        self._required = [item.name for item in plan.target.fields() if item.required]

    def read(self, rows: Sequence[Row]) -> tuple[list[Line], list[Outcome]]:
        """Lines to be written, and what is wrong with the others. Every row is read once, in the order of the file."""
        found = [self._reader.read(row) for row in rows]
        return [item for item in found if isinstance(item, Line)], [item for item in found if isinstance(item, Outcome)]

    def remember(self, lines: Iterable[Line], failed: Collection[int]) -> None:
        """Know the keys of lines that an earlier worker has written, but of those with the `failed` numbers."""
        for line in lines:
            if line.number not in failed:
                self._repeats.check(line)

    def write(self, lines: Sequence[Line], alive: Alive) -> list[Outcome]:
        """What becomes of the lines; called inside a command. Repeated ones wait until it is said what came of the
        first, and stand for themselves where that was an error."""
        outcomes: list[Outcome] = []
        repeated: dict[int, Outcome] = {}
        waiting = list(lines)
        while waiting:
            checked = [(line, self._repeats.check(line)) for line in waiting]
            fresh = [line for line, repeat in checked if repeat is None]
            repeated = {line.number: repeat for line, repeat in checked if repeat is not None}
            if not fresh:
                break
            outcomes += self._written(fresh, _further(alive, len(outcomes)))
            self._forget(fresh, outcomes)
            waiting = [line for line in waiting if line.number in repeated]
        return [*outcomes, *(repeated[line.number] for line in waiting)]

    def _forget(self, lines: Iterable[Line], outcomes: Iterable[Outcome]) -> None:
        failed = {item.number for item in outcomes if item.fate is Fate.ERROR}
        for line in lines:
            if line.number in failed:
                self._repeats.forget(line)

    def _written(self, lines: Sequence[Line], alive: Alive) -> list[Outcome]:
        met = self._met(lines)
        outcomes, ready = [], []
        for line in lines:
            decided = self._decided(line, met)
            if isinstance(decided, Line):
                ready.append(decided)
            else:
                outcomes.append(decided)
        return [*outcomes, *(self._plan.target.write(ready, alive) if ready else ())]

    def _met(self, lines: Sequence[Line]) -> Mapping[tuple[str, ...], tuple[UUID, ...]]:
        key = self._plan.options.key
        wanted = [found for line in lines if (found := _key_of(key, line))]
        return self._plan.target.match(key, wanted) if key and wanted else {}

    def _decided(self, line: Line, met: Mapping[tuple[str, ...], tuple[UUID, ...]]) -> Line | Outcome:
        mode, key = self._plan.options.mode, self._plan.options.key
        values = _key_of(key, line)
        found = met.get(tuple(map(plain_text, values)), ()) if values else ()
        if len(found) > 1:
            return _error(line, key, "ambiguous", _("More than one record has this key."))
        if not found:
            return self._complete(line) if mode.creates else self._lost(line, is_named=bool(values))
        if mode.updates:
            return replace(line, record_id=found[0])
        if mode is Mode.SKIP:
            return Outcome(line.number, Fate.SKIPPED)
        return _error(line, key, "exists", _("There is a record with this key already."))

    def _lost(self, line: Line, *, is_named: bool) -> Outcome:
        key = self._plan.options.key
        if is_named:
            return _error(line, key, "missing", _("There is no record with this key."))
        return _error(line, key, "no_key", _("The row does not say which record it means."))

    def _complete(self, line: Line) -> Line | Outcome:
        missing = [name for name in self._required if name not in line.values]
        if not missing:
            return line
        told = _("A new record needs this.")
        problems = tuple(Problem(name, "kernel.import.required", told) for name in missing)
        return Outcome(line.number, Fate.ERROR, problems=problems)


def _further(alive: Alive, done: int) -> Alive:
    """The sign of life of somebody before whom so many rows were done."""
    return lambda more: alive(done + more)


def _key_of(key: Key, line: Line) -> tuple[object, ...]:
    """The values of the key; empty where the line lacks one."""
    return tuple(line.values[name] for name in key) if all(name in line.values for name in key) else ()


def _error(line: Line, key: Key, code: str, message: str) -> Outcome:
    value = ", ".join(plain_text(line.values.get(name)) for name in key)
    problem = Problem(key[0] if key else "", f"kernel.import.{code}", message, value)
    return Outcome(line.number, Fate.ERROR, problems=(problem,))
