"""Records that cells name: by id, or by what people call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.ids import as_id
from apps.kernel.imports.planning.orders import Problem
from apps.kernel.registry.entities import ENTITIES, Entity

NAMES = ("code", "key", "slug", "name", "title", "label", "sku", "number")


def pointed(target: str, texts: Iterable[str], *, part: str = "") -> Mapping[str, UUID | str]:
    """Ids by text; a text in its place says that more than one record is called so. One query for all texts.

    `part` is the part of the kind that counts. A text that is an id stays out: whether there is such a record, the
    command says.
    """
    wanted = {text for text in texts if as_id(text) is None}
    kind = ENTITIES.get(target)
    columns = _columns(kind) if kind is not None else ()
    if not wanted or not columns or kind is None:
        return {}
    test = models.Q()
    for name in columns:
        test |= models.Q(**{f"{name}__in": wanted})
    found: dict[str, set[UUID]] = defaultdict(set)
    for pk, *names in kind.part(part).filter(test).values_list("pk", *columns):
        for name in names:
            found[str(name)].add(pk)
    return {text: _one(found[text]) for text in wanted if text in found}


def _one(ids: set[UUID]) -> UUID | str:
    return next(iter(ids)) if len(ids) == 1 else "ambiguous"


def _columns(kind: Entity) -> tuple[str, ...]:
    """Text columns that name records of the kind."""
    return tuple(name for name in dict.fromkeys((*NAMES, *kind.search)) if _is_text(kind.model, name))


def _is_text(model: type[models.Model], name: str) -> bool:
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    is_text = isinstance(column, models.CharField | models.TextField)
    return is_text and not getattr(column, "encrypted", False)


def unknown(field: str, text: str, found: UUID | str | None) -> Problem:
    """What is said of a text that names no record, or several."""
    if found is None:
        return Problem(field, "kernel.reference.unknown", _("There is no such record."), text)
    return Problem(field, "kernel.import.ambiguous", _("More than one record is called so."), text)
