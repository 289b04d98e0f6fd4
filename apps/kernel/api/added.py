"""Values of fields that other modules add to a record, in the bodies of its writes: `_<module>: {…}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ErrorDetail

from apps.kernel.commands.executor import demand_feature
from apps.kernel.extensions.entering import cleaned, companion, complaints
from apps.kernel.extensions.fields import FormField, FormFields, declared_for, input_shape
from apps.kernel.registry.entities import Entity
from apps.kernel.tenancy.scope import current_scope

WRITES = frozenset({"create", "update", "partial_update"})


class Added:
    """What a body says beyond the record's own fields, each part under the name of its module."""

    def __init__(self, kind: Entity, body: Mapping[str, Any], record_id: UUID | None) -> None:
        self.kind, self.body, self.record_id = kind, body, record_id
        self.entries = [item for item in declared_for(kind.id) if item.name in body]
        self._stored: dict[str, Any] = {}

    @property
    def rest(self) -> dict[str, Any]:
        """The record's own part."""
        taken = {item.name for item in self.entries}
        return {name: value for name, value in self.body.items() if name not in taken}

    def complaints(self) -> dict[str, list[ErrorDetail]]:
        """What is wrong with it, as DRF says it. Raises FeatureRequired for a module whose fields are for others."""
        found: dict[str, list[ErrorDetail]] = {}
        for item in self.entries:
            for feature in (*item.features, item.save.spec.feature):
                demand_feature(current_scope(), feature)
            look_up = partial(self._other, item)
            for error in complaints(item, self._part(item), look_up=look_up, is_new=self.record_id is None):
                found.setdefault(error.field, []).append(ErrorDetail(error.message, error.code))
        return self._without_doubt(found)

    def companions(self) -> tuple[Callable[[Any], None], ...]:
        """What saves it, within the record's own command."""
        given = [(item, cleaned(item, self._part(item))) for item in self.entries]
        return tuple(companion(item, values, self.record_id) for item, values in given if values)

    def _part(self, item: FormFields) -> Any:
        """What an entry of a module was given; several entries of one module share its object."""
        whole = self.body[item.name]
        if not isinstance(whole, Mapping):
            return whole
        others = {one.name for other in self._of_module(item) if other is not item for one in other.fields}
        return {name: value for name, value in whole.items() if name not in others}

    def _of_module(self, item: FormFields) -> list[FormFields]:
        return [other for other in self.entries if other.name == item.name]

    def _without_doubt(self, found: dict[str, list[ErrorDetail]]) -> dict[str, list[ErrorDetail]]:
        """Each complaint once, though several entries of one module have looked at the same object."""
        return {
            name: list({(item.code, str(item)): item for item in details}.values()) for name, details in found.items()
        }

    def _other(self, item: FormFields, name: str) -> Any:
        """The value that a rule asks for: of the body, else what is stored."""
        if name in self.body:
            return self.body[name]
        own = {field.name for field in item.fields}
        if self.record_id is None:
            return None
        if name in own:
            stored = self._known(item.id, lambda: dict(item.stored([self.record_id]).get(self.record_id, {})))  # type: ignore[list-item,arg-type]
            return stored.get(name)
        return self._known("", self._record).get(name)

    def _known(self, key: str, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if key not in self._stored:
            self._stored[key] = read()
        found: dict[str, Any] = self._stored[key]
        return found

    def _record(self) -> dict[str, Any]:
        return dict(self.kind.living().filter(pk=self.record_id).values().first() or {})


def body_shapes(entity: str) -> dict[str, dict[str, Any]]:
    """JSON Schema of each object that a write of the kind may give beyond its own fields."""
    fields: dict[str, list[FormField]] = {}
    for item in declared_for(entity):
        fields.setdefault(item.name, []).extend(item.fields)
    return {name: input_shape(items) for name, items in fields.items()}
