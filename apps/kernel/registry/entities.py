"""Entity types: what the house knows about each kind of record that has a public name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

from apps.kernel.access.visible import demand_changeable, visible
from apps.kernel.bases.bitemporal import Bitemporal, currently_known
from apps.kernel.bases.texts import containing
from apps.kernel.commands.running import label_of
from apps.kernel.eventbus.declarations import declare_lifecycle
from apps.kernel.registry.store import Registry
from apps.kernel.tenancy.scope import Actor
from apps.kernel.translating.overlays import overlay_rows

Image = Mapping[str, Any]
ValidateRestore = Callable[[Image | None, Image | None, Actor], None]
ValidateHiding = Callable[[Collection[UUID]], None]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    `search` names text fields that autocompletion looks in. `url` is a URL pattern name taking the id.
    `validate_restore(before, after, actor)` judges one row that undo would bring from `before` to `after`
    (row images as mappings of columns; None where the row does not exist) and raises a PlatformError.
    `validate_hiding(ids)` raises one where living records need what undo has just hidden again, as deletion does.
    `is_sensitive` has every read of a record remembered. `named_by` are keys whose records a label names.
    """

    id: str
    model: type[models.Model]
    label: Text
    label_plural: Text
    icon: str = ""
    search: tuple[str, ...] = ()
    url: str = ""
    validate_restore: ValidateRestore | None = None
    is_sensitive: bool = False
    named_by: tuple[str, ...] = ()
    validate_hiding: ValidateHiding | None = None

    # Whether `living` leaves out more than `visible` does: rows about records that the actor does not see.
    narrows: ClassVar[bool] = False
    # Columns that name the records which a row is about, and of which kinds those are: where one is hidden, so is what
    # happened to the row.
    about: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # Rows that come and go with such a record: no action is about one of them alone.
    is_part: ClassVar[bool] = False

    def living(self) -> models.QuerySet[Any]:
        """Rows of the scope that are not soft-deleted, that are known still, and that the actor may see."""
        rows: models.QuerySet[Any] = self.model._default_manager.all()
        if issubclass(self.model, Bitemporal):
            rows = currently_known(rows)
        if any(item.name == "deleted_at" for item in self.model._meta.local_concrete_fields):
            rows = rows.filter(deleted_at__isnull=True)
        return visible(rows)

    def part(self, within: str) -> models.QuerySet[Any]:
        """Living rows of a part of the kind, by the name that its module has for it; "" for all of them."""
        return self.living()

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Labels of the rows that the actor may see, soft-deleted ones included; one query, two for translated ones."""
        rows = self.model._default_manager.filter(pk__in=set(ids))
        return self.worded(visible(rows.select_related(*self.named_by) if self.named_by else rows))

    def demand_changeable(self, row: models.Model) -> None:
        """Refuse what is changed beside the row (texts, files) where the actor may not change the row itself.

        Raises RowNotFound, RecordReadOnly, or what the kind says of rows that are only read.
        """
        demand_changeable(row)

    def closed(self, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, Text]]:
        """Living rows among the ids that nothing new may point to, with the code and the words of the refusal."""
        return {}

    def worded(self, rows: Iterable[models.Model]) -> dict[UUID, str]:
        """Labels of the rows, in the reader's language where their texts are translated."""
        shown = list(rows)
        if names := getattr(self.model, "named_by", ()):
            models.prefetch_related_objects(shown, *names)
        overlay_rows(self.id, shown)
        return {row.pk: label_of(row) for row in shown}

    def find(self, text: str, *, limit: int = 20, within: str = "") -> list[tuple[UUID, str]]:
        """Id and label of living rows (of a part) whose search fields contain the text, for autocompletion."""
        rows = self.part(within)
        if text and self.search:
            rows = rows.filter(containing(self.search, text))
        return list(self.worded(rows.order_by("pk")[:limit]).items())


class Entities(Registry[Entity]):
    """Kinds of record: those that modules declare, and by their names those that the tenant of the open scope made."""

    def __init__(self) -> None:
        super().__init__("entity")
        self._made: dict[str, Callable[[str], Entity | None]] = {}

    def open_to_tenants(self, prefix: str, find: Callable[[str], Entity | None]) -> None:
        """Let a module answer which kinds below `prefix` (`custom.`) the tenant has made; they are in no list."""
        self._made[prefix] = find

    def __getitem__(self, name: str) -> Entity:
        """The entry of a name. Raises NotRegistered."""
        return self._made_by_tenant(name) or super().__getitem__(name)

    def get(self, name: str) -> Entity | None:
        """The entry of a name, or None."""
        return super().get(name) or self._made_by_tenant(name)

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a kind."""
        return super().__contains__(name) or (isinstance(name, str) and self._made_by_tenant(name) is not None)

    def _made_by_tenant(self, name: str) -> Entity | None:
        return next((find(name) for prefix, find in self._made.items() if name.startswith(prefix)), None)


ENTITIES: Entities = Entities()


def entity(
    model: type[models.Model],
    *,
    icon: str = "",
    search: tuple[str, ...] = (),
    url: str = "",
    validate_restore: ValidateRestore | None = None,
    is_sensitive: bool = False,
    named_by: tuple[str, ...] = (),
    validate_hiding: ValidateHiding | None = None,
    broadcast: str = "none",
) -> Entity:
    """Declare the entity of a model (its `entity_id`), in the module's `entities.py`.

    Its lifecycle events (`created`, `updated`, `deleted`, `restored`, `bulk_changed`) are declared with it; `broadcast`
    says who sees them on the live stream: `none`, `staff` or `portal`.
    """
    entity_id = str(getattr(model, "entity_id", ""))
    if not entity_id:
        raise ValueError(f"{model._meta.label} has no entity_id")
    meta = model._meta
    return add_entity(
        Entity(
            entity_id,
            model,
            meta.verbose_name or entity_id,
            meta.verbose_name_plural or entity_id,
            icon,
            search,
            url,
            validate_restore,
            is_sensitive,
            named_by,
            validate_hiding,
        ),
        broadcast=broadcast,
    )


def add_entity(declared: Entity, *, broadcast: str = "none") -> Entity:
    """Register an entity of a class of its own; its lifecycle events come with it."""
    if getattr(declared.model, "audited", False):
        declare_lifecycle(declared.id, table=declared.model._meta.db_table, broadcast=broadcast)
    return ENTITIES.add(declared.id, declared)
