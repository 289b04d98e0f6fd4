"""What operators of a tenant do with the index."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy, gettext_noop

from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import Scope
from apps.search.errors import KindUnknown, RebuildRunning
from apps.search.features import MANAGE
from apps.search.models import SearchIndex
from apps.search.selectors.kinds import installed_kinds, kind_named
from apps.search.services.indexing import hold_writers
from apps.search.services.rebuilding import begin_rebuild


def _example(scope: Scope) -> dict[str, Any]:
    return {"entity": next(iter(installed_kinds()))}


@command(
    "search.index.rebuild",
    feature=MANAGE,
    undoable=False,
    undo_reason=gettext_lazy("the index is made of the records as they are."),
    example=_example,
)
def rebuild_index(*, entity: str) -> UUID:
    """Have the index of a kind rebuilt, and give the id of the long job that shows it.

    Raises KindUnknown, RebuildRunning.
    """
    kind = kind_named(entity)
    if kind is None:
        raise KindUnknown(errors=(FieldError("entity", KindUnknown.code, str(KindUnknown.message)),))
    hold_writers([entity])
    if SearchIndex.objects.filter(entity=entity, is_rebuilding=True).exists():
        raise RebuildRunning
    index = begin_rebuild(entity, name=gettext_noop("Search index: {kind}"))
    return index.job_id or index.pk
