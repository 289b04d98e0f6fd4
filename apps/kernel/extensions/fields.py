"""Form fields that modules add to the forms of others, saved by a command of their own within the form's command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise

from apps.kernel.commands.declarations import Command
from apps.kernel.extensions.enrichers import ENRICHERS, Enricher, Values
from apps.kernel.extensions.placing import Placing
from apps.kernel.extensions.rules import VisibleWhen
from apps.kernel.registry.points import ExtensionPoint
from apps.kernel.tenancy.scope import scope_or_none

if TYPE_CHECKING:
    from apps.kernel.extensions.entities import EntityExtension

Text = str | Promise
Options = Sequence[tuple[str, Text]]
SECONDS = 2.0
LONGEST_TEXT, LONGEST_AREA = 200, 10_000


class Kind(StrEnum):
    """What is entered."""

    TEXT = "text"
    TEXTAREA = "textarea"
    SELECT = "select"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `name` is its key in REST, and the keyword that the saving command takes it under.

    `options` are those of a select, or a function that looks them up in the reader's scope. `limits` are what the
    Django field of the kind takes (`max_length`, `min_value`, `decimal_places`); a custom one is made by `make`, and
    `shape` is its JSON Schema. `place` wishes for a neighbour among the form's own fields; without one it stands in
    the group of its module.
    """

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    required: bool = False
    help: Text = ""
    options: Options | Callable[[], Options] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    visible_when: VisibleWhen | None = None
    place: Placing | None = None
    make: Callable[[], forms.Field] | None = None
    shape: Mapping[str, Any] = field(default_factory=dict)

    def choices(self) -> list[tuple[str, str]]:
        """The options of a select, as the reader reads them."""
        found = self.options() if callable(self.options) else self.options
        return [(value, str(label)) for value, label in found]


@dataclass(frozen=True, slots=True)
class FormFields:
    """What one module adds to the forms of the kinds that `entity` (a pattern) names.

    `save(record id, **values)` is a command; it gets the values that were given or changed, None for an emptied one,
    and runs within the command that writes the record: one action, one undo. What is there already comes from
    `extension`, or from `read(ids)`, which gives `{id: {name: value}}` for a page of records in one query. `title`
    and `description` head the module's group in the form. Who lacks one of `features`, or may not run the command,
    does not see the fields.
    """

    id: str
    entity: str
    fields: tuple[FormField, ...]
    save: Command[..., Any]
    title: Text
    read: Callable[[Sequence[UUID]], Values] | None = None
    extension: EntityExtension | None = None
    description: Text = ""
    priority: int = 0
    features: tuple[str, ...] = ()
    seconds: float = SECONDS

    @property
    def name(self) -> str:
        """The key under which REST has the values: `_<module>`."""
        return f"_{self.module}"

    @property
    def module(self) -> str:
        """The module that adds them."""
        return self.id.partition(".")[0]

    def concerns(self, entity: str) -> bool:
        """Say whether forms of the kind have the fields."""
        return fnmatchcase(entity, self.entity)

    def stored(self, ids: Sequence[UUID]) -> Values:
        """What is there already."""
        if self.extension is not None:
            return self.extension.values(ids)
        return self.read(ids) if self.read else {}

    def is_writable(self) -> bool:
        """Say whether the open scope's actor may run the saving command."""
        scope, feature = scope_or_none(), self.save.spec.feature
        return scope is not None and (not feature or scope.actor.access.allows(feature))


FORM_FIELDS: ExtensionPoint[FormFields] = ExtensionPoint("form fields")


def form_fields(declared: FormFields) -> FormFields:
    """Register fields. Their values stand in REST under `_<module>`, by an enricher `<id>.read` or the extension's.

    Raises ValueError for both or neither source of what is there already.
    """
    if (declared.read is None) == (declared.extension is None):
        raise ValueError(f"{declared.id} needs either read or extension")
    if declared.read is not None:
        shape = {"properties": {item.name: answer_shape(item) for item in declared.fields}}
        enricher = Enricher(
            f"{declared.id}.read",
            declared.entity,
            declared.read,
            priority=declared.priority,
            features=declared.features,
            shape=shape,
        )
        ENRICHERS.add(enricher.id, enricher)
    return FORM_FIELDS.add(declared.id, declared)


def fields_of(entity: str, *, writable: bool = True) -> list[FormFields]:
    """Added fields of a kind that are for the open scope's actor, in their order."""
    return [item for item in FORM_FIELDS.open() if item.concerns(entity) and (not writable or item.is_writable())]


def declared_for(entity: str) -> list[FormFields]:
    """Added fields of a kind, whoever they are for."""
    return [item for item in FORM_FIELDS.in_force() if item.concerns(entity)]


def answer_shape(item: FormField) -> dict[str, Any]:
    """JSON Schema of a value in answers."""
    kinds = {Kind.BOOLEAN: "boolean"}
    found: dict[str, Any] = {"type": [kinds.get(item.kind, "string"), "null"]}
    return dict(item.shape) if item.kind is Kind.CUSTOM else {**found, "description": str(item.help or item.label)}


def input_shape(items: Iterable[FormField]) -> dict[str, Any]:
    """JSON Schema of the object that a write may give."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {item.name: _entered_shape(item) for item in items},
    }


NUMBER_PATTERN = r"^-?\d{1,15}(\.\d{1,4})?$"


def _entered_shape(item: FormField) -> dict[str, Any]:
    limits: Mapping[str, Any] = item.limits
    shape = {"description": str(item.help or item.label)}
    nothing = [] if item.required else ["null"]
    if item.kind is Kind.CUSTOM:
        return dict(item.shape)
    if item.kind is Kind.BOOLEAN:
        return {**shape, "type": "boolean"}
    if item.kind is Kind.SELECT and not callable(item.options):
        values = [value for value, _label in item.options]
        return {**shape, "type": ["string", *nothing], "enum": [*values, *([] if item.required else [None])]}
    if item.kind is Kind.NUMBER:
        bounds = {"minimum": "min_value", "maximum": "max_value"}
        given = {name: float(limits[key]) for name, key in bounds.items() if key in limits}
        return {**shape, **given, "type": ["string", "number", *nothing], "pattern": NUMBER_PATTERN}
    form = {"format": "date"} if item.kind is Kind.DATE else {"maxLength": longest(item)}
    return {**shape, **form, "type": ["string", *nothing]}


def longest(item: FormField) -> int:
    """Letters that a text may have."""
    standard = LONGEST_AREA if item.kind is Kind.TEXTAREA else LONGEST_TEXT
    return int(item.limits.get("max_length", standard))
