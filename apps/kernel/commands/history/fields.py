"""How the fields of one row are shown in the history: names, values in words, and what stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import models

from apps.kernel.bases.customs import CustomFields
from apps.kernel.commands.history.images import Image
from apps.kernel.commands.history.labels import RecordLabels
from apps.kernel.commands.history.privacy import FINGERPRINT, Unreadable, is_encrypted, is_secret, opened
from apps.kernel.commands.history.wording import MASK, NOTHING, field_label, plain_text, value_text
from apps.kernel.commands.undo.tables import ImagedTable
from apps.kernel.customs import FieldDefinitions
from apps.kernel.services import service

HIDDEN = frozenset({"id", "tenant_id", "version", "updated_at", "created_at", "path", "depth"})
CUSTOM, CUSTOM_PREFIX = "custom", "cf_"
AnyField: TypeAlias = "models.Field[Any, Any]"


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field: its name and the two values in words. A hidden one says only that it has changed."""

    label: str
    old: str
    new: str
    name: str = ""
    is_hidden: bool = False


class FieldDiffs:
    """How the fields of one table are shown."""

    def __init__(self, table: ImagedTable | None, labels: RecordLabels, *, reveals: bool) -> None:
        columns = table.model._meta.local_concrete_fields if table else ()
        self.model = table.model if table else None
        self.known: dict[str, AnyField] = {str(item.column): item for item in columns}
        self.labels = labels
        self.reveals = reveals

    def changed(self, image: Image) -> Iterator[FieldDiff]:
        """Fields whose value differs, in the order of the model; bookkeeping is left out."""
        before, after = image.before or {}, image.after or {}
        for name in dict.fromkeys((*self.known, *before, *after)):
            known = self.known.get(name)
            if name in HIDDEN or is_digest(known):
                continue
            if name == CUSTOM:
                yield from self._custom(image)
            elif compared(known, before.get(name)) != compared(known, after.get(name)):
                yield from self._shown(known, name, before.get(name), after.get(name))

    def _shown(self, known: AnyField | None, name: str, before: Any, after: Any) -> Iterator[FieldDiff]:
        label = field_label(known, name)
        if is_secret(known, name) or (is_encrypted(known) and not self.reveals):
            yield hidden(label, name, before, after)
            return
        try:
            old, new = (self._text(known, value) for value in (before, after))
        except Unreadable:
            yield hidden(label, name, before, after)
            return
        if old != new:
            yield FieldDiff(label, old, new, name)

    def _custom(self, image: Image) -> Iterator[FieldDiff]:
        """The tenant's own fields, field by field."""
        before, after = ((facts or {}).get(CUSTOM) or {} for facts in (image.before, image.after))
        if before == after:
            return
        changes = service(FieldDefinitions).changes(self._entity(image), before, after, reveals=self.reveals)
        for item in changes:
            name = f"{CUSTOM_PREFIX}{item.key}"
            if is_secret(None, item.key):
                yield hidden(item.label, name, before.get(item.key), after.get(item.key))
            else:
                yield FieldDiff(item.label, item.old, item.new, name, is_hidden=item.is_hidden)

    def _entity(self, image: Image) -> str:
        """The entity that the row's custom fields are defined for."""
        facts = image.after or image.before
        has_fields = self.model is not None and issubclass(self.model, CustomFields)
        return self.model.fields_entity_of(facts) if has_fields and facts else ""  # type: ignore[union-attr]

    def _text(self, known: AnyField | None, value: Any) -> str:
        if is_encrypted(known):
            plain = opened(known, value)
            return NOTHING if plain is None else plain_text(plain)
        return value_text(known, value, self.labels)


def is_digest(known: AnyField | None) -> bool:
    """Say whether the column holds bytes that tell nobody anything, or is made from others by the database."""
    if known is None:
        return False
    return known.generated or (isinstance(known, models.BinaryField) and not is_encrypted(known))


def compared(known: AnyField | None, value: Any) -> Any:
    """What tells two stored values apart: of an envelope its fingerprint, because each sealing gives another text."""
    return value[FINGERPRINT] if is_encrypted(known) and isinstance(value, str) else value


def hidden(label: str, name: str, before: Any, after: Any) -> FieldDiff:
    """A field of which only the change is told."""
    old, new = (NOTHING if value is None else MASK for value in (before, after))
    return FieldDiff(label, old, new, name, is_hidden=True)
