"""The kind of record of the back office: a view is seen by whom it belongs to, and undo passes the same rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.backoffice.errors import ViewNotYours
from apps.backoffice.features import ROLE_DEFAULTS, SHARE
from apps.backoffice.models import Owner, SavedView
from apps.backoffice.selectors import may_change, may_default, readable, visible_views
from apps.kernel.errors import FeatureRequired
from apps.kernel.registry.entities import Entity, Image, add_entity
from apps.kernel.tenancy.scope import Actor, current_scope


@dataclass(frozen=True, slots=True)
class ViewKind(Entity):
    """Views that the actor may open."""

    def living(self) -> models.QuerySet[Any]:
        """Those that live."""
        return visible_views()

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names, of deleted ones too."""
        return self.worded(SavedView.objects.filter(readable(current_scope().actor), pk__in=set(ids)))


def judge_view(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let nobody change by undo what they may not change today. Raises ViewNotYours, FeatureRequired."""
    for image in (before, after):
        if image is None:
            continue
        kind = image["owner_kind"]
        if not may_change(actor, kind, UUID(image["owner_id"])):
            raise FeatureRequired(feature=SHARE) if kind == Owner.ROLE else ViewNotYours(name=image["name"])
        if image["is_default"] and not may_default(actor, kind):
            raise FeatureRequired(feature=ROLE_DEFAULTS)


add_entity(
    ViewKind(
        SavedView.entity_id,
        SavedView,
        SavedView._meta.verbose_name or "",
        SavedView._meta.verbose_name_plural or "",
        icon="view_list",
        search=("name",),
        validate_restore=judge_view,
    )
)
