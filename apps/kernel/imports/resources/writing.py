"""Lines into records, one command for each; what is the same already is left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.kernel.api.customs import CUSTOM
from apps.kernel.api.errors import field_errors
from apps.kernel.commands.running import label_of
from apps.kernel.customs import FieldDefinitions
from apps.kernel.errors import FieldError, PlatformError
from apps.kernel.ids import as_id
from apps.kernel.imports.planning.fields import FieldKind, ImportField
from apps.kernel.imports.planning.orders import LONGEST_VALUE, Fate, Line, Outcome, Problem
from apps.kernel.imports.planning.rows import plain_text
from apps.kernel.imports.resources.pointing import pointed, unknown
from apps.kernel.imports.targets import Alive
from apps.kernel.services import service

if TYPE_CHECKING:
    from apps.kernel.imports.resources.targets import ResourceTarget

PREFIX: Final = "cf_"
HIDDEN: Final = "•••"
STOPPING: Final = frozenset({401, 403})  # what one row may not do, none may


class Rows:
    """One batch of lines for a resource."""

    def __init__(self, target: ResourceTarget) -> None:
        self._target = target
        self._fields = {item.name: item for item in target.fields()}
        serializer = target.view.changing_serializer()
        self._new = serializer(context={})
        self._change = serializer(context={}, partial=True)
        self._secret = {name for name, item in self._new.fields.items() if self._is_secret(item.source or name)}

    def _is_secret(self, source: str) -> bool:
        fields = {item.name: item for item in self._target.kind.model._meta.get_fields()}
        return bool(getattr(fields.get(source), "encrypted", False))

    def write(self, lines: Sequence[Line], alive: Alive) -> list[Outcome]:
        """One outcome for each line."""
        names, complaints = self._named(lines)
        met = self._met(lines)
        held = self._customs(list(met.values()))
        outcomes: list[Outcome] = []
        for line in lines:
            alive(len(outcomes))
            if line.number in complaints:
                outcomes.append(Outcome(line.number, Fate.ERROR, problems=tuple(complaints[line.number])))
                continue
            body = {**line.values, **names.get(line.number, {})}
            outcomes.append(self._one(line, body, met.get(line.record_id), held.get(line.record_id, {})))
        return outcomes

    def _named(self, lines: Sequence[Line]) -> tuple[dict[int, dict[str, str]], dict[int, list[Problem]]]:
        """Ids in the place of what records are called; one query for each field that points."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        complaints: dict[int, list[Problem]] = defaultdict(list)
        for field in self._fields.values():
            if field.kind is not FieldKind.REFERENCE:
                continue
            texts = {line.number: line.values[field.name].strip() for line in lines if field.name in line.values}
            ids = self.pointed(field, texts.values()) if texts else {}
            for number, text in texts.items():
                record = as_id(text) or ids.get(text)
                if isinstance(record, UUID):
                    found[number][field.name] = str(record)
                else:
                    complaints[number].append(unknown(field.name, text, record))
        return found, complaints

    def pointed(self, field: ImportField, texts: Iterable[str]) -> Mapping[str, UUID | str]:
        """What the texts of a field point to; a text in the place of an id says that it may be several records."""
        return pointed(field.target, texts, part=field.part)

    def _met(self, lines: Sequence[Line]) -> dict[Any, Any]:
        ids = {line.record_id for line in lines if line.record_id is not None}
        return self._target.rows().in_bulk(ids) if ids else {}

    def _customs(self, rows: list[Any]) -> dict[Any, dict[str, Any]]:
        """Custom values of the records as they are shown, by record."""
        if CUSTOM not in self._new.fields or not rows:
            return {}
        shown = service(FieldDefinitions).shown(rows[0].fields_entity, [row.custom for row in rows])
        return {row.pk: values for row, values in zip(rows, shown, strict=True)}

    def _one(self, line: Line, body: dict[str, Any], record: Any, customs: Mapping[str, Any]) -> Outcome:
        body.pop("id", None)
        form = self._new if record is None else self._change
        try:
            values = dict(form.run_validation({name: as_body(value) for name, value in body.items()}))
        except serializers.ValidationError as error:
            return self._refused(line, field_errors(error.detail))
        before, after = self._difference(values, record, customs)
        if record is not None and not after:
            return Outcome(line.number, Fate.UNCHANGED, label_of(record))
        try:
            saved = self._run(values, record)
        except PlatformError as error:
            if error.status in STOPPING or error.status >= 500:
                raise
            return self._refused(line, error.errors or (FieldError("", error.code, error.detail),))
        fate = Fate.CREATED if record is None else Fate.UPDATED
        return Outcome(line.number, fate, label_of(saved), before=before, after=after)

    def _run(self, values: dict[str, Any], record: Any) -> Any:
        view = self._target.view
        if record is None:
            return view.create_command(**view.creation_values(), **values)  # type: ignore[misc]
        return view.update_command(record.pk, **values)  # type: ignore[misc]

    def _difference(
        self, values: Mapping[str, Any], record: Any, customs: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """What would change, before and after, as text; what is encrypted is only said to change."""
        before, after = {}, {}
        for name, value in self._flat(values).items():
            own = customs.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
            held = own if name.startswith(PREFIX) else getattr(record, self._target.source_of(name), None)
            kind = self._fields[name].kind if name in self._fields else FieldKind.TEXT
            if record is not None and _same(held, value, kind):
                continue
            is_secret = name in self._secret or (name.startswith(PREFIX) and self._hides(name))
            before[name] = HIDDEN if is_secret and held else plain_text(held)[:LONGEST_VALUE]
            after[name] = HIDDEN if is_secret else plain_text(value)[:LONGEST_VALUE]
        return before if record is not None else {}, after

    def _hides(self, name: str) -> bool:
        if not hasattr(self, "_secret_keys"):
            self._secret_keys = service(FieldDefinitions).secret_keys(self._target.entity)
        return name.removeprefix(PREFIX) in self._secret_keys

    @staticmethod
    def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
        own = {name: value for name, value in values.items() if name != CUSTOM}
        return {**own, **{f"{PREFIX}{key}": value for key, value in values.get(CUSTOM, {}).items()}}

    def _refused(self, line: Line, errors: Any) -> Outcome:
        problems = tuple(self._problem(line, item) for item in errors)
        return Outcome(line.number, Fate.ERROR, problems=problems)

    def _problem(self, line: Line, error: FieldError) -> Problem:
        name = error.field.split(".")[0]
        if name == CUSTOM and "." in error.field:
            name = f"{PREFIX}{error.field.split('.')[1]}"
        value = plain_text(line.values.get(name))
        name = name if name in self._fields else ""
        return Problem(name, error.code, error.message or _("This is not valid."), value)


def as_body(value: Any) -> Any:
    """A value as a body of JSON would hold it."""
    if isinstance(value, bool | int | list | dict) or value is None:
        return value
    return plain_text(value)


def _same(held: Any, given: Any, kind: FieldKind) -> bool:
    if isinstance(held, list | tuple) or isinstance(given, list | tuple):
        return list(map(str, held or ())) == list(map(str, given or ()))
    return _comparable(held, kind) == _comparable(given, kind)


def _comparable(value: Any, kind: FieldKind) -> str:
    """Text in which numbers and moments are one whatever their form; texts stay what they are, zeros in front too."""
    if isinstance(value, Mapping):
        return " ".join(_comparable(item, FieldKind.DECIMAL) for item in value.values())
    text = plain_text(value)
    if kind is FieldKind.DATETIME:
        return text.removesuffix("Z").removesuffix("+00:00")
    if kind is not FieldKind.DECIMAL:
        return text
    try:
        return plain_text(Decimal(text)) if text else ""
    except InvalidOperation:
        return text
