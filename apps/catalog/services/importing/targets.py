"""What the targets of products, variants and prices have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models.functions import Lower

from apps.kernel.imports.planning.fields import ImportField, Text
from apps.kernel.imports.planning.orders import Key, Line, Mode, Outcome
from apps.kernel.imports.planning.rows import plain_text
from apps.kernel.imports.targets import Alive
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

ID: Key = ("id",)


class CatalogTarget:
    """Rows of files as records of the selected organization, written by set through one command."""

    model: ClassVar[Any]
    feature: ClassVar[str]
    command: ClassVar[str]
    # Columns that name a record, whatever the capitals; best first.
    found_by: ClassVar[tuple[str, ...]] = ()

    @property
    def entity(self) -> str:
        """Id of the kind."""
        return str(self.model.entity_id)

    @property
    def label(self) -> Text:
        """The kind of record in the plural."""
        return ENTITIES[self.entity].label_plural

    def features(self, mode: Mode) -> tuple[str, ...]:
        """What doing the same by hand needs."""
        return (self.feature,)

    def commands(self, mode: Mode) -> tuple[str, ...]:
        """The bulk command."""
        return (self.command,)

    def modes(self) -> tuple[Mode, ...]:
        """All of them."""
        return (Mode.BOTH, Mode.CREATE, Mode.UPDATE, Mode.SKIP)

    def fields(self) -> tuple[ImportField, ...]:
        """Where columns may go."""
        raise NotImplementedError

    def keys(self) -> tuple[Key, ...]:
        """The id, which files of the catalog's own have, and columns that name a record."""
        return (ID, *((name,) for name in self.found_by))

    def unique(self) -> tuple[Key, ...]:
        """The same; rows without one of them are not compared by it."""
        return self.keys()

    def usual(self) -> tuple[Key, ...]:
        """The same."""
        return self.keys()

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Mapping[tuple[str, ...], tuple[UUID, ...]]:
        """Living records by id, or by a column whatever the capitals."""
        rows: models.QuerySet[Any] = ENTITIES[self.entity].living()
        rows = rows.filter(organization_id=current_scope().organization_id)
        if key == ID:
            found = rows.filter(pk__in=[item[0] for item in values]).values_list("pk", flat=True)
            return {(str(pk),): (pk,) for pk in found}
        texts = {plain_text(item[0]): plain_text(item[0]).strip().casefold() for item in values}
        held: dict[str, list[UUID]] = defaultdict(list)
        small = rows.annotate(small=Lower(key[0])).filter(small__in=set(texts.values()))
        for pk, text in small.values_list("pk", "small"):
            held[text].append(pk)
        return {(text,): tuple(held[small]) for text, small in texts.items() if small in held}

    def write(self, lines: Sequence[Line], alive: Alive) -> Sequence[Outcome]:
        """Write the batch through the command."""
        alive(0)
        return self.load(lines)

    def load(self, lines: Sequence[Line]) -> Sequence[Outcome]:
        """Run the bulk command."""
        raise NotImplementedError
