"""Mixins of the two bases: versions, aggregates, soft delete, restricted rows, custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.customs import CustomFields
from apps.kernel.commands.running import note_bump, touch
from apps.kernel.errors import StaleVersion

__all__ = ["Aggregate", "CustomFields", "ObjectAccess", "SoftDelete", "Versioned"]


class Versioned(models.Model):
    """A row with a version: saving it demands that nobody else has saved it since it was read."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def _do_update(  # type: ignore[override]  # noqa: PLR0917 - the stubs describe a later Django
        self, base_qs: Any, using: Any, pk_val: Any, values: Any, update_fields: Any, forced_update: bool
    ) -> bool:
        """Update where id and version match, and bump the version. Raises StaleVersion for no match."""
        field = self._meta.get_field("version")
        following = self.version + 1
        others = [item for item in values if item[0] is not field]
        matching = base_qs.filter(version=self.version)
        former: Any = super()._do_update
        done: bool = former(matching, using, pk_val, [*others, (field, None, following)], update_fields, forced_update)
        if not done:
            self._refuse_stale(base_qs, pk_val)
            return False
        self.version = following
        note_bump(self)
        return True

    def _refuse_stale(self, base_qs: Any, pk_val: Any) -> None:
        current = base_qs.filter(pk=pk_val).values_list("version", flat=True).first()
        if current is not None:
            raise StaleVersion(current_version=current, changed_fields=[])


class Aggregate(Versioned):
    """The root of rows that change together; a child's save calls `root.touch()`."""

    class Meta:
        abstract = True

    def touch(self) -> None:
        """Have the running command bump the version once, however many children change."""
        touch(self)


class SoftDelete(models.Model):
    """A row that is hidden instead of deleted; unique constraints on it are partial over the living."""

    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    ALIVE: ClassVar[models.Q] = models.Q(deleted_at__isnull=True)

    class Meta:
        abstract = True

    @property
    def is_deleted(self) -> bool:
        """Say whether the row is hidden."""
        return self.deleted_at is not None


class ObjectAccess(models.Model):
    """A row that may be restricted to those who were granted it; only `access.grant` and `access.revoke` do that.

    `view_feature` and `change_feature` name what reading and changing such rows needs beside a grant. Nobody
    grants on a row what they could not do with it themselves. Meta keeps Django's default permissions. Whoever holds
    `view_all_feature` sees all rows, without a grant; "" where only super admins do.

    `personal_to` names a column with a user's id: a restricted row of such a kind is that user's alone, whatever was
    granted, and neither super admins nor programs see it. `below` names columns with ids of rows that may be
    restricted themselves, and their kinds: who does not see one of those sees nothing of what is below it.
    """

    view_feature: ClassVar[str] = ""
    change_feature: ClassVar[str] = ""
    personal_to: ClassVar[str] = ""
    below: ClassVar[Mapping[str, tuple[type[models.Model], ...]]] = {}
    view_all_feature: ClassVar[str] = ""

    is_restricted = models.BooleanField(_("restricted"), default=False, editable=False)

    class Meta:
        abstract = True
