"""Who holds references: columns of tables, and whatever else a module keeps ids of other records in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

from apps.kernel.references.fields import OnDeletion
from apps.kernel.registry.store import Registry


@dataclass(frozen=True, slots=True)
class Usage:
    """`count` rows of `model` point through `field` to the record `target_id` (None: to any of several).

    `label` names the kind of row for people, where the model's own name is not what they know it by.
    """

    model: type[models.Model]
    field: str
    count: int
    on_deletion: OnDeletion
    target_id: UUID | None = None
    label: str | Promise = ""

    @property
    def name(self) -> str:
        """The stable name of the place: `sales.order.status_id`."""
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def kind(self) -> str:
        """The kind of row, for people."""
        return str(self.label or self.model._meta.verbose_name_plural)

    def __str__(self) -> str:
        """Say it for people."""
        return f"{self.count} × {self.kind}"


@dataclass(frozen=True, slots=True)
class Dangling:
    """`count` rows of `table` point through `column` to records of `target` that are not there."""

    table: str
    column: str
    target: str
    count: int


class ReferenceHolder(Protocol):
    """A place where ids of other records are kept. All it does stays within the open scope."""

    def usages(self, target: str, ids: Collection[UUID]) -> Iterable[Usage]:
        """How many living rows point to each of the records of the entity `target`: one Usage for each place and id.

        A fixed number of queries, whatever the number of ids.
        """
        ...

    def repoint(self, target: str, old: UUID, new: UUID) -> int:
        """Let every row that points to `old`, hidden ones too, point to `new`, and say how many rows these were.

        Runs inside a command, which has locked both records. Rows are locked by table and id, and their versions
        grow. Raises Conflict where something cannot be re-pointed.
        """
        ...

    def dangling(self) -> Iterable[Dangling]:
        """Pointers of living rows that lead to no living record, place by place; those that may dangle left out."""
        ...


HOLDERS: Registry[ReferenceHolder] = Registry("holder of references")


def reference_holder(name: str, holder: ReferenceHolder) -> None:
    """Register a place that keeps references, under a name of its own: `<module>.<what>`."""
    HOLDERS.add(name, holder)
