"""The port of custom fields, with a null answer until the entities module gives one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.forms import Field
from django.utils.translation import gettext as _

from apps.kernel.bases.custom_columns import CustomColumn
from apps.kernel.errors import FieldError


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field as pages and files need it."""

    key: str
    label: str
    group: str = ""
    help: str = ""
    is_listed: bool = False
    is_visible: bool = True

    @property
    def name(self) -> str:
        """Its name in forms, filters and columns of files."""
        return f"cf_{self.key}"


@dataclass(frozen=True, slots=True)
class CustomChange:
    """One custom field before and after, in words; of a hidden one only the change is told."""

    key: str
    label: str
    old: str
    new: str
    is_hidden: bool = False


class FieldDefinitions(Protocol):
    """Custom fields of the tenant: answered by the entities module. Called inside the tenant's scope.

    `stored` is the column `custom` of a row, as it stands in the database.
    """

    def settle(self, rows: Sequence[Any], *, completes: bool) -> list[tuple[int, FieldError]]:
        """Judge what `CustomFields` rows were given and hand each its values by `row.settle`.

        Answers complaints with the place of their row, at `custom_fields.<key>`. New rows get defaults; with
        `completes` they need what is required. Called inside a command.
        """
        ...

    def complaints(self, entity: str, given: Mapping[str, Any], *, is_new: bool) -> list[FieldError]:
        """What can be said of values without their record, for an answer that refuses other fields as well."""
        ...

    def claim(self, row: Any, ids: Iterable[UUID]) -> None:
        """Give a saved row the drafts of files that it was settled with, inside its command. Raises InvalidInput."""
        ...

    def fields(self, entity: str) -> tuple[CustomField, ...]:
        """The living fields that count for the scope's organization, in order."""
        ...

    def shown(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Values as the REST interface shows them: every field of `fields`, None where there is no value."""
        ...

    def cells(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Values for the cells of a file, by key: numbers stay numbers."""
        ...

    def words(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Values in words for pages, by key; references as labels, one query for each kind of target."""
        ...

    def changes(
        self, entity: str, before: Mapping[str, Any], after: Mapping[str, Any], *, reveals: bool
    ) -> list[CustomChange]:
        """What differs between two states of a row; encrypted values only for `reveals`."""
        ...

    def secret_keys(self, entity: str) -> frozenset[str]:
        """Keys whose values are encrypted and must not stand in the history's inputs."""
        ...

    def demand_restorable(self, entity: str, images: Sequence[Mapping[str, Any]]) -> None:
        """Judge row images that undo is about to bring back. Raises Duplicate for a unique value that is taken."""
        ...

    def pointers(self, entity: str, stored: Mapping[str, Any]) -> list[tuple[str, str, UUID]]:
        """What values of a row point to: name of the field, target entity, id."""
        ...

    def form_fields(self, entity: str, stored: Mapping[str, Any] | None) -> dict[str, Field]:
        """Inputs by key, with what is stored (for a new record the default) as their initial value."""
        ...

    def target(self, entity: str, key: str) -> str:
        """The entity that a relation points to; "" for other fields."""
        ...

    def columns(self, entity: str) -> Mapping[str, CustomColumn]:
        """Fields that lists may filter and sort by, by key; those that are not meant for it are left out."""
        ...

    def note_use(self, entity: str, *, filtered: Iterable[str], sorted_by: Iterable[str]) -> None:
        """Remember that a list was asked for by these keys, so that somebody can say which deserve an index. Cheap."""
        ...


# The register of services stands above the models, so whom to ask is handed down here.
_port: list[Callable[[], FieldDefinitions]] = []


def answered_by(port: Callable[[], FieldDefinitions]) -> None:
    """Say who answers for custom fields."""
    _port.append(port)


def custom_port() -> FieldDefinitions:
    """Who answers for custom fields, for what stands below the register of services."""
    return _port[-1]()


class NullFields:
    """Answers of a house without custom fields."""

    def settle(self, rows: Sequence[Any], *, completes: bool) -> list[tuple[int, FieldError]]:
        """No custom fields are defined, so none may be given."""
        found = [(index, item) for index, row in enumerate(rows) for item in self.complaints("", row.given)]
        for row in () if found else rows:
            row.settle(dict(row.kept))
        return found

    def complaints(self, entity: str, given: Mapping[str, Any], *, is_new: bool = False) -> list[FieldError]:
        """No custom fields are defined, so none may be given."""
        message = _("There is no such field.")
        return [FieldError(f"custom_fields.{key}", "unknown", message) for key in given]

    def claim(self, row: Any, ids: Iterable[UUID]) -> None:
        """Nothing is claimed."""

    def fields(self, entity: str) -> tuple[CustomField, ...]:
        """No custom fields are defined."""
        return ()

    def shown(self, entity: str, stored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Nothing is shown of fields that nobody knows."""
        return [{} for _ in stored]

    words = cells = shown

    def changes(
        self, entity: str, before: Mapping[str, Any], after: Mapping[str, Any], *, reveals: bool
    ) -> list[CustomChange]:
        """The keys; nobody knows what the values mean."""
        keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
        return [CustomChange(key, key, "", "", is_hidden=True) for key in keys]

    def secret_keys(self, entity: str) -> frozenset[str]:
        """None is defined."""
        return frozenset()

    def demand_restorable(self, entity: str, images: Sequence[Mapping[str, Any]]) -> None:
        """There are no rules."""

    def pointers(self, entity: str, stored: Mapping[str, Any]) -> list[tuple[str, str, UUID]]:
        """Nothing is pointed to."""
        return []

    def form_fields(self, entity: str, stored: Mapping[str, Any] | None) -> dict[str, Field]:
        """No inputs."""
        return {}

    def target(self, entity: str, key: str) -> str:
        """No relation."""
        return ""

    def columns(self, entity: str) -> Mapping[str, CustomColumn]:
        """No custom fields are defined."""
        return {}

    def note_use(self, entity: str, *, filtered: Iterable[str], sorted_by: Iterable[str]) -> None:
        """Nobody asks."""
