"""The import of every REST resource that can create or change records: through its serializer and its commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.db import models
from django.urls import get_resolver

from apps.kernel.api.permissions import features_of
from apps.kernel.api.reading.expansions import RESOURCES
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.commands.declarations import Command
from apps.kernel.customs import FieldDefinitions
from apps.kernel.imports.planning.fields import FieldKind, ImportField, Text
from apps.kernel.imports.planning.orders import Key, Line, Mode, Outcome
from apps.kernel.imports.planning.rows import plain_text
from apps.kernel.imports.resources.fields import column_of, resource_fields, takes_only_cells
from apps.kernel.imports.resources.writing import Rows
from apps.kernel.imports.targets import TARGETS, Alive, ImportTarget
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.store import Registry
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

Find = Callable[[str], type[CommandViewSet] | None]
ID: Key = ("id",)
KEYED = frozenset({FieldKind.TEXT, FieldKind.INTEGER})
_made: dict[str, Find] = {}


def open_imports(prefix: str, find: Find) -> None:
    """Let a module answer with the resource of a kind that the tenant has made (`custom.`), None for no such kind."""
    _made[prefix] = find


def target_of_entity(entity: str) -> ImportTarget | None:
    """How records of the kind are imported; None for what no command creates or changes."""
    declared = TARGETS.get(entity)
    if declared is not None:
        return declared
    view = _view_of(entity)
    if view is None or (view.create_command is None and view.update_command is None):
        return None
    target = (TAILORED.get(entity) or ResourceTarget)(entity, view)
    return target if target.modes() else None


def _view_of(entity: str) -> type[CommandViewSet] | None:
    _ = get_resolver().url_patterns  # resources become known with their addresses
    view: Any = RESOURCES.get(entity)
    if view is None:
        view = next((find(entity) for prefix, find in _made.items() if entity.startswith(prefix)), None)
    return view if view is not None and issubclass(view, CommandViewSet) else None


@lru_cache(maxsize=1024)
def _is_creatable(view: type[CommandViewSet]) -> bool:
    return takes_only_cells(view.changing_serializer()(context={}))


class ResourceTarget:
    """Rows as the bodies of requests: each goes through the serializer and one command, and is refused by either.

    Records are those of the selected organization, where records belong to one.
    """

    def __init__(self, entity: str, view: type[CommandViewSet]) -> None:
        self.entity = entity
        self.view = view

    @property
    def label(self) -> Text:
        """The kind of record in the plural."""
        return ENTITIES[self.entity].label_plural

    def features(self, mode: Mode) -> tuple[str, ...]:
        """What the same requests would need."""
        actions = [name for name, wanted in (("create", mode.creates), ("partial_update", mode.updates)) if wanted]
        return tuple(dict.fromkeys(item for name in actions for item in features_of(self.view, name)))

    def commands(self, mode: Mode) -> tuple[str, ...]:
        """The resource's own."""
        wanted = ((self.view.create_command, mode.creates), (self.view.update_command, mode.updates))
        return tuple(item.spec.id for item, is_wanted in wanted if is_wanted and isinstance(item, Command))

    def modes(self) -> tuple[Mode, ...]:
        """Those whose commands are there and need nothing that no row can say."""
        can_create = isinstance(self.view.create_command, Command) and _is_creatable(self.view)
        can_update = isinstance(self.view.update_command, Command)
        allowed = {mode for mode in Mode if (can_create or not mode.creates) and (can_update or not mode.updates)}
        return tuple(mode for mode in (Mode.BOTH, Mode.CREATE, Mode.UPDATE, Mode.SKIP) if mode in allowed)

    def fields(self) -> tuple[ImportField, ...]:
        """What the serializer takes, and the id to find records by."""
        return self._fields

    @cached_property
    def _fields(self) -> tuple[ImportField, ...]:
        return self.offered()

    def offered(self) -> tuple[ImportField, ...]:
        """What `fields` answers, made once for each target; a module's own target adds to it."""
        own = resource_fields(self.view.changing_serializer()(context={}))
        return (*own, ImportField("id", FieldKind.UUID, label="ID"))

    def keys(self) -> tuple[Key, ...]:
        """What is unique, then the id, then any other text or whole number."""
        texts = [(item.name,) for item in self._fields if item.kind in KEYED and self._is_found_by(item.name)]
        return tuple(dict.fromkeys((*self.unique(), ID, *texts)))

    def unique(self) -> tuple[Key, ...]:
        """What the database keeps from being there twice, and the id."""
        model, names = self.kind.model, {item.name for item in self._fields}
        owners = {"tenant_id", "organization_id", "tenant", "organization"}
        rules = [item for item in model._meta.constraints if isinstance(item, models.UniqueConstraint)]
        keys = [tuple(name for name in item.fields if name not in owners) for item in rules]
        own = [key for key in keys if key and set(key) <= names and all(map(self._is_found_by, key))]
        return (*own, ID)

    def usual(self) -> tuple[Key, ...]:
        """What is unique."""
        return self.unique()

    def _is_found_by(self, name: str) -> bool:
        if name.startswith("cf_"):
            return name.removeprefix("cf_") in service(FieldDefinitions).columns(self._definitions)
        column = column_of(self.kind.model, name)
        return column is not None and not getattr(column, "encrypted", False)

    @property
    def _definitions(self) -> str:
        return self.view.definitions or self.entity

    @property
    def kind(self) -> Any:
        """The entity of the rows."""
        return ENTITIES[self.view.entity]

    def rows(self) -> models.QuerySet[Any]:
        """Records that rows of the file may meet."""
        view: Any = self.view()
        view.action, view.request, view.format_kwarg = "list", None, None
        found: models.QuerySet[Any] = view.get_queryset()
        if issubclass(self.kind.model, OrganizationModel):
            found = found.filter(organization_id=current_scope().organization_id)
        return found

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Mapping[tuple[str, ...], tuple[UUID, ...]]:
        """Records by the first field of the key, told apart by the others."""
        rows, names = self.rows(), []
        for name in key:
            if name.startswith("cf_"):
                column = service(FieldDefinitions).columns(self._definitions)[name.removeprefix("cf_")]
                rows = rows.alias(**{name: column.value}).annotate(**{f"found_{name}": models.F(name)})
                names.append(f"found_{name}")
            else:
                names.append(self.source_of(name))
        found: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
        wanted = {item[0] for item in values}
        for pk, *held in rows.filter(**{f"{names[0]}__in": wanted}).values_list("pk", *names):
            found[tuple(map(plain_text, held))].append(pk)
        return {held: tuple(ids) for held, ids in found.items()}

    def source_of(self, name: str) -> str:
        """The model's attribute behind a field."""
        column = column_of(self.kind.model, name)
        return str(getattr(column, "attname", name))

    def write(self, lines: Sequence[Line], alive: Alive) -> Sequence[Outcome]:
        """Run the commands, one for each line that changes something."""
        return Rows(self).write(lines, alive)


TAILORED: Registry[type[ResourceTarget]] = Registry("tailored import target")


def tailored_target(entity: str, target: type[ResourceTarget]) -> type[ResourceTarget]:
    """Let a module tailor the import of a resource of its own, in its `extensions.py`: further fields, other keys,
    writing by set."""
    return TAILORED.add(entity, target)
